"""RobotLogs of any length, each row once, although only the first 10,000 can be skipped to."""

from __future__ import annotations

import bisect
import sys
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Fetch, Page, Plan, Proof, Row
from uipath_odata.paging.window.checkpoint import intervals_of, left_of, point
from uipath_odata.paging.window.partition import END_OF_TIME, TieSplit
from uipath_odata.paging.window.request import ORDER
from uipath_odata.paging.window.schedule import Schedule
from uipath_odata.paging.window.server_profile import ServerProfile, selected_by
from uipath_odata.paging.window.timestamps import timed

__all__ = ["WindowPlan"]


@attrs.frozen(eq=False)
class _Held:
    """Rows of the interval ``at <= TimeStamp < end`` that wait to be given out."""

    at: int
    end: int
    rows: list[Row]


@attrs.define(eq=False, kw_only=True)
class WindowPlan(Plan):
    """Scan RobotLogs by time: disjoint partitions above ``TimeStamp gt``, cut on the client, tie groups whole.

    ``options`` are the user's without comparisons of TimeStamp, which are the interval ``lo <= ticks < hi``;
    ``$top`` there is a total, and makes the rows come in order. ``resume`` is a checkpoint, and stands for the
    interval. ``tie_unit`` (ticks) is the coarsest precision that the server may sort by; ``window`` the highest
    ``$skip + $top`` that it accepts; ``upper_bound`` whether it honours ``TimeStamp lt``, None to find out where
    that helps. The parts of a tie group may be told apart by ``equalities`` of ``characters`` in all. Up to ``workers`` requests run at once, and in order no more pages than that exist.

    Raises WindowOverflow or Unprovable where more rows share one instant than can be read or proven whole,
    OrderViolation where rows do not ascend; each with a checkpoint before them.
    """

    options: Mapping[str, str]
    page_size: int
    lo: int | None = None
    hi: int | None = None
    tie_unit: int = 10_000
    window: int = 9_999
    workers: int = 1
    ordered: bool = True
    upper_bound: bool | None = None
    equalities: int = 5
    characters: int = 4_000
    exact: bool = False
    resume: Any = None

    _schedule: Schedule = attrs.field(init=False)
    _asked: dict[Fetch, TieSplit | None] = attrs.field(factory=dict[Fetch, Any], init=False)
    _held: list[_Held] = attrs.field(factory=list[_Held], init=False)
    _left: int = attrs.field(init=False)
    _end: int = attrs.field(init=False)
    _sizes_up: bool = attrs.field(default=False, init=False)
    _last: int | None = attrs.field(default=None, init=False)
    _ending: str = attrs.field(default="", init=False)

    def __attrs_post_init__(self) -> None:
        habits = ServerProfile(
            unit=self.tie_unit,
            page_size=min(self.page_size, self.window),
            window=self.window,
            upper_bound=self.upper_bound,
            equalities=self.equalities,
            characters=self.characters,
            exact=self.exact,
            selected=selected_by(self.options),
        )
        whole = (self.lo or 0, END_OF_TIME if self.hi is None else self.hi)
        intervals = [whole] if self.resume is None else intervals_of(self.resume)
        self._end = max(end for _, end in intervals)
        partitions = [TieSplit(at=at, end=end, habits=habits) for at, end in intervals if at < end]
        if len(partitions) == 1:
            partitions[0].first = True
        self._schedule = Schedule(habits=habits, partitions=partitions)
        self._left = left_of(self.resume, int(self.options.get("$top", sys.maxsize)))
        self.ordered = self.ordered or "$top" in self.options

    @property
    def name(self) -> str:
        return "window"

    @property
    def guarantee(self) -> str:
        return "each row that exists throughout is given once; what cannot be proven is an error"

    @property
    def added(self) -> tuple[str, ...]:
        order = () if "$orderby" in self.options else (f"$orderby={ORDER}",)
        return (*order, f"$top={self.page_size}", "$count=true", "$filter: TimeStamp gt, moving")

    @property
    def notes(self) -> tuple[str, ...]:
        notes = self._schedule.habits.notes
        if self._is_read and self._last is not None and self._end == END_OF_TIME:
            tail = (
                f"The tail up to {Instant(self._last)} is unsettled: robots may still send rows of that time"
            )
            return (*notes, tail)
        return tuple(notes)

    @property
    def proof(self) -> Proof:
        if self._held or not (self._is_read or not self._left):
            return Proof("none", "not read to the end")
        ending = self._ending if self._left else "as many rows as asked for"
        return Proof("by_count", f"read by time, each tie group whole, to the end: {ending}")

    @property
    def checkpoint(self) -> Any:
        if not self._left:
            return None
        return self._point([*self._held, *self._schedule.partitions])

    @property
    def buffered_pages(self) -> int:
        return len(self._held)

    def next_fetch(self) -> Fetch | None:
        partition = self._schedule.idle()
        if partition is None or not self._left or not self._has_room(partition):
            return None
        if self._sizes_up:
            return self._ask_for_newest(partition)
        self._schedule.begin(partition)
        fetch = partition.ask().fetch(self.options, self._position(partition))
        self._asked[fetch] = partition
        return fetch

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        partition = self._asked.pop(fetch)
        if partition is None:
            newest = self._schedule.habits.seen(timed(page.rows, self.tie_unit))
            self._schedule.newest = newest[-1][0] if newest else None
            return
        was_first, start = partition.first, partition.at
        self._schedule.answered(partition)
        try:
            rows = partition.take(page)
        except NotProven as error:
            error.checkpoint = self._point([partition] if self.ordered else self._schedule.partitions)
            raise
        if rows:
            bisect.insort(self._held, _Held(start, partition.at, rows), key=attrgetter("at"))
        self._schedule.taken(partition, full=len(page.rows) >= self._schedule.habits.capacity)
        self._schedule.reopen()
        self._ending = partition.ending or self._ending
        if was_first and not partition.ending:
            self._size_up(partition, page)

    def next_rows(self) -> list[Row] | None:
        if not self._held or (self.ordered and self._held[0].at >= self._schedule.head):
            return None
        held = self._held.pop(0)
        rows = held.rows[: self._left]
        self._left -= len(rows)
        self._last = max(self._last or 0, timed(rows[-1:], self.tie_unit)[0][0])
        return rows

    @property
    def _is_read(self) -> bool:
        return not self._schedule.partitions

    def _position(self, partition: TieSplit) -> int:
        return partition.at if self.ordered else 0

    def _has_room(self, partition: TieSplit) -> bool:
        """Tell whether a partition may be begun; the head of an ordered scan always may, or all would wait for it."""
        head = self._schedule.partitions[0]
        if partition is head:
            return True
        if None in self._asked.values():
            return False
        if not self.ordered:
            return len(self._asked) < self.workers
        others = 1 + len(self._asked) - head.busy + len(self._held)
        return others < self.workers and others * self.page_size < self._left

    def _size_up(self, partition: TieSplit, page: Page) -> None:
        """Find out where the rows end, if more of them are left than the next page is likely to hold."""
        if self.workers == 1 or self._end < END_OF_TIME:
            return
        rest = self._left if page.count is None else min(self._left, page.count)
        if partition.density is not None and rest <= len(page.rows) + self._schedule.habits.capacity:
            self._schedule.newest = partition.at + int((rest - len(page.rows)) / partition.density)
        else:
            self._sizes_up = True

    def _ask_for_newest(self, partition: TieSplit) -> Fetch:
        self._sizes_up = False
        wire = {**self.options, "$orderby": "TimeStamp desc", "$top": "1"}
        fetch = Fetch(options=wire, position=self._position(partition))
        self._asked[fetch] = None
        return fetch

    def _point(self, unread: Iterable[_Held | TieSplit]) -> Any:
        intervals = [(one.at, one.end) for one in unread]
        if not intervals:  # an open end goes on behind the last row
            at = self._end if self._end < END_OF_TIME or self._last is None else self._last + 1
            intervals = [(at if at < END_OF_TIME else self.lo or 0, self._end)]
        if self.ordered:
            intervals = [(min(intervals)[0], self._end)]
        return point(intervals, self._left if "$top" in self.options else None)
