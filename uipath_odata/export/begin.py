"""How a run over a list begins: what it will ask for is settled, and written down, before the first row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs

from uipath_odata.errors import BadRequest, DecodeError, NotFound, OrchestratorError
from uipath_odata.export.lists import ExportList, Mode
from uipath_odata.export.readings import OVERLAP, behind
from uipath_odata.export.state import ListState, Part
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Fetch
from uipath_odata.paging.settle import settled_until

__all__ = ["Beginning", "clock_of"]


async def clock_of(each: ExportList, now: Callable[[], dt.datetime]) -> dt.datetime:
    """Ask the server what time it is, with one row of the list; ours, where it does not say."""
    source = each.query.source
    response = await source.channel.send(source.request(Fetch(options={"$top": "1"} if source.paged else {})))
    date = response.headers.get("Date")
    if date is None:
        return now()
    try:
        return settled_until(date, lag=dt.timedelta(0)).to_datetime()
    except OrchestratorError:
        return now()


@attrs.frozen(kw_only=True)
class Beginning:
    """Settle what a run asks for: up to when, since when, and which closed intervals again."""

    each: ExportList
    mode: Mode
    state: ListState
    nightly: bool
    lag: dt.timedelta
    look_back: dt.timedelta
    unit: int
    """Ticks that rows may share."""
    now: Callable[[], dt.datetime]
    counts: bool
    """Whether the rows are counted before they are read."""

    async def record(self) -> dict[str, Any]:
        """Give the record that begins the run."""
        facts: dict[str, Any] = {"record": "begin", "list": self.each.key, "run": self.state.run + 1}
        if self.nightly or self.each.in_time:
            clock = await clock_of(self.each, self.now)
            facts["read_at"] = str(Instant.from_datetime(clock))
            if self.each.in_time:
                facts["until"] = self._settled(clock)
        if self.state.ended is not None:
            facts |= await self._since()
        if facts.get("until") is not None:  # a clock that went back closes no interval twice
            facts["until"] = max(facts["until"], facts.get("after") or 0)
        if self.counts:
            facts["expected"] = await self._expected(facts)
        return {name: value for name, value in facts.items() if value is not None}

    def _settled(self, clock: dt.datetime) -> int:
        ticks = Instant.from_datetime(clock - self.lag).ticks
        return ticks // self.unit * self.unit

    async def _since(self) -> dict[str, Any]:
        ended, largest = self.state.ended or {}, self.state.largest
        if self.mode == "append":
            after = ended.get("until") if self.each.in_time else None if largest is None else largest + 1
            moved = await self._moved()
            late = [
                count - self.state.parts[number].rows for number, count in moved.items() if count is not None
            ]
            return {"after": after, "again": [*moved], "late": sum(late)}
        if self.mode == "replace" or largest is None:
            return {}
        since = Instant.parse(ended["read_at"]).to_datetime() - self.lag
        return {"after": largest - OVERLAP, "since": str(Instant.from_datetime(since))}

    async def _moved(self) -> dict[int, int | None]:
        """Find the closed intervals that have another number of rows now; all, where the server does not count.

        Rows that came and as many that went hide from a count.
        """
        closed = [part for part in self.state.parts.values() if self._is_watched(part)]
        rows_from = dict[int | None, int]()
        try:
            for bound in {bound for part in closed for bound in (part.lo, part.hi)}:
                rows_from[bound] = await self._count_from(bound)
        except (BadRequest, DecodeError, NotFound):
            return {part.number: None for part in closed}
        counts = {part.number: rows_from[part.lo] - rows_from[part.hi] for part in closed}
        return {part.number: counts[part.number] for part in closed if counts[part.number] != part.rows}

    def _is_watched(self, part: Part) -> bool:
        until: int | None = (self.state.ended or {}).get("until")
        if part.hi is None:
            return False
        if until is None:
            runs = self.state.run - part.run
            return runs < max(self.look_back.days, 1)
        return part.hi > until - self.look_back // dt.timedelta(microseconds=1) * 10

    async def _count_from(self, bound: int | None) -> int:
        return await (self.each.query if bound is None else behind(self.each, bound)).count()

    async def _expected(self, facts: dict[str, Any]) -> int | None:
        """Count what there will be behind this run; None where that is not known."""
        if facts.get("since") is not None and self.mode != "append":
            return None
        try:
            expected = await self._count_from(facts.get("after"))
            if facts.get("until") is not None:
                expected -= await self._count_from(facts["until"])
        except OrchestratorError:  # a list that cannot be counted can be read
            return None
        if self.mode == "append" and self.state.ended is not None:
            expected += self.state.rows + facts.get("late", 0)
        limit = self.each.query.asked.limit
        return expected if limit is None else min(expected, limit)
