"""Rows of a scan that wait for their turn, and where to resume."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Protocol

import attrs

from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Row
from uipath_odata.paging.window.checkpoint import point
from uipath_odata.paging.window.interval_scan import END_OF_TIME
from uipath_odata.paging.window.timestamps import stamped

__all__ = ["Delivery", "Unread"]


class Unread(Protocol):
    """An interval that was not given out."""

    @property
    def at(self) -> int: ...
    @property
    def end(self) -> int: ...


@attrs.frozen(eq=False)
class _Buffered:
    """Rows of the interval ``at <= TimeStamp < end``."""

    at: int
    end: int
    rows: list[Row]


@attrs.define(eq=False, kw_only=True)
class Delivery:
    """Rows of one scan that are given out in order of time, or as they come."""

    ordered: bool
    start: int
    end: int
    left: int
    """How many rows are still wanted."""
    is_limited: bool
    """Whether the user asked for so many rows in all."""

    last: int | None = attrs.field(default=None, init=False)
    """The latest TimeStamp given."""
    buffered: list[_Buffered] = attrs.field(factory=list[_Buffered], init=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """Say up to which row of an open end others may still come."""
        if self.last is None or self.end < END_OF_TIME:
            return ()
        return (f"The tail up to {Instant(self.last)} is unsettled: robots may still send rows of that time",)

    def add(self, at: int, end: int, rows: list[Row]) -> None:
        """Take in the rows of an interval."""
        if rows:
            bisect.insort(self.buffered, _Buffered(at, end, rows), key=attrgetter("at"))

    def next_rows(self, head: int, unit: int) -> list[Row] | None:
        """Return the next rows, in order only those before ``head``, to which everything was read."""
        if not self.buffered or (self.ordered and self.buffered[0].at >= head):
            return None
        rows = self.buffered.pop(0).rows[: self.left]
        self.left -= len(rows)
        if rows:
            self.last = max(self.last or 0, stamped(rows[-1:], unit)[0][0])
        return rows

    def point(self, unread: Iterable[Unread]) -> dict[str, Any]:
        """Write where to resume if these intervals are not given out."""
        intervals = [(one.at, one.end) for one in unread]
        if not intervals:  # an open end begins again after the last row
            at = self.end if self.end < END_OF_TIME or self.last is None else self.last + 1
            intervals = [(at if at < END_OF_TIME else self.start, self.end)]
        if self.ordered:
            intervals = [(min(intervals)[0], self.end)]
        return point(intervals, self.left if self.is_limited else None)
