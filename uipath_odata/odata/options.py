"""A query as its system query options (OData 4.0 part 2, 5.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.enum_order import EnumOrder
from uipath_odata.odata.expr.expression import Order
from uipath_odata.odata.expr.render import text_of

if TYPE_CHECKING:
    from uipath_odata.odata.entity import Entity
    from uipath_odata.odata.query import Expand, Query

__all__ = ["Expanded", "options_of", "order_text"]

EXPAND_DEPTH: Final = 2
"""How deep Orchestrator expands (its OpenAPI document, ``$expand``)."""


@attrs.frozen
class Expanded:
    """One navigation property to include, with options of its own or none."""

    path: nodes.Path
    target: type[Entity] | None = None
    options: Expand[Any] | None = None


@attrs.define
class _Level:
    """What is asked of one entity and, by name, of those expanded below it."""

    query: Query[Any] | None
    selects: dict[str, None]
    below: dict[str, _Level]

    @classmethod
    def empty(cls) -> _Level:
        return cls(None, {}, {})

    def at(self, segments: Iterable[str]) -> _Level:
        level = self
        for segment in segments:
            level = level.below.setdefault(segment, _Level.empty())
        return level


def options_of(query: Query[Any], enum_order: EnumOrder = "number") -> dict[str, str]:
    """Give the options of a query as text, not encoded; raises QueryError where it expands too deep."""
    return _text(_filled(_Level.empty(), query), enum_order, depth=0)


def order_text(order: Iterable[Order], enum_order: EnumOrder = "number") -> str:
    """Write the terms of ``$orderby``."""
    return ",".join(
        [f"{text_of(term.node, enum_order)}{' desc' if term.descending else ''}" for term in order]
    )


def _filled(level: _Level, query: Query[Any]) -> _Level:
    if level.query not in (None, query):
        raise QueryError(
            f"{query!r} and {level.query!r} expand the same property: join them in one Expand(…)"
        )
    level.query = query
    for path in query.selection:
        level.at(path.segments[:-1]).selects[path.segments[-1]] = None
    for expanded in query.expansion:
        below = level.at(expanded.path.segments)
        if expanded.options is not None:
            _filled(below, expanded.options)
    return level


def _text(level: _Level, enum_order: EnumOrder, depth: int) -> dict[str, str]:
    options: dict[str, str] = {}
    query = level.query
    if depth and query is not None and query.selects_nothing:
        return {"$top": "0"}  # a bare boolean is no filter that servers know
    if query is not None and nodes.truth_of(query.condition) is not True:
        options["$filter"] = text_of(query.condition, enum_order)
    if level.selects:
        options["$select"] = ",".join(level.selects)
    if level.below:
        options["$expand"] = ",".join([_expanded(*one, enum_order, depth + 1) for one in level.below.items()])
    if query is None:
        return options
    if query.order:
        options["$orderby"] = order_text(query.order, enum_order)
    if query.limit is not None:
        options["$top"] = str(query.limit)
    if query.offset is not None:
        options["$skip"] = str(query.offset)
    return options


def _expanded(name: str, level: _Level, enum_order: EnumOrder, depth: int) -> str:
    if depth > EXPAND_DEPTH:
        raise QueryError(
            f"{name} is expanded {depth} levels deep and Orchestrator allows {EXPAND_DEPTH}: read it separately"
        )
    inner = _text(level, enum_order, depth)
    return f"{name}({';'.join([f'{option}={text}' for option, text in inner.items()])})" if inner else name
