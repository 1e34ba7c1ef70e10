"""RobotLogs of any length, each row once, although only the first 10,000 can be skipped to."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.paging.checkpoint import proof_in, with_proof
from uipath_odata.paging.checks.answer_check import AnswerCheck
from uipath_odata.paging.plan import Feature, Fetch, Page, Plan, Proof, Row
from uipath_odata.paging.selected import selecting
from uipath_odata.paging.window.checkpoint import intervals_of, left_of
from uipath_odata.paging.window.closing import Closing
from uipath_odata.paging.window.delivery import Delivery, Unread
from uipath_odata.paging.window.interval_scan import END_OF_TIME, IntervalScan
from uipath_odata.paging.window.request import ORDER, WindowRequest
from uipath_odata.paging.window.schedule import Schedule
from uipath_odata.paging.window.server_profile import ServerProfile, selected_by

__all__ = ["WindowPlan"]

_BY_ORDER: Final = frozenset({"by_later_bucket", "by_remainder", "by_count"})
_NEWEST: Final = WindowRequest(falling=True, top=1)


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
    adds_time: bool = False
    """Whether TimeStamp is selected in ``options`` though not by the user."""
    resume: Any = None

    _profile: ServerProfile = attrs.field(init=False)
    _schedule: Schedule = attrs.field(init=False)
    _closing: Closing = attrs.field(init=False)
    _running: dict[Fetch, IntervalScan | WindowRequest] = attrs.field(factory=dict[Fetch, Any], init=False)
    _delivery: Delivery = attrs.field(init=False)
    _is_open: bool = attrs.field(default=False, init=False)
    """Whether it reads a list from its first row to its last."""
    _begins_list: bool = attrs.field(default=False, init=False)
    """Whether it reads a list from its first row on, as far as it is to go."""
    _ending: str = attrs.field(default="", init=False)

    def __attrs_post_init__(self) -> None:
        self._profile = _profile_of(self)
        whole = (self.lo or 0, END_OF_TIME if self.hi is None else self.hi)
        intervals = [whole] if self.resume is None else intervals_of(self.resume)
        self.ordered = self.ordered or "$top" in self.options
        self._delivery = _delivery_of(self, intervals)
        self._is_open = intervals == [(0, END_OF_TIME)]
        self._begins_list = len(intervals) == 1 and intervals[0][0] == 0
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
        pages = f"$top={self.page_size}", "$count=true", *selecting(self.selects)
        return (*order, *pages, "$filter: TimeStamp gt, moving")

    @property
    def selects(self) -> tuple[str, ...]:
        return ("TimeStamp",) if self.adds_time else ()

    @property
    def features(self) -> frozenset[Feature]:
        ordered = "$orderby" in self.options
        return frozenset({Feature.RANGES} if ordered else {Feature.ORDER, Feature.RANGES})

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self._profile.notes, *(() if self._schedule.scans else self._delivery.notes))

    @property
    def late(self) -> int:
        return self._closing.late

    @property
    def proof(self) -> Proof:
        if self._delivery.buffered or self._running or self._closing.question or not self._is_read:
            return Proof("none", "not read to the end")
        proof, profile = self._profile.proof, self._profile
        if proof.kind == "none":
            return proof
        if proof.kind in _BY_ORDER and not profile.honours_order and profile.answers:
            return Proof("none", "one answer, whose order nothing confirms: exact() asks once more")
        if self._delivery.left and (counted := self._closing.contradiction):
            return Proof("none", f"the server counts {counted} rows and gave {self._closing.given}")
        ending = self._ending or "all was given before"
        ending = ending if self._delivery.left else "as many rows as asked for"
        parts = "each bucket whole" + (f", {proof.reason}" if proof.reason else "")
        return Proof(proof.kind, f"read by time, {parts}, to the end: {ending}")

    @property
    def checkpoint(self) -> Any:
        if not self._delivery.left:
            return None
        return self._point([*self._delivery.buffered, *self._schedule.scans])

    @property
    def buffered_pages(self) -> int:
        return len(self._delivery.buffered)

    def next_fetch(self) -> Fetch | None:
        if (question := self._closing.question) is not None:
            return None if self._running else self._start(question, question, sys.maxsize)
        scan = self._schedule.idle()
        if scan is None and self._delivery.left and len(self._running) < self.workers:
            scan = self._schedule.steal()
        if scan is None or not self._delivery.left or not self._has_room(scan):
            return None
        position = scan.at if self.ordered else 0
        if self._schedule.asks_for_newest():
            return self._start(_NEWEST, _NEWEST, position)
        self._schedule.begin(scan)
        return self._start(scan, scan.request(), position)

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        asked = self._running.pop(fetch)
        try:
            self.check(page.rows)
            if asked is _NEWEST:
                newest = self._profile.rows_of(_NEWEST, page)
                self._schedule.newest = newest[-1][0] if newest else None
            elif isinstance(asked, IntervalScan):
                self._take(asked, page)
            else:
                self._closing.take(page)
        except NotProven as error:
            unread = [asked] if self.ordered and isinstance(asked, IntervalScan) else self._schedule.scans
            error.checkpoint = self._point(unread)
            raise
        self._close()

    def next_rows(self) -> list[Row] | None:
        rows = self._delivery.next_rows(self._schedule.head, self.tie_unit)
        self._close()
        return rows

    @property
    def _is_read(self) -> bool:
        return not self._schedule.scans or not self._delivery.left

    # Reading

    def _point(self, unread: Iterable[Unread]) -> dict[str, Any]:
        return with_proof(self._delivery.point(unread), self._profile.proof)

    def _start(self, asked: IntervalScan | WindowRequest, request: WindowRequest, position: int) -> Fetch:
        fetch = request.fetch(self.options, position)
        self._running[fetch] = asked
        return fetch

    def _take(self, scan: IntervalScan, page: Page) -> None:
        was_first, start = scan.first, scan.at
        self._schedule.answered(scan)
        rows = scan.take(page)
        self._delivery.add(start, scan.at, rows)
        if self._is_open:
            self._closing.counted_at_first = scan.counted if was_first else self._closing.counted_at_first
        if self._begins_list and scan.exhausted:  # all that was counted lies in the interval
            self._closing.tail_count = scan.tail_count or self._closing.tail_count
        self._closing.add(start, scan.at, len(rows))
        self._schedule.taken(scan, is_full=len(page.rows) >= self._profile.capacity)
        self._ending = scan.ending or self._ending
        if not scan.ending and self.workers > 1:
            rest = self._delivery.left if page.count is None else min(self._delivery.left, page.count)
            self._schedule.size_up(scan, rest - len(page.rows))

    def _has_room(self, scan: IntervalScan) -> bool:
        """Tell whether a scan may be begun; the head of an ordered one always may, or all would wait for it."""
        head = self._schedule.scans[0]
        if scan is head:
            return True
        if _NEWEST in self._running.values():
            return False
        if not self.ordered:
            return len(self._running) < self.workers
        others = 1 + len(self._running) - head.busy + len(self._delivery.buffered)
        return others < self.workers and others * self.page_size < self._delivery.left

    def _close(self) -> None:
        """Begin to ask what is left to ask, once everything was read."""
        if self._is_read and not self._running:
            self._closing.begin(is_whole=bool(self._delivery.left))


def _delivery_of(plan: WindowPlan, intervals: Sequence[tuple[int, int]]) -> Delivery:
    return Delivery(
        ordered=plan.ordered,
        start=min(at for at, _ in intervals),
        end=max(end for _, end in intervals),
        left=left_of(plan.resume, int(plan.options.get("$top", sys.maxsize))),
        is_limited="$top" in plan.options,
    )


def _profile_of(plan: WindowPlan) -> ServerProfile:
    """Return what is known of the server before the first request, and what the rows before a checkpoint prove."""
    profile = ServerProfile(
        unit=plan.tie_unit,
        page_size=min(plan.page_size, plan.window),
        window=plan.window,
        upper_bound=plan.upper_bound,
        equalities=plan.equalities,
        characters=plan.characters,
        selected=selected_by(plan.options),
    )
    before = proof_in(plan.resume or {})
    if before.kind != "by_later_bucket":
        profile.prove(before.kind, before.reason)
    return profile
