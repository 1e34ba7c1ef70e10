"""A query as its system query options (OData 4.0 part 2, 5.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata import nodes
from uipath_odata.odata.expressions import Order
from uipath_odata.odata.render import EnumOrder, text_of

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


@attrs.frozen
class _Branch:
    """What is selected and expanded below one entity, as remaining path segments."""

    selects: tuple[tuple[str, ...], ...]
    expands: tuple[tuple[tuple[str, ...], Expand[Any] | None], ...]

    def names(self) -> Iterable[str]:
        deeper = (path[0] for path in self.selects if len(path) > 1)
        return dict.fromkeys((*deeper, *(path[0] for path, _ in self.expands)))

    def below(self, name: str) -> _Branch:
        selects = tuple(path[1:] for path in self.selects if path[0] == name and len(path) > 1)
        expands = tuple((path[1:], own) for path, own in self.expands if path[0] == name and len(path) > 1)
        return _Branch(selects, expands)

    def option(self, name: str) -> Expand[Any] | None:
        return next((own for path, own in self.expands if path == (name,) and own), None)


def options_of(query: Query[Any], enum_order: EnumOrder = "number") -> dict[str, str]:
    """Give the options of a query as text, not encoded; raises QueryError where it expands too deep."""
    return _options(query, _Branch((), ()), enum_order, depth=0)


def order_text(order: Iterable[Order]) -> str:
    """Write the terms of ``$orderby``."""
    return ",".join(f"{text_of(term.node)}{' desc' if term.descending else ''}" for term in order)


def _options(query: Query[Any] | None, extra: _Branch, enum_order: EnumOrder, depth: int) -> dict[str, str]:
    if query is None:
        return _branch_options(extra, enum_order, depth)
    own = _Branch(
        tuple(path.segments for path in query.selection) + extra.selects,
        tuple((one.path.segments, one.options) for one in query.expansion) + extra.expands,
    )
    options = {"$filter": text_of(query.condition, enum_order)} if query.condition != nodes.TRUE else {}
    options |= _branch_options(own, enum_order, depth)
    if query.order:
        options["$orderby"] = order_text(query.order)
    counts = {"$top": query.limit, "$skip": query.offset}
    return options | {name: str(count) for name, count in counts.items() if count is not None}


def _branch_options(branch: _Branch, enum_order: EnumOrder, depth: int) -> dict[str, str]:
    selected = dict.fromkeys(path[0] for path in branch.selects if len(path) == 1)
    expanded = [_expanded(branch, name, enum_order, depth + 1) for name in branch.names()]
    options = {"$select": ",".join(selected), "$expand": ",".join(expanded)}
    return {name: text for name, text in options.items() if text}


def _expanded(branch: _Branch, name: str, enum_order: EnumOrder, depth: int) -> str:
    if depth > EXPAND_DEPTH:
        raise QueryError(
            f"{name} is expanded {depth} levels deep and Orchestrator allows {EXPAND_DEPTH}: read it separately"
        )
    options = _options(branch.option(name), branch.below(name), enum_order, depth)
    inner = ";".join(f"{option}={text}" for option, text in options.items())
    return f"{name}({inner})" if inner else name
