"""A query whose filter is too long for one request, cut into queries without common rows."""

from __future__ import annotations

import itertools
from typing import Generic, TypeVar

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
    found = [part for pieces in cut for part in _halved(_part(query, pieces), limits, own)]
    if len(found) > 1 and query.order and _is_descending(query, conditions, found):
        found.reverse()
    for part in found:
        _check(part, limits, own)
    return [part.query for part in found]


@attrs.frozen
class _Part(Generic[E]):
    """A query under some of the conditions, and how long it is in a URL: rendered once."""

    query: Query[E]
    conditions: tuple[nodes.Node, ...]
    length: int


def _part(query: Query[E], conditions: tuple[nodes.Node, ...]) -> _Part[E]:
    part = attrs.evolve(query, condition=nodes.junction("and", conditions))
    return _Part(part, conditions, len(query_string(options_of(part))))


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


def _halved(part: _Part[E], limits: Limits, own: int) -> list[_Part[E]]:
    """Cut the longest list in the middle until each part fits into a request."""
    query, conditions = part.query, part.conditions
    fits = (
        comparisons_in(query.condition) + own <= COMPARISONS
        and part.length <= limits.url_room - OWN_CHARACTERS
        # In an order parts are seldom possible, and what lists of equalities come to together is not documented.
        and (bool(query.order) or sum(map(_equalities, conditions)) <= limits.equalities)
    )
    longest = max(range(len(conditions)), key=lambda place: _values(conditions[place]))
    values = listed(conditions[longest])
    halves: list[ValueList] = [] if fits or values is None else values.halves()
    if len(halves) < 2:  # noqa: PLR2004 - halves
        return [part]
    before, after = conditions[:longest], conditions[longest + 1 :]
    smaller = [_part(query, (*before, half.node, *after)) for half in halves]
    return [piece for half in smaller for piece in _halved(half, limits, own)]


def _is_descending(query: Query[E], conditions: tuple[nodes.Node, ...], parts: list[_Part[E]]) -> bool:
    """Tell which way the parts follow each other, or raise where that is not the order that was asked for."""
    cut = [
        whole for place, whole in enumerate(conditions) if len({part.conditions[place] for part in parts}) > 1
    ]
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


def _check(part: _Part[E], limits: Limits, own: int) -> None:
    query = part.query
    check_limits(query, added=own, in_values=limits.in_values, in_characters=limits.in_characters)
    if part.length > limits.url_room:
        raise QueryError(
            f"the query has {part.length} characters in the URL and {limits.url_room} are safe: ask in several queries"
        )
    for node in nodes.walk(query.condition):
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
