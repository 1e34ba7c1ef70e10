"""The partitions of one list: which plan reads it, in which disjoint parts, between which borders."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

import attrs

from uipath_odata.errors import DecodeError, NotFound
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.lists import ExportList
from uipath_odata.export.parts.row_bytes import FOLDER
from uipath_odata.export.run_files.selection import between
from uipath_odata.odata.expr.expression import path
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.query import Query, has_integer_id, is_by_rank
from uipath_odata.paging.checkpoint import fingerprint
from uipath_odata.paging.plan import Feature
from uipath_odata.paging.split.membership import Membership
from uipath_odata.paging.split.subqueries import parts_of
from uipath_odata.paging.split.value_list import without_in
from uipath_odata.paging.window.interval import Interval, split_interval
from uipath_odata.partitions.lists.borders import Border, Borders
from uipath_odata.partitions.partition import Partition
from uipath_odata.partitions.query_text import described

__all__ = ["ListPlan"]

_BOUNDS: Final = 2
"""Comparisons that a reading by ranges adds to a filter."""
_SCANS: Final = frozenset({"keyset", "window"})
_PROVING: Final = _SCANS | {"whole"}


@attrs.frozen(eq=False, kw_only=True)
class ListPlan:
    """How one list is cut; ``facts`` are what all partitions of the plan share."""

    each: ExportList
    target: int
    since: Instant | None
    until: Instant | None
    settled: Instant
    """Where RobotLogs end."""
    facts: Mapping[str, Any]

    async def partitions(self) -> list[Partition]:
        """Return the partitions of the list, at least one."""
        query, interval = self._bounded(self.each.query)
        found = [partition async for partition in self._found(query, interval)]
        return [
            attrs.evolve(partition, number=number, of=len(found)) for number, partition in enumerate(found, 1)
        ]

    async def _found(
        self, query: BoundQuery[Any, Any], interval: Interval
    ) -> AsyncGenerator[Partition, None]:
        asked = query.query
        if is_by_rank(asked):
            yield self._partition(query.query, "whole", exact=query.explain().plan in _PROVING)
            return
        parts, exact = await self._parts(query)
        if not parts:
            yield self._partition(_within(query, interval).query, "whole", exact=exact)
        for place, part in enumerate(parts):
            each = attrs.evolve(self.each, query=attrs.evolve(query.using(part), exact=False))
            borders = Borders(each=each, lo=interval.lo, hi=interval.hi, target=self.target)
            for border in await borders.find():
                yield self._partition(part, self._scan, exact=True, border=border, part=place)

    async def _parts(self, query: BoundQuery[Any, Any]) -> tuple[list[Query[Any]], bool]:
        """Return the parts that are cut, none for a list that no range reads; and whether it can be proven as it is."""
        source, asked = query.__source__, query.query
        plan = query.explain().plan
        if plan in _SCANS:
            return [asked], True
        by_ranges = source.in_window or (has_integer_id(asked) and source.limits.keyed)
        if plan != "split" or not by_ranges:
            return [], plan in _PROVING
        if Feature.IN not in source.refused and without_in(asked) != asked:
            with contextlib.suppress(DecodeError, NotFound):
                await query.count()  # remembers whether this server takes ``in``
        spelled = without_in(asked) if Feature.IN in source.refused else asked
        parts = parts_of(spelled, source.limits, own=_BOUNDS)
        apart = Membership.of(parts, immutable=source.in_window)
        if apart.move is None and not apart.overlap:
            return parts, True
        return [], apart.move is None and not source.in_window

    @property
    def _scan(self) -> str:
        return "window" if self.each.in_time else "keyset"

    def _bounded(self, query: BoundQuery[Any, Any]) -> tuple[BoundQuery[Any, Any], Interval]:
        """Return the query without bounds on the time of logs, which are the interval; since and until are among them."""
        since = None if self.since is None else self.since.ticks
        if not self.each.in_time or is_by_rank(query.query):
            return between(query, self.since, self.until), Interval()
        rest, interval = split_interval(query.query)
        return query.using(rest), interval.narrowed(since, self.settled.ticks)

    def _partition(
        self, query: Query[Any], plan: str, *, exact: bool, border: Border | None = None, part: int = 0
    ) -> Partition:
        source, border = self.each.query.__source__, border or Border(None, None)
        channel, budget = source.channel, source.budget
        folder: dict[str, Any] = dict(channel.headers)
        if self.each.folder is not None:
            folder |= zip(
                (column.name for column in FOLDER), (self.each.folder.id, self.each.folder.path), strict=True
            )
        asked = described(query, channel.settings.enum_order)
        whole = described(self.each.query.query, channel.settings.enum_order)
        url, name = str(channel.base_url), source.operation.name.removesuffix(".list")
        facts: dict[str, Any] = {
            **self.facts,
            "url": url,
            "tenant": channel.tenant,
            "entity_set": name,
            "folder": folder,
        }
        return Partition(
            **facts,
            query=asked,
            plan=plan,
            exact=exact,
            lo=border.lo,
            hi=border.hi,
            rows=border.rows,
            part=part,
            list_id=fingerprint(facts, whole, str(self.since), str(self.until))[:16],
            lane=f"{channel.tenant} {source.operation.rate_class}" if budget is not None else None,
            not_of_queues=tuple(sorted(self.each.not_of_queues)),
        )


def _within(query: BoundQuery[Any, Any], interval: Interval) -> BoundQuery[Any, Any]:
    """Return a query of logs with its bounds: it is read as one, and no position says where it begins."""
    if interval.lo is not None:
        query = query.filter(Instant(interval.lo) <= path("TimeStamp"))
    return query if interval.hi is None else query.filter(Instant(interval.hi) > path("TimeStamp"))
