"""Choose the plan of a query, in one part or several, and another one if the server refuses it."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Mapping, MutableSet
from typing import Any, TypeAlias, cast

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.expr.expression import Order
from uipath_odata.odata.query import Query, is_bare, selects_nothing
from uipath_odata.paging.checkpoint import number_in
from uipath_odata.paging.empty import EmptyPlan
from uipath_odata.paging.fallback import Alternative, FallbackPlan
from uipath_odata.paging.limits import Limits
from uipath_odata.paging.plan import Feature, Plan
from uipath_odata.paging.plan_kinds import Paging, PlanKind, Reading, kind_of
from uipath_odata.paging.split.membership import Membership, with_lists_selected
from uipath_odata.paging.split.plan import SplitPlan
from uipath_odata.paging.split.subqueries import parts_of
from uipath_odata.paging.split.value_list import without_in
from uipath_odata.paging.window.interval import TIME_STAMP

__all__ = ["Paging", "choose"]

_Pick: TypeAlias = Callable[[Query[Any]], PlanKind]


def choose(
    query: Query[Any],
    limits: Limits,
    *,
    refused: MutableSet[Feature],
    paging: Paging = "auto",
    page_size: int | None = None,
    ordered: bool = True,
    exact: bool = False,
    workers: int = 4,
    resume: Mapping[str, Any] | None = None,
) -> Plan:
    """Make the plan that reads a query; raises QueryError for what the server would refuse.

    ``refused`` is what this server was seen to refuse before, and learns what it refuses now.
    ``exact`` takes no plan that proves less instead. ``resume`` is a plan's own checkpoint.
    """
    size = _page_size(page_size, limits.page_cap)
    reading = Reading(limits=limits, page_size=size, ordered=ordered, workers=workers, exact=exact)
    if selects_nothing(query):
        return EmptyPlan()
    return Planner(reading, query, refused, paging, exact, resume).plan()


@attrs.frozen
class Planner:
    """What is known before a query is read."""

    reading: Reading
    query: Query[Any]
    refused: MutableSet[Feature]
    paging: Paging
    exact: bool
    resume: Mapping[str, Any] | None

    def plan(self) -> Plan:
        free = attrs.evolve(self.reading, adds_order=False)
        reading = free if Feature.ORDER in self.refused else self.reading
        spelled_out = self.query if is_bare(self.query) else without_in(self.query)
        known = spelled_out if Feature.IN in self.refused else self.query
        plan = self._read(reading, known)
        ways = [*self._other_ways(plan, spelled_out, free)]
        if known is not spelled_out and known != spelled_out and not (self.resume and plan.subqueries):
            ways.insert(0, Alternative(Feature.IN, _first(lambda: self._read(reading, spelled_out))))
        adds = bool(plan.added) or self.reading.limits.window is not None
        return FallbackPlan(plan, ways, self.refused.add) if ways or adds else plan

    def _read(self, reading: Reading, query: Query[Any], picked: PlanKind | None = None) -> Plan:
        """Read from the start, or continue with the plan that was begun: a checkpoint never changes to another."""
        resume = self.resume or {}
        if resume.get("plan", "split") == "split":
            if self.resume is not None:
                query = self.query if resume.get("with_in") else without_in(query)
            return _planned(reading, query, self._pick if picked is None else lambda _: picked, self.resume)
        return reading.plan(_begun_by(resume), query, resume)

    def _pick(self, query: Query[Any]) -> PlanKind:
        kind = kind_of(query, self.reading.limits, self.reading.page_size, self.paging)
        is_refused = not self.refused.isdisjoint({Feature.ORDER, Feature.RANGES})
        return PlanKind.OFFSET if self.paging == "auto" and kind.is_scan and is_refused else kind

    def _other_ways(self, plan: Plan, query: Query[Any], free: Reading) -> Iterator[Alternative]:
        """Yield what proves less: the user's order where the plan's is refused, offsets where its ranges are."""
        is_scan = Feature.RANGES in plan.features
        if is_scan and (self.exact or self.resume or self.paging != "auto"):
            return
        if Feature.ORDER in plan.features:
            yield Alternative(Feature.ORDER, _first(lambda: self._read(free, query, PlanKind.OFFSET)))
        if is_scan:
            in_its_order = self.reading.ordered and not plan.subqueries
            if self.reading.limits.window is not None:
                query = attrs.evolve(query, order=query.order or (Order(TIME_STAMP),))
            continued = _by_offset(self.reading, query, goes_on=in_its_order)
            yield Alternative(Feature.RANGES, continued, at_once=False)


def _page_size(asked: int | None, cap: int) -> int:
    size = cap if asked is None else asked
    if type(size) is not int or not 1 <= size <= cap:
        raise QueryError(f"page_size={size} is outside of what this list accepts: give 1 to {cap}")
    return size


def _planned(
    reading: Reading, query: Query[Any], pick: _Pick, resume: Mapping[str, Any] | None = None
) -> Plan:
    """Read in one part if one request can carry the filter, else in several."""
    limits, kind = reading.limits, pick(query)
    if resume is None and is_bare(query):
        return reading.plan(kind, query)
    one = _without_total(reading, query)
    if resume is None and len(found := parts_of(one, limits, own=kind.comparisons)) == 1:
        return reading.plan(kind, attrs.evolve(query, condition=found[0].condition))
    chosen, one = one.selection, with_lists_selected(one)
    parts = parts_of(one, limits, own=pick(one).comparisons)
    begun: Mapping[str, Any] = resume or {"of": len(parts)}
    number = number_in(begun, "part", 0)
    points: list[Mapping[str, Any] | None] = begun.get("parts", [begun.get("at")])
    if begun.get("of") != len(parts) or number + len(points) > len(parts):
        raise QueryError(
            "the checkpoint's query was cut into other parts: resume with the settings that it began with"
        )
    begun_with = itertools.zip_longest(parts[number:], points)
    return SplitPlan(
        subqueries=[
            reading.plan(pick(one) if at is None else _begun_by(at), part, at) for part, at in begun_with
        ],
        membership=Membership.of(parts, immutable=limits.window is not None),
        linked=limits.linked,
        resumed=resume is not None,
        selected=tuple(path.segments[0] for path in one.selection[len(chosen) :]),
        number=number,
        ordered=reading.ordered or bool(one.order),
        skip=number_in(begun, "skip", query.offset or 0),
        top=number_in(begun, "left", sys.maxsize if query.limit is None else query.limit),
        with_in=query != without_in(query),
    )


def _begun_by(checkpoint: Any) -> PlanKind:
    position = cast("Mapping[str, Any]", checkpoint if isinstance(checkpoint, Mapping) else {})
    try:
        return PlanKind(str(position.get("plan")))
    except ValueError:
        raise QueryError("the checkpoint's plan is not known: pass rows.checkpoint unchanged") from None


def _without_total(reading: Reading, query: Query[Any]) -> Query[Any]:
    """Return what each part is asked: ``$skip`` and ``$top`` count over all of them, unless one page is enough."""
    wanted = None if query.limit is None else (query.offset or 0) + query.limit
    limit = wanted if wanted is not None and wanted <= reading.page_size else None
    order = query.order if reading.ordered or wanted is not None or query.offset else ()
    return attrs.evolve(query, limit=limit, offset=None, order=order)


def _first(make: Callable[[], Plan]) -> Callable[[int], Plan | None]:
    """Make a plan only where no row was given out yet, and only one that can read the query."""

    def plan(given: int) -> Plan | None:
        try:
            return None if given else make()
        except QueryError:
            return None

    return plan


def _by_offset(reading: Reading, query: Query[Any], *, goes_on: bool) -> Callable[[int], Plan | None]:
    """Continue by offset, which is right where the rows given were the first in its own order, by Id or time."""
    return lambda given: reading.plan(PlanKind.OFFSET, query, {"skip": given}) if goes_on else None
