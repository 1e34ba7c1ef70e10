"""How a query is read: by which plan, in how many parts, and what is done where the server refuses that."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, MutableSet
from typing import Any, Final, TypeAlias

import attrs

from uipath_odata.errors import QueryError, WindowError
from uipath_odata.odata.query import Query
from uipath_odata.paging.checkpoint import number_in
from uipath_odata.paging.fallback import FallbackPlan, Way
from uipath_odata.paging.limits import Limits
from uipath_odata.paging.nothing import NothingPlan
from uipath_odata.paging.parts import parts_of
from uipath_odata.paging.plan import Plan
from uipath_odata.paging.single import OWN_COMPARISONS, Kind, Paging, Reading, kind_of
from uipath_odata.paging.split import SplitPlan
from uipath_odata.paging.value_list import without_in

__all__ = ["Paging", "choose"]

_Pick: TypeAlias = Callable[[Query[Any]], Kind]

_SCANS: Final = frozenset({"keyset", "window"})


def choose(
    query: Query[Any],
    limits: Limits,
    *,
    refused: MutableSet[str],
    paging: Paging = "auto",
    page_size: int | None = None,
    ordered: bool = True,
    exact: bool = False,
    workers: int = 4,
    resume: Mapping[str, Any] | None = None,
) -> Plan:
    """Make the plan that reads a query; raises QueryError for what the server would refuse.

    ``refused`` is what this server was seen to refuse before, and learns what it refuses now: ``in``, or a plan.
    ``exact`` takes no plan that proves less instead. ``resume`` is a plan's own checkpoint.
    """
    reading = Reading(
        limits=limits, page_size=_page_size(page_size, limits.page_cap), ordered=ordered, workers=workers
    )
    if query.selects_nothing:
        return NothingPlan()
    if resume is not None:
        return _resumed(reading, query, refused, resume)

    def pick(query: Query[Any]) -> Kind:
        kind = kind_of(query, limits, reading.page_size, paging)
        return "offset" if paging == "auto" and kind in refused else kind

    spelled_out = without_in(query)
    known = spelled_out if "in" in refused else query
    plan = _planned(reading, known, pick)
    ways = [Way("in", _first(lambda: _planned(reading, spelled_out, pick)))] if known != spelled_out else []
    kind = plan.parts[0].name if isinstance(plan, SplitPlan) else plan.name
    if paging == "auto" and kind in _SCANS and not exact:
        in_id_order = kind == "keyset" and ordered and not isinstance(plan, SplitPlan)
        ways.append(Way(kind, _by_offset(reading, spelled_out, goes_on=in_id_order)))
    return FallbackPlan(plan, ways, refused.add) if ways else plan


def _page_size(asked: int | None, cap: int) -> int:
    size = cap if asked is None else asked
    if not 1 <= size <= cap:
        raise QueryError(f"page_size={size} is outside of what this list accepts: give 1 to {cap}")
    return size


def _planned(
    reading: Reading, query: Query[Any], pick: _Pick, resume: Mapping[str, Any] | None = None
) -> Plan:
    """Read in one part if one request can carry the filter, else in several."""
    limits, kind = reading.limits, pick(query)
    one = _without_total(reading, query)
    if len(parts_of(one, limits, own=OWN_COMPARISONS[kind])) == 1:
        return reading.plan(kind, query)
    parts = parts_of(one, limits, own=OWN_COMPARISONS[pick(one)])
    begun: Mapping[str, Any] = resume or {"of": len(parts)}
    number = number_in(begun, "part", 0)
    if begun.get("of") != len(parts) or number >= len(parts):
        raise QueryError(
            "the checkpoint's query was cut into other parts: resume with the settings that it began with"
        )
    at: Mapping[str, Any] | None = begun.get("at")
    plans = [reading.plan(pick(one) if at is None else at["plan"], parts[number], at)]
    return SplitPlan(
        parts=[*plans, *(reading.plan(pick(one), part) for part in parts[number + 1 :])],
        number=number,
        ordered=reading.ordered or bool(one.order),
        skip=number_in(begun, "skip", query.offset or 0),
        top=number_in(begun, "left", sys.maxsize if query.limit is None else query.limit),
        with_in=query != without_in(query),
    )


def _without_total(reading: Reading, query: Query[Any]) -> Query[Any]:
    """Give what each part is asked: ``$skip`` and ``$top`` count over all of them, unless one page is enough."""
    wanted = None if query.limit is None else (query.offset or 0) + query.limit
    limit = wanted if wanted is not None and wanted <= reading.page_size else None
    order = query.order if reading.ordered or wanted is not None or query.offset else ()
    return attrs.evolve(query, limit=limit, offset=None, order=order)


def _resumed(
    reading: Reading, query: Query[Any], refused: MutableSet[str], resume: Mapping[str, Any]
) -> Plan:
    """Go on by the plan that was begun; a checkpoint never changes to another."""
    kind: Any = resume.get("plan")
    if kind == "split":
        known = query if resume.get("with_in") else without_in(query)
        return _planned(reading, known, lambda part: kind_of(part, reading.limits, reading.page_size), resume)
    if kind not in OWN_COMPARISONS:
        raise QueryError("the checkpoint's plan is not known: give what rows.checkpoint was, unchanged")
    known = without_in(query) if "in" in refused else query
    return reading.plan(kind, known, resume)


def _first(make: Callable[[], Plan]) -> Callable[[int], Plan | None]:
    """Make a plan only where no row was given out yet."""
    return lambda given: None if given else make()


def _by_offset(reading: Reading, query: Query[Any], *, goes_on: bool) -> Callable[[int], Plan | None]:
    """Read by offset instead; behind rows only where these were the first in the order of offsets, by Id."""

    def make(given: int) -> Plan | None:
        try:
            if not given:
                return _planned(reading, query, lambda _: "offset")
            return reading.plan("offset", query, {"skip": given}) if goes_on else None
        except WindowError:
            return None

    return make
