"""One page of a list, as a user interface gets it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Generic, TypeVar, cast

import attrs
import orjson

from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.json_body import whole_row
from uipath_odata.odata.rows.outward import for_json, written
from uipath_odata.odata.rows.raw_row import RawRow

__all__ = ["ListPage"]

R = TypeVar("R")


@attrs.frozen
class ListPage(Generic[R]):
    """Some rows of a list, and cursors to those after and before them."""

    _rows: Sequence[Any] = attrs.field(repr=False)
    """Entities, dicts, or rows as the bytes sent, which are read when they are asked for."""
    next: str | None
    """What ``after=`` takes for the rows that follow; None on the last page."""
    previous: str | None
    """What ``after=`` takes for the rows before; None on the first page."""
    total: int | None
    """How many rows meet the filter, where that was asked for."""
    stable: bool
    """Whether rows that appear and go elsewhere move none from one page to another; False: pages are counted off."""

    @functools.cached_property
    def rows(self) -> Sequence[R]:
        """The rows: entities, or dicts."""
        is_read = not any(isinstance(row, RawRow) for row in self._rows)
        return self._rows if is_read else cast("list[R]", [*map(whole_row, self._rows)])

    def to_dict(self, *, wire: bool = False) -> dict[str, Any]:
        """Return the page and its rows as dicts, entities as their own ``to_dict`` does."""
        return self._around([row.to_dict(wire=wire) if isinstance(row, Entity) else row for row in self.rows])

    def to_json(self, *, wire: bool = False) -> bytes:
        """Return `to_dict` as JSON: UTF-8, date-times as texts in UTC; rows of ``dicts()`` are the bytes that were sent."""
        return written(self._around([_for_json(row, wire=wire) for row in self._rows]))

    def _around(self, rows: list[Any]) -> dict[str, Any]:
        return {
            "rows": rows,
            "next": self.next,
            "previous": self.previous,
            "total": self.total,
            "stable": self.stable,
        }


def _for_json(row: Any, *, wire: bool) -> Any:
    if isinstance(row, RawRow):
        return orjson.Fragment(row.raw)
    return for_json(row, wire=wire) if isinstance(row, Entity) else row
