"""RobotLogs of any length, each row once, although only the first 10,000 can be skipped to."""

from __future__ import annotations

import bisect
import contextlib
import sys
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, Final

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.checks import AnswerCheck
from uipath_odata.paging.plan import Fetch, Page, Plan, Proof, Row
from uipath_odata.paging.window.checkpoint import intervals_of, left_of, point
from uipath_odata.paging.window.closing import Closing
from uipath_odata.paging.window.interval_scan import END_OF_TIME, IntervalScan
from uipath_odata.paging.window.request import ORDER, Steps, WindowRequest
from uipath_odata.paging.window.schedule import Schedule
from uipath_odata.paging.window.server_profile import ServerProfile, selected_by
from uipath_odata.paging.window.timestamps import stamped

__all__ = ["WindowPlan"]

_NEWEST: Final = WindowRequest(falling=True, top=1)


@attrs.frozen(eq=False)
class _Buffered:
    """Rows of the interval ``at <= TimeStamp < end`` that wait to be given out."""

    at: int
    end: int
    rows: list[Row]


@attrs.define(eq=False, kw_only=True)
class WindowPlan(Plan):
    """Scan RobotLogs by time: disjoint intervals above ``TimeStamp gt``, cut on the client, buckets whole.

    ``options`` are the user's without comparisons of TimeStamp, which are the interval ``lo <= ticks < hi``;
    ``$top`` there is a total, and makes the rows come in order. ``resume`` is a checkpoint, and stands for the
    interval. ``tie_unit`` (ticks) is the coarsest precision that the server may sort by; ``window`` the highest
    ``$skip + $top`` that it accepts; ``upper_bound`` whether it honours ``TimeStamp lt``, None to find out where
    that helps. The parts of a bucket may be told apart by ``equalities`` of ``characters`` in all. Up to ``workers``
    requests run at once, and in order no more pages than that exist. ``exact`` asks for a last count.

    Raises WindowOverflow or Unprovable where more rows share one instant than can be read or proven whole,
    OrderViolation where answers contradict the order or the bound, each with a checkpoint before them; and NotProven
    where the last count does.
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
    equalities: int = 95
    characters: int = 4_000
    exact: bool = False
    check: AnswerCheck = attrs.field(factory=AnswerCheck)
    """Holds rows against the user's filter."""
    resume: Any = None

    _profile: ServerProfile = attrs.field(init=False)
    _schedule: Schedule = attrs.field(init=False)
    _closing: Closing = attrs.field(init=False)
    _questions: Steps[None] | None = attrs.field(default=None, init=False)
    _question: WindowRequest | None = attrs.field(default=None, init=False)
    _running: dict[Fetch, IntervalScan | WindowRequest] = attrs.field(factory=dict[Fetch, Any], init=False)
    _buffered: list[_Buffered] = attrs.field(factory=list[_Buffered], init=False)
    _left: int = attrs.field(init=False)
    _end: int = attrs.field(init=False)
    _is_open: bool = attrs.field(default=False, init=False)
    """Whether it reads a list from its first row to its last."""
    _sizes_up: bool = attrs.field(default=False, init=False)
    _is_sized_up: bool = attrs.field(default=False, init=False)
    _last: int | None = attrs.field(default=None, init=False)
    _ending: str = attrs.field(default="", init=False)
    _tail_count: int | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._profile = ServerProfile(
            unit=self.tie_unit,
            page_size=min(self.page_size, self.window),
            window=self.window,
            upper_bound=self.upper_bound,
            equalities=self.equalities,
            characters=self.characters,
            selected=selected_by(self.options),
        )
        whole = (self.lo or 0, END_OF_TIME if self.hi is None else self.hi)
        intervals = [whole] if self.resume is None else intervals_of(self.resume)
        self._left = left_of(self.resume, int(self.options.get("$top", sys.maxsize)))
        self.ordered = self.ordered or "$top" in self.options
        self._end = max(end for _, end in intervals)
        self._is_open = intervals == [(0, END_OF_TIME)]
        scans = [IntervalScan(at=at, end=end, profile=self._profile) for at, end in intervals if at < end]
        if len(scans) == 1:
            scans[0].first, scans[0].believes_count = True, not self.exact
        self._schedule = Schedule(profile=self._profile, scans=scans, steals=not self.ordered)
        self._closing = Closing(profile=self._profile, is_exact=self.exact)
        self._close()

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
        notes = self._profile.notes
        if not self._schedule.scans and self._last is not None and self._end == END_OF_TIME:
            tail = (
                f"The tail up to {Instant(self._last)} is unsettled: robots may still send rows of that time"
            )
            return (*notes, tail)
        return tuple(notes)

    @property
    def late(self) -> int:
        """Rows that came late among those that were read, and were not given."""
        return self._closing.late

    @property
    def proof(self) -> Proof:
        if self._buffered or self._running or self._question or not self._is_read:
            return Proof("none", "not read to the end")
        proof, profile = self._profile.proof, self._profile
        if proof.kind == "none":
            return proof
        if proof.kind == "by_later_bucket" and not profile.honours_order and profile.answers:
            return Proof(
                "none", "one answer, whose order nothing confirms: exact() asks in the other direction, too"
            )
        if counted := self._contradiction:
            return Proof("none", f"the server counts {counted} rows and gave {self._closing.given}")
        ending = self._ending if self._left else "as many rows as asked for"
        parts = "each bucket whole" + (f", {proof.reason}" if proof.reason else "")
        return Proof(proof.kind, f"read by time, {parts}, to the end: {ending}")

    @property
    def checkpoint(self) -> Any:
        if not self._left:
            return None
        return self._point([*self._buffered, *self._schedule.scans])

    @property
    def buffered_pages(self) -> int:
        return len(self._buffered)

    def next_fetch(self) -> Fetch | None:
        if self._question is not None:
            return None if self._running else self._start(self._question, self._question, sys.maxsize)
        scan = self._schedule.idle()
        if scan is None and self._left and len(self._running) < self.workers:
            scan = self._schedule.steal()
        if scan is None or not self._left or not self._has_room(scan):
            return None
        position = scan.at if self.ordered else 0
        if self._sizes_up:
            self._sizes_up = False
            return self._start(_NEWEST, _NEWEST, position)
        self._schedule.begin(scan)
        return self._start(scan, scan.request(), position)

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        asked = self._running.pop(fetch)
        try:
            self.check(page.rows)
            if asked is _NEWEST:
                self._learn_newest(page)
            elif isinstance(asked, IntervalScan):
                self._take(asked, page)
            elif self._questions is not None:
                self._ask_next(self._questions, page)
        except NotProven as error:
            unread = [asked] if self.ordered and isinstance(asked, IntervalScan) else self._schedule.scans
            error.checkpoint = self._point(unread)
            raise
        self._close()

    def next_rows(self) -> list[Row] | None:
        if not self._buffered or (self.ordered and self._buffered[0].at >= self._schedule.head):
            return None
        buffered = self._buffered.pop(0)
        rows = buffered.rows[: self._left]
        self._left -= len(rows)
        if rows:
            self._last = max(self._last or 0, stamped(rows[-1:], self.tie_unit)[0][0])
        self._close()
        return rows

    @property
    def _is_read(self) -> bool:
        return not self._schedule.scans or not self._left

    @property
    def _contradiction(self) -> int | None:
        """Return a count of an open list that is higher than the rows given, where no last count explains it."""
        counts = [self._tail_count or 0, self._closing.counted_at_first or 0]
        is_settled = self.exact or not self._is_open or not self._left
        return None if is_settled or max(counts) <= self._closing.given else max(counts)

    # Reading

    def _start(self, asked: IntervalScan | WindowRequest, request: WindowRequest, position: int) -> Fetch:
        fetch = request.fetch(self.options, position)
        self._running[fetch] = asked
        return fetch

    def _take(self, scan: IntervalScan, page: Page) -> None:
        was_first, start = scan.first, scan.at
        self._schedule.answered(scan)
        rows = scan.take(page)
        if rows:
            bisect.insort(self._buffered, _Buffered(start, scan.at, rows), key=attrgetter("at"))
        if was_first and self._is_open:
            self._closing.counted_at_first = scan.counted
        self._closing.add(start, scan.at, len(rows))
        self._schedule.taken(scan, is_full=len(page.rows) >= self._profile.capacity)
        self._ending = scan.ending or self._ending
        self._tail_count = self._tail_count if scan.tail_count is None else scan.tail_count
        if not self._is_sized_up and not scan.ending:
            self._size_up(scan, page)

    def _has_room(self, scan: IntervalScan) -> bool:
        """Tell whether a scan may be begun; the head of an ordered one always may, or all would wait for it."""
        head = self._schedule.scans[0]
        if scan is head:
            return True
        if _NEWEST in self._running.values():
            return False
        if not self.ordered:
            return len(self._running) < self.workers
        others = 1 + len(self._running) - head.busy + len(self._buffered)
        return others < self.workers and others * self.page_size < self._left

    def _size_up(self, scan: IntervalScan, page: Page) -> None:
        """Find out where the rows end, if more of them are left than the next page is likely to hold."""
        self._is_sized_up = True
        if self.workers == 1:
            return
        rest = self._left if page.count is None else min(self._left, page.count)
        density = self._profile.density
        if density is not None and rest <= len(page.rows) + self._profile.capacity:
            self._schedule.newest = scan.at + int((rest - len(page.rows)) / density)
        else:
            self._sizes_up = True

    def _learn_newest(self, page: Page) -> None:
        newest = self._profile.rows_of(_NEWEST, page)
        self._schedule.newest = newest[-1][0] if newest else None

    # Closing

    def _close(self) -> None:
        """Begin to ask what is left to ask, once everything was read."""
        if self._questions is None and self._is_read and not self._running:
            is_short = self._is_open and self._profile.answers <= 2  # noqa: PLR2004 - there and back
            self._questions = self._closing.steps(
                is_whole=bool(self._left), tail_count=self._tail_count if is_short else None
            )
            self._ask_next(self._questions, None)

    def _ask_next(self, questions: Steps[None], page: Page | None) -> None:
        self._question = None
        with contextlib.suppress(StopIteration):  # nothing is left to ask
            self._question = next(questions) if page is None else questions.send(page)

    def _point(self, unread: Iterable[_Buffered | IntervalScan]) -> Any:
        intervals = [(one.at, one.end) for one in unread]
        if not intervals:  # an open end begins again after the last row
            at = self._end if self._end < END_OF_TIME or self._last is None else self._last + 1
            intervals = [(at if at < END_OF_TIME else self.lo or 0, self._end)]
        if self.ordered:
            intervals = [(min(intervals)[0], self._end)]
        return point(intervals, self._left if "$top" in self.options else None)
