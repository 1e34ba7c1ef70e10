"""One interval of a RobotLogs scan, read from its start to its end, each bucket whole."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Final

import attrs

from uipath_odata.errors import OrderViolation
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page, Row
from uipath_odata.paging.window.bound import Bound
from uipath_odata.paging.window.request import Steps, WindowRequest
from uipath_odata.paging.window.server_profile import ServerProfile
from uipath_odata.paging.window.ties.tie_group import TieGroup
from uipath_odata.paging.window.timestamps import Stamped, in_order, within

__all__ = ["END_OF_TIME", "IntervalScan"]

END_OF_TIME: Final = 3_155_378_976_000_000_000  # the first tick after the year 9999
_PASSED: Final = "a page passed the end of the interval"
_READ_WHOLE: Final = "More rows shared one instant than a page holds: they were read with all properties, and kept so unless $select was plain"
_LATER: Final = "each bucket came in one answer that begins before it and also holds a later one"
_TRIES: Final = 3


@attrs.define(eq=False, kw_only=True)
class IntervalScan:
    """Read the rows with ``at <= TimeStamp < end`` in order of time, knowing only ``TimeStamp gt``.

    Every row of the interval before ``at`` was returned once, and none after it. ``end`` may move between an
    answer and the next, though not into the bucket that stands at ``at``.
    """

    at: int
    end: int = END_OF_TIME
    profile: ServerProfile
    first: bool = False
    """Whether it is the whole scan, so that its first page is asked for its count."""
    believes_count: bool = False
    """Whether a short first page ends the scan where the server counts no more rows, which proves nothing."""

    ending: str = attrs.field(default="", init=False)
    """How the interval was seen to end; empty: it has not yet."""
    exhausted: bool = attrs.field(default=False, init=False)
    """Whether the server was seen to have nothing later at all."""
    counted: int | None = attrs.field(default=None, init=False)
    """What the first answer counted, if it was asked."""
    tail_count: int | None = attrs.field(default=None, init=False)
    """What the descending answer counted that showed the end of the list."""
    started: bool = attrs.field(default=False, init=False)
    busy: bool = attrs.field(default=False, init=False)
    in_group: bool = attrs.field(default=False, init=False)
    """Whether it reads a bucket that no page holds, and nothing else."""

    _bound: Bound = attrs.field(init=False)
    _asked_tail: int = attrs.field(init=False)
    _has_later: bool = attrs.field(init=False)
    """Whether a descending answer showed rows after the bucket at ``at``."""
    _steps: Steps[None] = attrs.field(init=False)
    _request: WindowRequest = attrs.field(init=False)
    _proven: list[Stamped] = attrs.field(factory=list[Stamped], init=False)

    def __attrs_post_init__(self) -> None:
        self._bound = Bound(profile=self.profile)
        self._move(self.at)
        self._steps = self._read()

    @property
    def asks_for_tail(self) -> bool:
        """Whether its next request only looks for the end of the list."""
        return self.started and self._request.falling

    @property
    def bucket_end(self) -> int:
        """The end of the bucket that stands at ``at``: the interval cannot be cut before it."""
        return self.profile.after_bucket(self.at)

    def request(self) -> WindowRequest:
        """Return the next request."""
        if not self.started:
            self.started, self._request = True, next(self._steps)
        return self._request

    def take(self, page: Page) -> list[Row]:
        """Return the rows that the answer proves whole."""
        with contextlib.suppress(StopIteration):  # the interval has ended
            self._request = self._steps.send(page)
        rows, self._proven = self._proven, []
        return in_order(rows)

    def cut(self, at: int) -> IntervalScan:
        """Leave the interval from ``at`` on to another scan, and return that."""
        rest = type(self)(at=at, end=self.end, profile=self.profile)
        self.end = at
        return rest

    def _read(self) -> Steps[None]:
        while not self.ending:
            page, rows = yield from self._bound.ask(count=self.first)
            if self.first:
                self.counted = page.count
            profile = self.profile
            profile.capacity = max(profile.capacity, len(rows))
            # A page that the server counts as all is not said to have more after it: the other direction tells.
            is_full = len(rows) >= profile.capacity and page.count != len(rows)
            last = profile.bucket_of(rows[-1][0]) if rows else -1
            if self._bound.is_rounded_past(rows):
                self._move(self.at)
                yield from self._read_group()
            elif self._is_said_to_be_all(page, rows):
                profile.prove("none", "one short page with its own count, which exact() does not believe")
                self._finish(rows, "a short page, and the server counted no more", exhausted=True)
            elif last >= self.end:
                profile.measure(rows, self.at, last)
                self._finish(rows, _PASSED)
            elif last >= self.bucket_end:
                profile.measure(rows, self.at, last)
                self._give(rows, last)
                if not is_full and profile.latest < profile.after_bucket(last):
                    yield from self._look_for_the_end(rows, page.count)
            elif is_full and self._bound.come_closer(rows):
                continue
            elif is_full or (self._has_later and rows and rows[-1][0] >= self.at):
                yield from self._read_group()
            else:
                yield from self._look_for_the_end(rows, page.count)
            self.first = False

    def _is_said_to_be_all(self, page: Page, rows: list[Stamped]) -> bool:
        is_short = 0 < len(rows) < self.profile.page_size
        return self.first and self.believes_count and is_short and page.count == len(rows)

    # The end of the list

    def _look_for_the_end(self, rows: list[Stamped], counted: int | None) -> Steps[None]:
        """Ask in the other direction of order: an answer that also holds an earlier bucket shows the last whole."""
        is_told = counted == 0 or (counted is None and self.believes_count)
        if not rows and self.profile.latest < 0 and is_told:
            self.profile.prove("by_one_answer", "the first answer was empty")
            self._finish([], "the first answer was empty", exhausted=True)
            return
        self._hold_to_progress()
        tail_page, tail = yield from self._bound.answer(
            WindowRequest(falling=True, top=self.profile.page_size, count=True)
        )
        self._has_later = bool(tail) and tail[-1][0] >= self.bucket_end
        start = self.profile.bucket_of(self.at)
        ahead = [one for one in rows if one[0] >= self.at]
        if tail and tail[-1][0] < start and not ahead:
            self._end_of_list(tail_page, [])
        elif tail and tail[0][0] < start <= self.profile.bucket_of(tail[-1][0]):
            self._end_of_list(tail_page, tail)
        elif not tail and not ahead:
            self._end_without_rows(counted, tail_page.count)
        elif tail and start <= tail[-1][0] < self.bucket_end:
            yield from self._read_last_bucket(rows, counted, tail_page, tail)
        elif self._has_later and rows:  # a short page with more after it: the server's own cap
            self.profile.capacity = len(rows)

    def _hold_to_progress(self) -> None:
        self._asked_tail += 1
        if self._asked_tail > _TRIES:
            raise OrderViolation(
                f"RobotLogs from {Instant(self.at)} on are shown in one direction of order and not in the other: the "
                "server does not honour $orderby. Read with stream(paging='offset'), which proves less"
            )

    def _end_of_list(self, page: Page, tail: list[Stamped]) -> None:
        self.tail_count = page.count
        has_more = bool(tail) and tail[-1][0] >= self.end
        ending = "a descending answer begins with the last rows and holds earlier ones"
        self._finish(tail, ending, exhausted=not has_more)

    def _end_without_rows(self, counted: int | None, tail_count: int | None) -> None:
        """End where neither direction shows a row, although some were counted or seen before."""
        if counted and tail_count:
            self.profile.prove("none", f"the server counts {tail_count} rows and shows none")
        elif self.profile.latest < 0:
            self.profile.prove("by_one_answer", "each answer was empty")
        self.tail_count = tail_count
        self._finish([], "no answer shows a row", exhausted=True)

    def _read_last_bucket(
        self, rows: list[Stamped], counted: int | None, tail_page: Page, tail: list[Stamped]
    ) -> Steps[None]:
        """Read the last bucket where it is all that there is, or more than a page."""
        if (yield from self._bound.is_counted(rows, counted, tail_page, tail)):
            self.profile.prove("by_count", "the same rows were shown twice, and counted as many")
            self.profile.honours_order = True  # one bucket has none to honour
            self._end_of_list(tail_page, tail)
        else:
            yield from self._read_group()

    def _read_group(self) -> Steps[None]:
        self.in_group = True
        self.profile.note(_READ_WHOLE)
        group = TieGroup(start=self.profile.bucket_of(self.at), after=self._bound.after, profile=self.profile)
        rows = yield from group.read()
        self.profile.largest_tie = max(self.profile.largest_tie, len(rows))
        self.in_group = False
        self._give(((ticks, self.profile.kept(row)) for ticks, row in rows), self.bucket_end)

    def _give(self, rows: Iterable[Stamped], until: int) -> None:
        """Return the rows from ``at`` to a bucket's start, of which all are there; hold the others back."""
        rows, until = [*rows], min(until, self.end)
        given = within(rows, self.at, until)
        self._proven += given
        self._move(until)
        self._bound.remember(given, held_back=(ticks for ticks, _ in rows if ticks >= until))
        if until >= self.end:
            self.ending = _PASSED

    def _finish(self, rows: list[Stamped], ending: str, *, exhausted: bool = False) -> None:
        self._give(rows, self.end)
        self.ending, self.exhausted = ending, exhausted

    def _move(self, at: int) -> None:
        self.at = at
        self._bound.move(at)
        self._asked_tail, self._has_later = 0, False
