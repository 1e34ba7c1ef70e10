"""How many rows meet a query, in as many requests as its filter takes."""

from __future__ import annotations

import functools
from typing import Any

from uipath_odata.errors import BadRequest, DecodeError, FolderRequired
from uipath_odata.execution.list_source import ListSource
from uipath_odata.odata.query import Query, options_of, selects_nothing
from uipath_odata.paging.plan import Feature, Fetch
from uipath_odata.paging.split.subqueries import parts_of
from uipath_odata.paging.split.value_list import without_in

__all__ = ["count"]


async def count(query: Query[Any], source: ListSource) -> int:
    """Ask the server how many rows meet the query's filter; parts of a long list are added up."""
    if selects_nothing(query):
        return 0
    counted = Query(query.entity, condition=query.condition)
    spelled_out = without_in(counted)
    if counted == spelled_out or Feature.IN in source.refused:
        return await _sum(spelled_out, source)
    try:
        return await _sum(counted, source)
    except FolderRequired:
        raise
    except BadRequest:
        total = await _sum(spelled_out, source)
        source.refused.add(Feature.IN)
        return total


async def _sum(query: Query[Any], source: ListSource) -> int:
    return sum([await _of_part(part, source) for part in parts_of(query, source.limits)])


async def _of_part(query: Query[Any], source: ListSource) -> int:
    options = options_of(query, source.channel.settings.enum_order)
    if source.in_window or not source.paged:
        return await _answered(Fetch(options=options, total=source.in_window), source)
    try:
        return await _answered(Fetch(options={**options, "$top": "0", "$count": "true"}), source)
    except FolderRequired:
        raise
    except BadRequest:  # a server that wants at least one row, or a filter that it refuses again
        return await _answered(Fetch(options={**options, "$top": "1", "$count": "true"}), source)


async def _answered(fetch: Fetch, source: ListSource) -> int:
    request = source.request(fetch)
    page = await source.channel.read(request, functools.partial(source.parse, fetch))
    if page.count is None:
        raise DecodeError(
            f"{source.operation.name}: the server sent no @odata.count: this list cannot be counted, read it instead"
        )
    return page.count
