"""Which plan reads a query, and with what limits."""

from __future__ import annotations

import sys
from typing import Any, Literal, TypeAlias

import attrs

from uipath_odata.errors import QueryError, WindowError
from uipath_odata.odata.entity import Entity, properties
from uipath_odata.odata.limits import check_limits
from uipath_odata.odata.options import options_of
from uipath_odata.odata.query import Query
from uipath_odata.odata.render import EnumOrder
from uipath_odata.paging.interval import TIME_STAMP, is_time_stamp, split_interval
from uipath_odata.paging.nothing import NothingPlan
from uipath_odata.paging.offset import OffsetPlan
from uipath_odata.paging.plan import Plan
from uipath_odata.paging.whole import WholePlan
from uipath_odata.paging.window import WindowPlan

__all__ = ["Limits", "Paging", "choose"]

Paging: TypeAlias = Literal["auto", "offset", "window"]


@attrs.frozen(kw_only=True)
class Limits:
    """What one list lets a reader do, and how exactly its server is assumed to sort.

    A list that is not ``paged`` takes no ``$top`` and no ``$skip``: it comes whole. ``window`` is the highest
    ``$skip + $top`` of a list in Elasticsearch (RobotLogs), None for others: the documented text says "lower
    than 10000". ``tie_unit`` is the coarsest sort precision assumed, in ticks.
    """

    page_cap: int = 1_000
    paged: bool = True
    window: int | None = None
    tie_unit: int = 10_000
    enum_order: EnumOrder = "number"


def choose(
    query: Query[Any],
    limits: Limits,
    *,
    paging: Paging = "auto",
    page_size: int | None = None,
    ordered: bool = True,
) -> Plan:
    """Make the plan that reads a query; raises QueryError for what the server would refuse."""
    size = _page_size(page_size, limits.page_cap)
    check_limits(query, added=1 if limits.window else 0)
    if query.selects_nothing:
        return NothingPlan()
    if not limits.paged:
        return _whole(query, limits)
    if _is_scan(query, limits, paging, size):
        return _window(query, limits, size)
    if paging == "window":
        raise QueryError(
            "paging='window' reads RobotLogs ascending by TimeStamp only: leave skip and order_by out"
        )
    return _offset(query, limits, size, ordered=ordered)


def _page_size(asked: int | None, cap: int) -> int:
    size = cap if asked is None else asked
    if not 1 <= size <= cap:
        raise QueryError(f"page_size={size} is outside of what this list accepts: give 1 to {cap}")
    return size


def _is_scan(query: Query[Any], limits: Limits, paging: Paging, size: int) -> bool:
    if limits.window is None or paging == "offset" or query.offset:
        return False
    ascending = len(query.order) == 1 and is_time_stamp(query.order[0].node) and not query.order[0].descending
    if query.limit is not None and not (ascending or paging == "window"):
        return False
    fits = query.limit is not None and query.limit <= size
    return not fits and (ascending or not query.order)


def _whole(query: Query[Any], limits: Limits) -> Plan:
    options = options_of(attrs.evolve(query, limit=None, offset=None), limits.enum_order)
    return WholePlan(options=options, skip=query.offset or 0, top=query.limit)


def _window(query: Query[Any], limits: Limits, size: int) -> Plan:
    rest, interval = split_interval(query)
    if interval.is_empty:
        return NothingPlan()
    if query.selection:
        selection = (*(path for path in query.selection if not is_time_stamp(path)), TIME_STAMP)
        rest = attrs.evolve(rest, selection=selection)
    return WindowPlan(
        options=options_of(attrs.evolve(rest, order=()), limits.enum_order),
        page_size=size,
        lo=interval.lo,
        hi=interval.hi,
        tie_unit=limits.tie_unit,
        window=limits.window or 0,
    )


def _offset(query: Query[Any], limits: Limits, size: int, *, ordered: bool) -> Plan:
    wanted = (query.offset or 0) + (query.limit or 0)
    if limits.window is not None and wanted > limits.window:
        raise WindowError(
            f"skip + top is {wanted} and RobotLogs give no row beyond {limits.window} by offset: filter by "
            "TimeStamp, or leave top, skip and order_by out to read them all"
        )
    return OffsetPlan(
        options=options_of(query, limits.enum_order),
        page_size=size,
        order=None if query.order else _stable_order(query, limits),
        ordered=ordered,
        window=sys.maxsize if limits.window is None else limits.window,
    )


def _stable_order(query: Query[Any], limits: Limits) -> str | None:
    """Newest first for a first so many rows, oldest first for all of them."""
    newest_first = " desc" if query.limit is not None or query.offset else ""
    if limits.window is not None:
        return "TimeStamp desc"
    ids = [
        member
        for member in properties(query.entity).values()
        if member.wire == "Id" and member.argument is int
    ]
    return f"Id{newest_first}" if ids else None
