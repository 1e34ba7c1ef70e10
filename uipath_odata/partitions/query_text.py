"""A query as JSON values, and the same query again in another process.

Filters travel as text, each condition by itself. What the text says is understood again where that gives the same text;
else it is sent as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import attrs

import uipath_odata.entities
from uipath_odata.errors import QueryError
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import Order, path, raw_filter
from uipath_odata.odata.expr.literals import EnumOrder
from uipath_odata.odata.expr.predicate import Predicate
from uipath_odata.odata.expr.render import text_of
from uipath_odata.odata.parse.allowed import properties_of
from uipath_odata.odata.parse.filter import parse_filter
from uipath_odata.odata.query import Expand, Expanded, Query

__all__ = ["condition_of", "described", "query_of"]

E = TypeVar("E", bound=Entity)


def described(query: Query[Any], enum_order: EnumOrder = "number") -> dict[str, Any]:
    """Write a query as JSON values; what it does not say is left out."""
    conditions = () if nodes.truth_of(query.condition) is True else nodes.conjuncts(query.condition)
    facts: dict[str, Any] = {
        "filter": [_written(each, enum_order) for each in conditions],
        "select": ["/".join(each.segments) for each in query.selection],
        "expand": [_expanded(each, enum_order) for each in query.expansion],
        "order": [[text_of(each.node, enum_order), each.descending] for each in query.order],
    }
    limits = {"top": query.limit, "skip": query.offset}
    return {name: each for name, each in facts.items() if each} | {
        name: each for name, each in limits.items() if each is not None
    }


def query_of(entity: type[E], facts: Mapping[str, Any]) -> Query[E]:
    """Return the query that `described` wrote. Raise QueryError for what it never writes."""
    try:
        return cast("Query[E]", _query(Query, entity, facts))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, QueryError):
            raise
        raise QueryError(
            f"the query of a partition cannot be read ({type(error).__name__}): plan again with this version"
        ) from None


def condition_of(entity: type[Entity], text: str) -> Predicate[Any]:
    """Return what a filter text says: understood where that is possible, so that its bounds of time are known, else as it is."""
    understood = _understood(entity, text)
    return raw_filter(text) if understood is None else understood


def _written(condition: nodes.Node, enum_order: EnumOrder) -> str:
    return condition.text if isinstance(condition, nodes.Raw) else text_of(condition, enum_order)


def _expanded(each: Expanded, enum_order: EnumOrder) -> dict[str, Any]:
    facts: dict[str, Any] = {"path": "/".join(each.path.segments)}
    if each.options is None:
        return facts
    return {**facts, "entity": each.options.entity.__name__, **described(each.options, enum_order)}


def _query(kind: type[Query[Any]], entity: type[Entity], facts: Mapping[str, Any]) -> Any:
    conditions = tuple(_meant(entity, text).__node__ for text in facts.get("filter", ()))
    return kind(
        entity,
        condition=nodes.junction("and", conditions),
        selection=tuple(_path(each) for each in facts.get("select", ())),
        expansion=tuple(_related(each) for each in facts.get("expand", ())),
        order=tuple(Order(_sorted_by(text), descending) for text, descending in facts.get("order", ())),
        limit=facts.get("top"),
        offset=facts.get("skip"),
    )


def _meant(entity: type[Entity], text: str) -> Predicate[Any]:
    understood = _understood(entity, text)
    same = understood is not None and any(
        text_of(understood.__node__, enum_order) == text for enum_order in ("number", "name")
    )
    return understood if same and understood is not None else raw_filter(text)


def _understood(entity: type[Entity], text: str) -> Predicate[Any] | None:
    try:
        return parse_filter(entity, text, allow=properties_of(entity).values(), max_length=len(text))
    except QueryError:
        return None


def _related(facts: Mapping[str, Any]) -> Expanded:
    place = _path(facts["path"])
    if "entity" not in facts:
        return Expanded(place)
    entity = cast("type[Entity]", getattr(uipath_odata.entities, facts["entity"]))
    return Expanded(place, entity, _query(Expand, entity, facts))


def _path(text: str) -> nodes.Path:
    node = path(text).__node__
    assert isinstance(node, nodes.Path)  # noqa: S101 - what path() makes
    return node


def _sorted_by(text: str) -> nodes.Node:
    try:
        return path(text).__node__
    except QueryError:
        return nodes.Raw(text)


def without_order(query: Query[E]) -> Query[E]:
    """Return the query as a count takes it."""
    return attrs.evolve(query, order=(), limit=None, offset=None)
