"""How a run over a list begins: what it will ask for is settled, and written down, before the first row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import format_datetime

import attrs
from msgspec.structs import replace

from uipath_odata.errors import BadRequest, DecodeError, NotFound, OrchestratorError, QueryError
from uipath_odata.export.incremental.clocks import began_at, order_of
from uipath_odata.export.incremental.recount import bounds_of, is_watched, suspects
from uipath_odata.export.incremental.recount import moved as changed_in
from uipath_odata.export.incremental.scan_steps import OVERLAP, from_bound, oldest_of
from uipath_odata.export.incremental.settle import settled_until
from uipath_odata.export.incremental.shrinking import Shrinking
from uipath_odata.export.journal.records import Clocks, Part, RunBegan, RunEnded
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.lists import ExportList, Mode
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Fetch

__all__ = ["RunStart", "date_of"]


async def date_of(each: ExportList, now: Callable[[], dt.datetime]) -> str:
    """Ask the server what time it is, with one row of the list; ours, where it does not say: an HTTP date."""
    source = each.query.__source__
    response = await source.channel.send(source.request(Fetch(options={"$top": "1"} if source.paged else {})))
    date = response.headers.get("Date", "")
    try:
        settled_until(date)
    except QueryError:
        return format_datetime(now().astimezone(dt.UTC), usegmt=True)
    return date


@attrs.frozen(kw_only=True)
class RunStart:
    """Settle what a run asks for: up to when, since when, and which closed intervals again."""

    each: ExportList
    mode: Mode
    state: ListState
    nightly: bool
    lag: dt.timedelta
    look_back: dt.timedelta
    final_after: dt.timedelta
    mirrors: bool
    """Whether deletions are followed."""
    shrinking: Shrinking
    unit: int
    """Ticks that rows may share."""
    now: Callable[[], dt.datetime]
    counts: bool
    """Whether the rows are counted before they are read."""
    schema: int = 1
    """The version of the columns."""
    latest: int | None = None
    """The tick at which a run over a list of the set was last read: rows of one Id may be in several of them."""

    @property
    def looks(self) -> bool:
        """Whether all Ids are asked for, because rows that are gone say so in the lake."""
        return self.mirrors and self.mode in {"modified", "open"}

    @property
    def is_over(self) -> bool:
        """Whether the list was read to its end, and is not read again."""
        ended = self.state.ended
        is_read = ended is not None and self.state.begun is None and not self.nightly
        return is_read and ended is not None and self._asks_for(ended)

    @property
    def begun(self) -> RunBegan | None:
        """The run that is to be continued; what is read whole begins anew where something else is asked for now."""
        begun = self.state.begun
        return None if begun is not None and self.mode == "replace" and not self._asks_for(begun) else begun

    def bounded(self, begun: RunBegan) -> ExportList:
        """Return the list as the run that began asks for it."""
        return self.each.before(begun.bound)

    async def begin(self) -> RunBegan:
        """Return the record that begins the run, after asking the server what it takes."""
        return await attrs.evolve(self, each=self.each.before(self.each.until))._begin()  # noqa: SLF001 - its own

    def check_read(self) -> None:
        """Raise ExportError where the run read far fewer rows than the list had, whatever was counted before."""
        self._check(sum(part.rows for part in self.state.parts.values() if part.run == self.state.run))

    def _check(self, rows: int) -> None:
        if self.mode == "replace" and self.state.ended is not None:
            held = self.state.rows_before
            self.shrinking.check(held - rows, held, shows_none=rows == 0)

    def _asks_for(self, run: RunBegan | RunEnded) -> bool:
        return (run.schema, run.bound) == (self.schema, self.each.until)

    async def _begin(self) -> RunBegan:
        began = RunBegan(
            entity_list=self.each.key, run=self.state.run + 1, schema=self.schema, bound=self.each.until
        )
        if self.mode == "open":
            began = replace(began, queues=tuple(sorted(self.each.queues)))
        if self.nightly or self.each.in_time:
            began = await self._timed(began)
        if self.mode == "open" and began.read_at is not None:
            final_before = Instant.from_datetime(began.read_at) - self.final_after
            began = replace(began, final_before=final_before.ticks)
        if self.state.ended is not None:
            began = await self._since(began, self.state.ended)
        if began.until is not None:  # a clock that went back closes no interval twice
            began = replace(began, until=max(began.until, began.after or 0))
        if not self.counts:
            return began
        began = replace(began, expected=await self._expected(began))
        if began.expected is not None:
            self._check(began.expected)
        return began

    async def _timed(self, began: RunBegan) -> RunBegan:
        date = await date_of(self.each, self.now)
        server = settled_until(date, lag=dt.timedelta(0)).to_datetime()
        earlier = None if self.latest is None else Instant(self.latest).to_datetime()
        clocks = Clocks(server=server, local=self.now().astimezone(dt.UTC))
        began = replace(began, read_at=order_of(server, earlier), clocks=clocks)
        if not self.each.in_time:
            return began
        until = settled_until(date, lag=self.lag, tie_unit=self.unit).ticks
        return replace(began, until=until if began.bound is None else min(until, began.bound))

    async def _since(self, began: RunBegan, ended: RunEnded) -> RunBegan:
        largest = self.state.largest
        if self.mode == "append":
            # An interval that was read without a row is closed as well.
            closed = [part.hi for part in self.state.parts.values() if part.hi is not None]
            first = max(closed if largest is None else [*closed, largest + 1], default=None)
            again, late = await self._again(everywhere=ended.bound != began.bound)
            return replace(began, after=ended.until if self.each.in_time else first, again=again, late=late)
        if self.mode == "replace" or largest is None or ended.read_at is None:
            return began
        had = set(ended.queues)
        # With all their items, which may be older than any here; so may rows that another end in time kept out.
        if self.each.queues - had or ended.bound != began.bound:
            return began
        since = ended.read_at
        if ended.clocks is not None and began.clocks is not None:
            since = began_at(ended.clocks, began.clocks)
        moved = bool(had - self.each.queues)
        return replace(began, after=largest - OVERLAP, since=since - self.lag, moved=moved)

    async def _again(self, *, everywhere: bool) -> tuple[tuple[int, ...], int]:
        """Find the closed parts that have another number of rows now, and how many rows came or went.

        All of them are read again where the server does not count.
        """
        count_from = _once(self._count_from)
        try:
            closed = await self._recounted(count_from, everywhere=everywhere)
            rows_from = {bound: await count_from(bound) for bound in bounds_of(closed)}
        except (BadRequest, DecodeError, NotFound):
            return tuple(part.number for part in self._closed(everywhere=everywhere)), 0
        rows_now = {part.number: rows_from[part.lo] - rows_from[part.hi] for part in closed}
        again = changed_in(closed, rows_from)
        if not self.mirrors and any(rows_now[part.number] < part.rows for part in again):
            again = await self._without_retired(again, rows_now)
        lost = sum(max(0, part.rows - rows_now[part.number]) for part in again)
        held = self._closed(everywhere=everywhere or self.mirrors)
        rows = sum(part.rows for part in held)
        shows_none = lost == rows > 0 and await oldest_of(self.each) is None
        self.shrinking.check(lost, rows, shows_none=shows_none)
        return tuple(part.number for part in again), sum(rows_now[part.number] - part.rows for part in again)

    def _closed(self, *, everywhere: bool) -> list[Part]:
        return [
            part
            for part in self.state.parts.values()
            if part.hi is not None and (everywhere or is_watched(self.state, part, self.look_back))
        ]

    async def _recounted(
        self, count_from: Callable[[int | None], Awaitable[int]], *, everywhere: bool
    ) -> list[Part]:
        """Return the closed parts that are counted one by one: where deletions are followed, older ones that changed too."""
        closed = self._closed(everywhere=everywhere)
        if not self.mirrors:
            return closed
        watched = {part.number for part in closed}
        older = [part for part in self._closed(everywhere=True) if part.number not in watched]
        return [*await suspects(older, count_from), *closed]

    async def _without_retired(self, again: Sequence[Part], rows_now: Mapping[int, int]) -> list[Part]:
        """Leave out the parts that lost rows because the server keeps none so old: a lake keeps them."""
        oldest = await oldest_of(self.each)
        return [
            part
            for part in again
            if rows_now[part.number] >= part.rows
            or oldest is None
            or (part.lo is not None and part.lo >= oldest)
        ]

    async def _count_from(self, bound: int | None) -> int:
        return await (self.each.query if bound is None else from_bound(self.each, bound)).count()

    async def _expected(self, began: RunBegan) -> int | None:
        """Count the rows that there will be after this run; None where that is not known."""
        if began.since is not None and self.mode != "append":
            return None
        try:
            expected = await self._count_from(began.after)
            if began.until is not None:
                expected -= await self._count_from(began.until)
        except OrchestratorError:  # a list that cannot be counted can be read
            return None
        if self.mode == "append" and self.state.ended is not None:
            expected += self.state.rows + began.late
        limit = self.each.query.query.limit
        return expected if limit is None else min(expected, limit)


def _once(count_from: Callable[[int | None], Awaitable[int]]) -> Callable[[int | None], Awaitable[int]]:
    """Return a function that asks for each count once."""
    known = dict[int | None, int]()

    async def counted(bound: int | None) -> int:
        if bound not in known:
            known[bound] = await count_from(bound)
        return known[bound]

    return counted
