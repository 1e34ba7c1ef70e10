"""Lists with a unique integer Id, read as disjoint ranges of Ids."""

from __future__ import annotations
