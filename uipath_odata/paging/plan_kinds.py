"""Which plan reads a query that one request can carry."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from uipath_odata.errors import QueryError, WindowError
from uipath_odata.odata.bounds import COMPARISONS
from uipath_odata.odata.limits import comparisons_in
from uipath_odata.odata.query import Query, has_integer_id, options_of, selects_nothing
from uipath_odata.odata.url import query_string
from uipath_odata.paging.checks.answer_check import AnswerCheck
from uipath_odata.paging.empty import EmptyPlan
from uipath_odata.paging.limits import OWN_CHARACTERS, Limits
from uipath_odata.paging.plan import Plan
from uipath_odata.paging.window.interval import TIME_STAMP, is_time_stamp, split_interval

__all__ = ["Paging", "PlanKind", "Reading", "kind_of"]

Paging: TypeAlias = Literal["auto", "offset", "keyset", "window"]


class PlanKind(enum.StrEnum):
    """The plans that read a list by themselves, by the names that reports and checkpoints have."""

    WHOLE = "whole"
    KEYSET = "keyset"
    WINDOW = "window"
    OFFSET = "offset"

    @property
    def is_scan(self) -> bool:
        """Whether it reads ranges of the list's key."""
        return self in {PlanKind.KEYSET, PlanKind.WINDOW}

    @property
    def comparisons(self) -> int:
        """What it adds to the filter; a window also up to five equalities, as far as there is room for them."""
        return 2 if self.is_scan else 0


_ADVICE: Final = {
    "keyset": "reads entity sets with an integer Id, in its order",
    "window": "reads RobotLogs ascending by TimeStamp only",
}


@attrs.frozen(kw_only=True)
class Reading:
    """How a list is read, whatever the query and the plan."""

    limits: Limits
    page_size: int
    ordered: bool = True
    workers: int = 4
    adds_order: bool = True
    """Whether pages by offset are kept stable by an order that nobody asked for."""
    exact: bool = False
    """Whether a short first page is the whole list if the server counts no more; an exact read asks once more."""

    def plan(self, kind: PlanKind, query: Query[Any], resume: Mapping[str, Any] | None = None) -> Plan:
        """Make the plan of this kind, from the start or from its own checkpoint."""
        if selects_nothing(query) or query.limit == 0:
            return EmptyPlan()
        return _PLANS[kind](self, query, resume)

    def options(self, query: Query[Any]) -> dict[str, str]:
        return options_of(query, self.limits.enum_order)


def kind_of(query: Query[Any], limits: Limits, page_size: int, paging: Paging = "auto") -> PlanKind:
    """Choose the plan that proves most; a query whose ``top`` fits a page is sent as it is, by offset.

    Raises QueryError where ``paging`` asks for a plan that cannot read it.
    """
    if not limits.paged:
        return PlanKind.WHOLE
    fits = query.limit is not None and query.limit <= page_size
    scan = _scan_of(query, limits)
    if paging in {"keyset", "window"} and paging != scan:
        raise QueryError(f"paging={paging!r} {_ADVICE[paging]}: leave skip and order_by out")
    by_server = query.limit is not None and not query.order and paging == "auto"
    return PlanKind.OFFSET if scan is None or fits or by_server or paging == "offset" else scan


def _scan_of(query: Query[Any], limits: Limits) -> PlanKind | None:
    """Return the plan that could read the query by its key, if that is the order that is asked for."""
    windowed = limits.window is not None
    key = "TimeStamp" if windowed else "Id"
    by_key = len(query.order) == 1 and getattr(query.order[0].node, "segments", ()) == (key,)
    if query.offset or (query.order and not by_key):
        return None
    if windowed:
        return None if query.order and query.order[0].descending else PlanKind.WINDOW
    return PlanKind.KEYSET if limits.keyed and has_integer_id(query) else None


def _whole(reading: Reading, query: Query[Any], resume: Mapping[str, Any] | None) -> Plan:
    from uipath_odata.paging.unpaged import UnpagedPlan  # noqa: PLC0415 - a list needs only its own plan

    if resume is not None:
        raise QueryError("a list that comes as one answer cannot be resumed: read it again")
    options = reading.options(attrs.evolve(query, limit=None, offset=None))
    return UnpagedPlan(options=options, skip=query.offset or 0, top=query.limit)


def _keyset(reading: Reading, query: Query[Any], resume: Mapping[str, Any] | None) -> Plan:
    from uipath_odata.paging.keyset.plan import KeysetPlan  # noqa: PLC0415

    return KeysetPlan(
        options=reading.options(query),
        page_size=reading.page_size,
        descending=bool(query.order) and query.order[0].descending,
        ordered=reading.ordered,
        exact=reading.exact,
        linked=reading.limits.linked,
        check=AnswerCheck.of(query),
        resume=resume,
    )


def _window(reading: Reading, query: Query[Any], resume: Mapping[str, Any] | None) -> Plan:
    from uipath_odata.paging.window.plan import WindowPlan  # noqa: PLC0415

    rest, interval = split_interval(query)
    if interval.is_empty:
        return EmptyPlan()
    lacks_time = bool(query.selection) and not any(map(is_time_stamp, query.selection))
    if lacks_time:
        rest = attrs.evolve(rest, selection=(*query.selection, TIME_STAMP))
    rest = attrs.evolve(rest, order=())
    options = reading.options(rest)
    return WindowPlan(
        options=options,
        page_size=reading.page_size,
        lo=interval.lo,
        hi=interval.hi,
        tie_unit=reading.limits.tie_unit,
        window=reading.limits.window or 0,
        upper_bound=reading.limits.upper_bound,
        equalities=COMPARISONS - comparisons_in(rest.condition) - 1,
        characters=reading.limits.url_room - len(query_string(options)) - OWN_CHARACTERS,
        workers=reading.workers,
        ordered=reading.ordered,
        exact=reading.exact,
        check=AnswerCheck.of(rest),
        adds_time=lacks_time,
        resume=resume,
    )


def _offset(reading: Reading, query: Query[Any], resume: Mapping[str, Any] | None) -> Plan:
    from uipath_odata.paging.offset.plan import OffsetPlan  # noqa: PLC0415

    window, wanted = reading.limits.window, (query.offset or 0) + (query.limit or 0)
    if window is not None and wanted > window:
        raise WindowError(
            f"skip + top is {wanted} and RobotLogs give no row beyond {window} by offset: filter by "
            "TimeStamp, or leave top, skip and order_by out to read them all"
        )
    return OffsetPlan(
        options=reading.options(query),
        page_size=reading.page_size,
        order=_stable_order(query, window) if reading.adds_order and not query.order else None,
        ordered=reading.ordered,
        window=sys.maxsize if window is None else window,
        exact=reading.exact,
        check=AnswerCheck.of(query),
        has_unique_ids=window is None and reading.limits.keyed and not reading.limits.linked,
        resume=resume,
    )


def _stable_order(query: Query[Any], window: int | None) -> str | None:
    """Newest first for a first so many rows, oldest first for all of them."""
    if window is not None:
        return "TimeStamp desc"
    newest_first = " desc" if query.limit is not None or query.offset else ""
    return f"Id{newest_first}" if has_integer_id(query) else None


_PLANS: Final[Mapping[PlanKind, Callable[[Reading, Query[Any], Mapping[str, Any] | None], Plan]]] = {
    PlanKind.WHOLE: _whole,
    PlanKind.KEYSET: _keyset,
    PlanKind.WINDOW: _window,
    PlanKind.OFFSET: _offset,
}
