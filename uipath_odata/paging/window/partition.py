"""One interval of a RobotLogs scan: disjoint by TimeStamp, cut on the client, tie groups never torn."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Final

import attrs

from uipath_odata.paging.plan import Page, Row
from uipath_odata.paging.window.request import Steps, WindowRequest
from uipath_odata.paging.window.server_profile import ServerProfile
from uipath_odata.paging.window.tie_group import TieGroup
from uipath_odata.paging.window.timestamps import Timed, in_order, timed

__all__ = ["END_OF_TIME", "TieSplit"]

END_OF_TIME: Final = 3_155_378_976_000_000_000  # the first tick behind the year 9999
_READ_WHOLE: Final = "More rows shared one instant than a page holds: they were read with all properties, and kept so unless $select was plain"


@attrs.define(eq=False, kw_only=True)
class TieSplit:
    """Read the rows with ``at <= TimeStamp < end`` in order of time, knowing only ``TimeStamp gt``.

    Every row of the interval before ``at`` has been returned once and none after it. Rows whose TimeStamp falls
    into the same unit are a tie group: the server may order them anew in each answer, so a group is returned
    only whole. An answer holds a group whole if it holds a later row too, or if nothing but later rows is left.
    ``end`` may move between an answer and the next, though not into the group that stands at ``at``.
    """

    at: int
    end: int = END_OF_TIME
    habits: ServerProfile
    density: float | None = None
    """Rows a tick, where the last answer was looked at; None: not known yet."""
    first: bool = False
    """Whether its first page may say by its count that it is all there is."""

    ending: str = attrs.field(default="", init=False)
    """How the interval was seen to end; empty: it has not yet."""
    exhausted: bool = attrs.field(default=False, init=False)
    """Whether the server was seen to have nothing later at all."""
    empty_from: int = attrs.field(default=0, init=False)
    """Where that nothing begins."""
    started: bool = attrs.field(default=False, init=False)
    busy: bool = attrs.field(default=False, init=False)
    in_group: bool = attrs.field(default=False, init=False)
    """Whether it reads a tie group that no page holds, and nothing else."""

    _after: int = attrs.field(init=False)
    _witness: int | None = attrs.field(default=None, init=False)
    _torn: int | None = attrs.field(default=None, init=False)
    _steps: Steps[None] = attrs.field(init=False)
    _ask: WindowRequest = attrs.field(init=False)
    _given: list[Timed] = attrs.field(factory=list[Timed], init=False)

    def __attrs_post_init__(self) -> None:
        self._move(self.at)
        self._steps = self._read()

    @property
    def probes(self) -> bool:
        """Whether its next request only asks if anything follows the last page."""
        return self.started and (self._ask.skip > 0 or self._ask.total)

    @property
    def group_end(self) -> int:
        """The end of the tie group that stands at ``at``: the interval cannot be cut before it."""
        return self.habits.group_of(self.at) + self.habits.unit

    def ask(self) -> WindowRequest:
        """Give the next request."""
        if not self.started:
            self.started, self._ask = True, next(self._steps)
        return self._ask

    def take(self, page: Page) -> list[Row]:
        """Return the rows that the answer proves whole."""
        with contextlib.suppress(StopIteration):  # the interval has ended
            self._ask = self._steps.send(page)
        rows, self._given = self._given, []
        self.habits.read += len(rows)
        return in_order(rows)

    def cut(self, at: int) -> TieSplit:
        """Give up the interval from ``at`` on, to another partition."""
        rest = type(self)(at=at, end=self.end, habits=self.habits, density=self.density)
        self.end = at
        return rest

    def _read(self) -> Steps[None]:
        while not self.ending:
            asked = self._after
            page, rows = yield from self._look(
                WindowRequest(after=asked, top=self.habits.page_size, count=self.first)
            )
            self.habits.capacity = max(self.habits.capacity, len(rows))
            if self._is_rounded_past(rows):
                self._move(self.at)
                yield from self._read_group()
            elif self.first and not self.habits.exact and page.count == len(rows) < self.habits.page_size:
                self._finish(rows, "one page held the whole answer", exhausted=True)
            elif not rows:
                self._finish(rows, "a page was empty", exhausted=True)
            else:
                yield from self._advance(rows, asked, page.count)
            self.first = False

    def _look(self, ask: WindowRequest) -> Steps[tuple[Page, list[Timed]]]:
        """Read rows; once more where the answer lacks what was seen or counted before."""
        page = yield ask
        rows = self.habits.seen(timed(page.rows, self.habits.unit))
        if self.first:
            self.habits.counted = page.count
        if self._is_torn(rows) or not (rows or (yield from self._is_the_end(rows, ask.after, page.count))):
            page = yield ask
            rows = self.habits.seen(timed(page.rows, self.habits.unit))
        return page, rows

    def _is_torn(self, rows: list[Timed]) -> bool:
        """Tell whether a row that was held back is missing where the answer goes on behind it."""
        if self._torn is None or self._witness is not None:
            return False
        goes_on = len(rows) < self.habits.capacity or rows[-1][0] >= self.group_end
        return goes_on and all(ticks != self._torn for ticks, _ in rows)

    def _is_the_end(self, rows: list[Timed], asked: int, count: int | None) -> Steps[bool]:
        """Tell whether nothing speaks against these rows being all after a bound."""
        habits = self.habits
        behind = habits.group_of(rows[-1][0]) + habits.unit if rows else self.at
        if self._witness is None and (habits.latest >= behind or (count or 0) > len(rows)):
            return False
        known = habits.read + sum(ticks >= self.at for ticks, _ in rows)
        alone, counted = habits.begun == 1, habits.counted or 0
        if (alone or len(rows) >= habits.capacity) and known < counted:
            return False
        if not habits.exact or (alone and 0 < counted < habits.window):
            return True
        total = yield WindowRequest(after=asked, total=True, refusable=True)
        return (total.count or 0) <= len(rows)

    def _advance(self, rows: list[Timed], asked: int, count: int | None) -> Steps[None]:
        """Give all but the last tie group, and go on from that."""
        last, full = self.habits.group_of(rows[-1][0]), len(rows) >= self.habits.capacity
        if last >= self.end:
            self._learn(rows, last)
            self._finish(rows, "a page passed the end of the interval")
        elif last >= self.group_end:
            self._learn(rows, last)
            self._give(rows, last)
            self._torn = rows[-1][0]
            if not full:
                yield from self._look_behind(rows, asked, count)
        elif not (full and self._come_closer(rows)):
            whole = yield from self._look_behind(rows, asked, count)
            if full and not whole:
                yield from self._read_group()

    def _look_behind(self, rows: list[Timed], asked: int, count: int | None) -> Steps[bool]:
        """Judge the held-back group by the one row behind the page; tell whether it was whole."""
        if len(rows) >= self.habits.window:
            return False
        ask = WindowRequest(after=asked, skip=len(rows), top=1)  # ranks are those under the page's own bound
        behind = self.habits.seen(timed((yield ask).rows, self.habits.unit))
        if not behind and not (yield from self._is_the_end(rows, asked, count)):
            behind = self.habits.seen(timed((yield ask).rows, self.habits.unit))
        if not behind:
            self._finish(rows, "nothing was left behind the last page", exhausted=True)
            return True
        self.habits.capacity = len(rows)  # a short page with more behind it: the server's own cap
        if behind[0][0] < self.group_end:
            return False
        self._give(rows, self.group_end)
        return True

    def _read_group(self) -> Steps[None]:
        self.in_group = True
        self.habits.note(_READ_WHOLE)
        start = self.habits.group_of(self.at)
        rows = yield from TieGroup(start=start, after=self._after, habits=self.habits).read()
        self.in_group = False
        self._give(((ticks, self.habits.kept(row)) for ticks, row in rows), self.group_end)

    def _give(self, rows: Iterable[Timed], until: int) -> None:
        until = min(until, self.end)
        self._given += [one for one in rows if self.at <= one[0] < until]
        self._move(until)
        if until >= self.end:
            self.ending = "a page passed the end of the interval"

    def _finish(self, rows: list[Timed], ending: str, *, exhausted: bool = False) -> None:
        self.empty_from = self.habits.group_of(rows[-1][0]) + self.habits.unit if rows else self.at
        self._give(rows, self.end)
        self.ending, self.exhausted = ending, exhausted

    def _move(self, at: int) -> None:
        # One unit below a multiple of the unit: a server that rounds or cuts the literal to its own
        # precision, or sorts by a key as coarse as the unit, still answers with every row from ``at`` on.
        self.at = at
        self._after = self.habits.group_of(at) - self.habits.unit
        self._witness = self._torn = None

    def _come_closer(self, rows: list[Timed]) -> bool:
        """Raise the bound where rows before ``at`` fill the page; they show how precise the server is."""
        below = max((ticks for ticks, _ in rows if ticks < self.at), default=0)
        unit = self.habits.unit
        for step in (unit // 10, unit // 100, unit // 1000, 1):
            if step and below // step * step - step > self._after:
                self._after, self._witness = below // step * step - step, below
                return True
        return False

    def _is_rounded_past(self, rows: list[Timed]) -> bool:
        """Tell whether a closer bound lost the row below it that must be there, and maybe more."""
        return self._witness is not None and all(ticks != self._witness for ticks, _ in rows)

    def _learn(self, rows: list[Timed], last: int) -> None:
        ahead = [ticks for ticks, _ in rows if ticks >= self.at]
        since = self.at or ahead[0]  # an open start says nothing about the rows
        self.density = len(ahead) / (last + self.habits.unit - since)
