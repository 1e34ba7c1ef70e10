"""The requests of one page."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from uipath_odata.errors import BadRequest, FolderRequired, QueryError, WindowError
from uipath_odata.execution.list_source import ListSource
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import path
from uipath_odata.odata.limits import comparisons_in
from uipath_odata.odata.query import Query, options_of
from uipath_odata.odata.rows.json_body import Listed
from uipath_odata.paging.plan import Feature, Fetch, Page, Row
from uipath_odata.paging.split.subqueries import parts_of
from uipath_odata.paging.split.value_list import without_in

__all__ = ["Asker", "Found", "also_selecting", "counted_off"]


def also_selecting(query: Query[Any], wires: Sequence[str]) -> Query[Any]:
    """Return a query that also selects these properties, where it selects any."""
    selects = {place.segments for place in query.selection if len(place.segments) == 1}
    missing = [path(wire) for wire in wires if (wire,) not in selects]
    return query.select(*missing) if selects and missing else query


def counted_off(query: Query[Any], count: int) -> Callable[[Row | None, int], Query[Any]]:
    """Say what follows by the number of rows, after the first ``count``."""
    return lambda _, seen: query.skip(count + seen) if count + seen else query


@attrs.frozen
class Found:
    """Rows in the order asked for, at most as many as wanted, and whether there are more."""

    rows: list[Row]
    more: bool
    count: int | None = None
    """What the server counts, where it was asked."""


@attrs.frozen
class Asker:
    """Ask a list for the rows of one page; ``keeps`` are those that count."""

    source: ListSource
    read: Callable[[bytes], Listed]
    keeps: Callable[[Row], bool] | None = None

    async def rows(
        self, wanted: int, following: Callable[[Row | None, int], Query[Any]], *, count: bool = False
    ) -> Found:
        """Return ``wanted`` rows and look for one more, in one request unless the server's pages are smaller.

        ``following`` makes the query of what comes after a row, and after so many rows.
        """
        rows: list[Row] = []
        last: Row | None = None
        seen, counted = 0, None
        while len(rows) <= wanted:
            missing = wanted + 1 - len(rows) if self.keeps is None else wanted + 1
            query = following(last, seen)
            if rows and self._is_at_end(query):
                return Found(rows[:wanted], more=True)  # the next page says why there is none
            asked = min(missing, self.source.page_cap, self._room(query))
            page = await self.page(query.top(asked), count=count and last is None)
            counted = page.count if last is None else counted
            rows += page.rows if self.keeps is None else filter(self.keeps, page.rows)
            seen += len(page.rows)
            if not page.rows or (len(page.rows) < asked and not page.next_link):
                break
            last = page.rows[-1]
        return Found(rows[:wanted], len(rows) > wanted, counted if count else None)

    async def answer(self, query: Query[Any], wanted: int) -> Found:
        """Return what one request brings of ``wanted`` rows, and whether there may be more."""
        asked = min(wanted, self.source.page_cap, self._room(query))
        page = await self.page(query.top(asked))
        may_go_on = len(page.rows) >= asked or page.next_link is not None
        return Found(page.rows, bool(page.rows) and may_go_on)

    def _is_at_end(self, query: Query[Any]) -> bool:
        window = self.source.limits.window
        return window is not None and (query.offset or 0) >= window

    def _room(self, query: Query[Any]) -> int:
        """Return how many rows the window of a list still shows; raise WindowError where it shows none."""
        window = self.source.limits.window
        if window is None:
            return self.source.page_cap
        room = window - (query.offset or 0)
        if room < 1:
            raise WindowError(
                f"Nobody may skip more than {window} rows of this list: narrow the filter, by TimeStamp for example"
            )
        return room

    async def page(self, query: Query[Any], *, count: bool = False) -> Page:
        """Ask one request; where the server refuses ``in``, in the other words for it."""
        is_simple = query.condition is nodes.TRUE and not query.expansion
        spelled_out = query if is_simple else without_in(query)
        if query == spelled_out or Feature.IN in self.source.refused:
            return await self._answer(spelled_out, count)
        try:
            return await self._answer(query, count)
        except FolderRequired:
            raise
        except BadRequest:
            page = await self._answer(spelled_out, count)
            self.source.refused.add(Feature.IN)
            return page

    async def _answer(self, query: Query[Any], count: bool) -> Page:
        source = self.source
        options = options_of(query, source.channel.settings.enum_order)
        fetch = Fetch(options=options | ({"$count": "true"} if count else {}))
        parse = functools.partial(source.parse, fetch, read=self.read)
        return await source.channel.read(source.request(fetch), parse)

    def check(self, query: Query[Any], comparisons: int) -> Query[Any]:
        """Return the query as one request carries it; raise QueryError where it takes several."""
        if query.condition is nodes.TRUE:
            return query
        parts = parts_of(attrs.evolve(query, order=()), self.source.limits, own=comparisons)
        if len(parts) > 1:
            raise QueryError(
                f"the filter names more values than one request carries ({comparisons_in(query.condition)} comparisons),"
                " and a page is one request: ask for fewer"
            )
        return attrs.evolve(query, condition=parts[0].condition)
