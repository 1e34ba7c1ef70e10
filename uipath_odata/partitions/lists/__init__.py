"""One list on its way to pieces: `list_plan` says in which disjoint parts it is read, `borders` where each of them is cut."""

from __future__ import annotations
