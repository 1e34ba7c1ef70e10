"""A query whose filter is too long for one request, as queries that have no row in common."""

from __future__ import annotations

import itertools
from typing import TypeVar

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.bounds import COMPARISONS
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.limits import check_limits, comparisons_in
from uipath_odata.odata.query import Query, options_of
from uipath_odata.odata.url import query_string
from uipath_odata.paging.limits import OWN_CHARACTERS, Limits
from uipath_odata.paging.split.value_list import ValueList, listed

__all__ = ["parts_of"]

E = TypeVar("E", bound=Entity)


def parts_of(query: Query[E], limits: Limits, *, own: int = 0) -> list[Query[E]]:
    """Cut the lists of values that all rows must meet, so that each request keeps Orchestrator's limits.

    ``own`` comparisons are the plan's. The parts come in the query's order where it sorts by the property that was
    cut. Raises QueryError for another order, and for a filter that is too long and cannot be cut.
    """
    conditions = nodes.conjuncts(query.condition)
    cut = itertools.product(*(_pieces(condition, limits) for condition in conditions))
    found = [piece for pieces in cut for piece in _halved(query, pieces, limits, own)]
    if len(found) > 1 and query.order and _is_descending(query, conditions, found):
        found.reverse()
    parts = [_with(query, conditions) for conditions in found]
    for part in parts:
        _check(part, limits, own)
    return parts


def _pieces(condition: nodes.Node, limits: Limits) -> list[nodes.Node]:
    values = listed(condition)
    if values is None:
        return [condition]
    if values.as_in:
        pieces = values.pieces(limits.in_values, limits.in_characters)
    else:
        pieces = values.pieces(limits.equalities)
    written = [piece.node for piece in pieces]
    # One piece stays as the user wrote it, unless that takes more comparisons than a server may read.
    most = max(limits.equalities, comparisons_in(written[0]))
    is_whole = len(written) == 1 and comparisons_in(condition) <= most
    return [condition] if is_whole else written


def _halved(
    query: Query[E], conditions: tuple[nodes.Node, ...], limits: Limits, own: int
) -> list[tuple[nodes.Node, ...]]:
    """Cut the longest list in the middle until each part fits into a request."""
    part = _with(query, conditions)
    fits = (
        comparisons_in(part.condition) + own <= COMPARISONS
        and _length(part) <= limits.url_room - OWN_CHARACTERS
        # In an order parts are seldom possible, and what lists of equalities come to together is not documented.
        and (bool(query.order) or sum(map(_equalities, conditions)) <= limits.equalities)
    )
    longest = max(range(len(conditions)), key=lambda place: _values(conditions[place]))
    values = listed(conditions[longest])
    halves: list[ValueList] = [] if fits or values is None else values.halves()
    if len(halves) < 2:  # noqa: PLR2004 - halves
        return [conditions]
    before, after = conditions[:longest], conditions[longest + 1 :]
    return [piece for half in halves for piece in _halved(query, (*before, half.node, *after), limits, own)]


def _is_descending(
    query: Query[E], conditions: tuple[nodes.Node, ...], parts: list[tuple[nodes.Node, ...]]
) -> bool:
    """Tell which way the parts follow each other, or raise where that is not the order that was asked for."""
    cut = [whole for place, whole in enumerate(conditions) if len({part[place] for part in parts}) > 1]
    values, first = listed(cut[0]), query.order[0]
    if len(cut) == 1 and values and values.is_sortable and _same(values.operand, first.node):
        return first.descending
    raise QueryError(
        f"the filter's list of values takes {len(parts)} requests, whose rows cannot be given in this order: "
        "leave order_by out and sort the rows, or read with stream(ordered=False)"
    )


def _same(left: nodes.Node, right: nodes.Node) -> bool:
    if isinstance(left, nodes.Path) and isinstance(right, nodes.Path):
        return left.segments == right.segments
    return left == right


def _values(condition: nodes.Node) -> int:
    values = listed(condition)
    return len(values.values) if values else 0


def _equalities(condition: nodes.Node) -> int:
    values = listed(condition)
    return len(values.values) if values and not values.as_in and len(values.values) > 1 else 0


def _length(query: Query[E]) -> int:
    return len(query_string(options_of(query)))


def _with(query: Query[E], conditions: tuple[nodes.Node, ...]) -> Query[E]:
    return attrs.evolve(query, condition=nodes.junction("and", conditions))


def _check(part: Query[E], limits: Limits, own: int) -> None:
    check_limits(part, added=own, in_values=limits.in_values, in_characters=limits.in_characters)
    if (length := _length(part)) > limits.url_room:
        raise QueryError(
            f"the query has {length} characters in the URL and {limits.url_room} are safe: ask in several queries"
        )
    for node in nodes.walk(part.condition):
        if isinstance(node, nodes.Junction) and node.operator == "or":
            equal = [
                one.left
                for one in node.operands
                if isinstance(one, nodes.Comparison) and one.operator == "eq"
            ]
            longest = max((equal.count(operand) for operand in equal), default=0)
            if longest > limits.equalities:
                raise QueryError(
                    f"{longest} equalities of one property are joined by or beside other conditions, and "
                    f"{limits.equalities} are safe in one request: only a list that all rows must meet is split, "
                    "so ask in several queries"
                )
