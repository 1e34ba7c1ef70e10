"""How a run over a list begins: what it will ask for is settled, and written down, before the first row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import attrs

from uipath_odata.errors import BadRequest, DecodeError, NotFound, OrchestratorError, QueryError
from uipath_odata.export.incremental.readings import OVERLAP, behind
from uipath_odata.export.incremental.recount import bounds_of, moved
from uipath_odata.export.incremental.settle import settled_until
from uipath_odata.export.journal.state import ListState, Part
from uipath_odata.export.lists import ExportList, Mode
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Fetch

__all__ = ["RunStart", "date_of"]


async def date_of(each: ExportList, now: Callable[[], dt.datetime]) -> str:
    """Ask the server what time it is, with one row of the list; ours, where it does not say: an HTTP date."""
    source = each.query.source
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
    unit: int
    """Ticks that rows may share."""
    now: Callable[[], dt.datetime]
    counts: bool
    """Whether the rows are counted before they are read."""

    @property
    def is_over(self) -> bool:
        """Whether the list was read to its end, and is not read again."""
        return self.state.ended is not None and self.state.begun is None and not self.nightly

    async def record(self) -> dict[str, Any]:
        """Give the record that begins the run."""
        facts: dict[str, Any] = {"record": "begin", "list": self.each.key, "run": self.state.run + 1}
        if self.nightly or self.each.in_time:
            date = await date_of(self.each, self.now)
            facts["read_at"] = str(settled_until(date, lag=dt.timedelta(0)))
            if self.each.in_time:
                facts["until"] = settled_until(date, lag=self.lag, tie_unit=self.unit).ticks
        if self.mode == "open":
            facts["queues"] = sorted(self.each.queues)
        if self.state.ended is not None:
            facts |= await self._since()
        if facts.get("until") is not None:  # a clock that went back closes no interval twice
            facts["until"] = max(facts["until"], facts.get("after") or 0)
        if self.counts:
            facts["expected"] = await self._expected(facts)
        return {name: value for name, value in facts.items() if value is not None}

    async def _since(self) -> dict[str, Any]:
        ended, largest = self.state.ended or {}, self.state.largest
        if self.mode == "append":
            after = ended.get("until") if self.each.in_time else None if largest is None else largest + 1
            return {"after": after, **await self._again()}
        if self.mode == "replace" or largest is None:
            return {}
        had = set(ended.get("queues", ()))
        if self.each.queues - had:  # with all their items, which may be older than any here
            return {}
        since = Instant.parse(ended["read_at"]).to_datetime() - self.lag
        moved = True if had - self.each.queues else None
        return {"after": largest - OVERLAP, "since": str(Instant.from_datetime(since)), "moved": moved}

    async def _again(self) -> dict[str, Any]:
        """Find the closed intervals that have another number of rows now; all, where the server does not count."""
        closed = [part for part in self.state.parts.values() if self._is_watched(part)]
        try:
            rows_from = {bound: await self._count_from(bound) for bound in bounds_of(closed)}
        except (BadRequest, DecodeError, NotFound):
            return {"again": [part.number for part in closed]}
        again = moved(closed, rows_from)
        late = sum(rows_from[part.lo] - rows_from[part.hi] - part.rows for part in again)
        return {"again": [part.number for part in again], "late": late}

    def _is_watched(self, part: Part) -> bool:
        until: int | None = (self.state.ended or {}).get("until")
        if part.hi is None:
            return False
        look_back = self.look_back // dt.timedelta(microseconds=1) * 10
        if until is not None:
            return part.hi > until - look_back
        read_at = self.state.read_at
        return read_at[part.run] > read_at[self.state.run] - look_back

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
