"""The partitions of one list: `list_plan` says in which disjoint parts it is read, `borders` where each of them is cut."""

from __future__ import annotations
