"""The borders of one list, by as many counts as `cuts` asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

import attrs

from uipath_odata.errors import BadRequest, DecodeError, FolderRequired, NotFound
from uipath_odata.export.incremental.scan_steps import from_bound, newest_of, oldest_of
from uipath_odata.export.lists import ExportList
from uipath_odata.odata.expr.expression import path
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.query import Query
from uipath_odata.partitions.cuts import Gap, cut_evenly, cuts, is_even

__all__ = ["Border", "Borders"]

# Elasticsearch counts no further unless it is asked to (track_total_hits); nothing says whether Orchestrator asks.
_CAP: Final = 10_000
_SAMPLES: Final = 32


@attrs.frozen
class Border:
    """An interval of a list: from ``lo`` on and before ``hi``, None without a bound; ``rows``, where they could be counted."""

    lo: int | None
    hi: int | None
    rows: int | None = None


@attrs.frozen(eq=False, kw_only=True)
class Borders:
    """How one list, or a part of it that one request can carry, is cut."""

    each: ExportList
    """Without bounds of its own on the key."""
    lo: int | None
    hi: int | None
    target: int

    async def find(self) -> list[Border]:
        """Return partitions that meet, at least one. A list that cannot be counted is one partition."""
        hi = self.hi if self.each.in_time else await self._frozen_end()
        try:
            return await self._counted(hi)
        except FolderRequired:
            raise
        except (BadRequest, DecodeError, NotFound):
            if self.each.in_time:
                await oldest_of(self.each)  # a filter that is refused is refused here too
            return [Border(self.lo, hi)]

    async def _frozen_end(self) -> int:
        """Return the Id after the largest now: what comes later is not of this plan."""
        newest = await newest_of(self.each)
        return 1 if newest is None else newest + 1

    async def _counted(self, hi: int | None) -> list[Border]:
        if self.lo is not None and hi is not None and self.lo >= hi:
            return [Border(self.lo, hi, 0)]
        total, after = await self._all((self._rows_from(self.lo), self._after(hi)))
        rows = max(0, total - after)
        if self.each.in_time and total == _CAP and await self._is_capped():
            return await self._by_density(hi)
        if is_even(rows, self.target) or hi is None or (ends := await self._ends(hi)) is None:
            return [Border(self.lo, hi, rows)]
        return self._meeting(await self._by_counts(*ends, rows, after), hi)

    async def _by_counts(self, start: int, hi: int, rows: int, after: int) -> list[Gap]:
        counting = cuts(start, hi, rows, self.target, self._unit)
        try:
            wanted = next(counting)
            while True:
                counts = await self._all(self._rows_from(place) for place in wanted)
                wanted = counting.send(
                    {place: count - after for place, count in zip(wanted, counts, strict=True)}
                )
        except StopIteration as end:
            return list[Gap](end.value)

    def _meeting(self, gaps: list[Gap], hi: int | None) -> list[Border]:
        """Let the first partition begin where the list does."""
        whole = [Border(gap.lo, gap.hi, gap.rows) for gap in gaps]
        whole[0] = attrs.evolve(whole[0], lo=self.lo)
        whole[-1] = attrs.evolve(whole[-1], hi=hi)
        return whole

    @property
    def _unit(self) -> int:
        return self.each.query.__source__.limits.tie_unit if self.each.in_time else 1

    async def _ends(self, hi: int) -> tuple[int, int] | None:
        """Return between which places rows lie, as far as that is quickly known; None where nothing can be cut."""
        oldest = self.lo if self.lo is not None else await oldest_of(self.each)
        newest = await newest_of(self.each) if self.each.in_time else hi - 1
        if oldest is None or newest is None:
            return None
        lo = oldest if self.lo is not None else oldest // self._unit * self._unit
        end = min(hi, (newest // self._unit + 1) * self._unit)
        return (lo, end) if lo < end else None

    async def _rows_from(self, place: int | None) -> int:
        return await (self.each.query if place is None else from_bound(self.each, place)).count()

    async def _after(self, hi: int | None) -> int:
        return await self._rows_from(hi) if self.each.in_time and hi is not None else 0

    async def _all(self, work: Iterable[Any]) -> list[Any]:
        """Await counts, as many at once as the settings say."""
        room = asyncio.Semaphore(self.each.query.__source__.channel.settings.concurrency)

        async def one(count: Any) -> Any:
            async with room:
                return await count

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(each)) for each in work]
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [each.result() for each in tasks]

    # Where a count stops at a number, the rows of a window tell how dense they lie.

    async def _is_capped(self) -> bool:
        """Tell whether there are more rows after those that were counted."""
        last = await self._window_after(self.lo)
        return last is not None and await self._rows_from(last + 1) > _CAP // 100

    async def _by_density(self, hi: int | None) -> list[Border]:
        ends = None if hi is None else await self._ends(hi)
        if ends is None:
            return [Border(self.lo, hi)]
        start, end = ends
        places = [start + (end - start) * step // _SAMPLES for step in range(_SAMPLES)]
        found = await self._all(self._density(place, end) for place in places)
        gaps = cut_evenly(start, end, [*zip(places, found, strict=True)], self.target, self._unit)
        return [attrs.evolve(each, rows=None) for each in self._meeting(gaps, hi)]

    async def _density(self, place: int, end: int) -> float:
        """Return how many rows there are for each tick after a place."""
        last = await self._window_after(place)
        if last is None:  # so few that they can be counted
            return await self._rows_from(place) / (end - place)
        return self._window / max(1, last - place)

    @property
    def _window(self) -> int:
        window = self.each.query.__source__.limits.window
        assert window is not None  # noqa: S101 - a list in time has one
        return window

    async def _window_after(self, place: int | None) -> int | None:
        """Return when the last row of a window after a place was, None where there are fewer rows."""
        asked = (self.each.query if place is None else from_bound(self.each, place)).query
        bare = attrs.evolve(self.each.query, exact=False).using(
            Query(asked.entity, condition=asked.condition)
        )
        last = bare.select(path("TimeStamp")).order_by(path("TimeStamp")).skip(self._window - 1).top(1)
        rows: list[dict[str, Any]] = await last.dicts().to_list()
        return Instant.parse(rows[0]["TimeStamp"]).ticks if rows else None
