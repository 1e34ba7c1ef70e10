"""One page of a list, as a user interface gets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import attrs
import orjson

from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.encode import plain_json

__all__ = ["ListPage"]

R = TypeVar("R")


@attrs.frozen
class ListPage(Generic[R]):
    """Some rows of a list, and cursors to those after and before them."""

    rows: Sequence[R]
    next: str | None
    """What ``after=`` takes for the rows that follow; None on the last page."""
    previous: str | None
    """What ``after=`` takes for the rows before; None on the first page."""
    total: int | None
    """How many rows meet the filter, where that was asked for."""
    stable: bool
    """Whether rows that appear and go elsewhere move none from one page to another; False: pages are counted off."""

    def to_dict(self, *, wire: bool = False) -> dict[str, Any]:
        """Return the page and its rows as dicts, entities as their own ``to_dict`` does."""
        return self._around([row.to_dict(wire=wire) if isinstance(row, Entity) else row for row in self.rows])

    def to_json(self, *, wire: bool = False) -> bytes:
        """Return `to_dict` as JSON: UTF-8, date-times as texts in UTC."""
        rows = [
            orjson.Fragment(row.to_json(wire=wire)) if isinstance(row, Entity) else row for row in self.rows
        ]
        return orjson.dumps(self._around(rows), default=plain_json)

    def _around(self, rows: list[Any]) -> dict[str, Any]:
        return {
            "rows": rows,
            "next": self.next,
            "previous": self.previous,
            "total": self.total,
            "stable": self.stable,
        }
