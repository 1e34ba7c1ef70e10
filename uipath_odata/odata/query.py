"""Queries: frozen values that say which rows, which of their properties, and in which order; and their options.

The options are the system query options of OData 4.0 part 2, 5.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Generic, Self, TypeAlias, TypedDict, TypeVar, Unpack

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.entity import Entity, by_wire
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import AnyPath, Condition, Expr, Order, as_node
from uipath_odata.odata.expr.literals import EnumOrder
from uipath_odata.odata.expr.paths import CollectionPath, EntityPath, ValuesPath
from uipath_odata.odata.expr.render import text_of
from uipath_odata.odata.plain import plain
from uipath_odata.odata.resolve import path_of, resolve, target_of
from uipath_odata.odata.selected import Selected
from uipath_odata.odata.url import query_string

__all__ = [
    "Composable",
    "Expand",
    "Query",
    "has_integer_id",
    "is_bare",
    "is_by_rank",
    "options_of",
    "order_text",
    "selects_nothing",
]

E = TypeVar("E", bound=Entity)

Selectable: TypeAlias = "Expr[Any] | type[Entity] | CollectionPath[Any] | ValuesPath[Any]"
Expandable: TypeAlias = "type[Entity] | CollectionPath[Any] | AnyPath | Expand[Any]"

EXPAND_DEPTH: Final = 2
"""How deep Orchestrator expands (its OpenAPI document, ``$expand``)."""


class Composable(Generic[E]):
    """The methods that compose a query; each returns a new one and leaves this one as it is."""

    __slots__ = ()

    _query: Query[E]

    def _with(self, query: Query[Any], /) -> Self:
        raise TypeError(f"{type(self).__name__} does not say how it takes {query!r}")

    def filter(self, *conditions: Condition[E]) -> Self:
        """Keep the rows that meet all conditions; several calls and several arguments are joined with ``and``."""
        query = self._query
        found = [resolve(query.entity, as_node(condition)) for condition in conditions]
        return self._with(_but(query, condition=nodes.junction("and", (query.condition, *found))))

    def select(self, *properties: Selectable) -> Self:
        """Ask for these properties only; one of a related entity, ``Job.robot.name``, expands that entity."""
        query = self._query
        places = [resolve(query.entity, path_of(place)) for place in properties]
        return self._with(_but(query, selection=tuple(dict.fromkeys((*query.selection, *places)))))

    def expand(self, *related: Expandable) -> Self:
        """Include related entities; an ``Expand(…)`` after one holds options of its own."""
        query = self._query
        expansion = list(query.expansion)
        for place in related:
            if isinstance(place, Expand):
                expansion[-1:] = [_with_options(expansion[-1:], place)]
            else:
                expansion.append(Expanded(resolve(query.entity, path_of(place)), target_of(place)))
        return self._with(_but(query, expansion=tuple(expansion)))

    def order_by(self, *terms: Expr[Any] | Order) -> Self:
        """Sort by these terms, after those of earlier calls: ``Job.id``, ``Job.start_time.desc()``."""
        query = self._query
        orders = [_order(term) for term in terms]
        for order in orders:
            resolve(query.entity, order.node)
        return self._with(_but(query, order=(*query.order, *orders)))

    def top(self, count: int) -> Self:
        """Return at most ``count`` rows in total, over as many pages as that takes."""
        return self._with(_but(self._query, limit=_natural("top", count)))

    def skip(self, count: int) -> Self:
        """Leave out the first ``count`` rows."""
        return self._with(_but(self._query, offset=_natural("skip", count)))

    @property
    def options(self) -> dict[str, str]:
        """The system query options as asked for, not encoded: ``{"$filter": "State eq 'Available'"}``."""
        return options_of(self._query)

    @property
    def query_string(self) -> str:
        """The options as the encoded query part of a URL."""
        return query_string(self.options)


def _is_entity(query: object, attribute: object, entity: Any) -> None:
    del attribute
    if isinstance(entity, EntityPath) or not (isinstance(entity, type) and issubclass(entity, Entity)):
        raise QueryError(
            f"{type(query).__name__} takes an entity class, not {entity!r}: write Query(Job), for example"
        )


@attrs.frozen
class Expanded:
    """One navigation property to include, with options of its own or none."""

    path: nodes.Path
    target: type[Entity] | None = None
    options: Expand[Any] | None = None


@attrs.frozen(repr=False, slots=False)
class Query(Composable[E]):
    """A query for one entity type; ``Query(Job)`` asks for all jobs, its methods narrow that down."""

    entity: type[E] = attrs.field(validator=_is_entity)
    condition: nodes.Node = attrs.field(default=nodes.TRUE, kw_only=True)
    selection: tuple[nodes.Path, ...] = attrs.field(default=(), kw_only=True)
    expansion: tuple[Expanded, ...] = attrs.field(default=(), kw_only=True)
    order: tuple[Order, ...] = attrs.field(default=(), kw_only=True)
    limit: int | None = attrs.field(default=None, kw_only=True)
    offset: int | None = attrs.field(default=None, kw_only=True)

    @property
    def _query(self) -> Query[E]:  # type: ignore[override]  # a property: its query is itself
        return self

    def _with(self, query: Query[Any], /) -> Any:
        return query

    def __repr__(self) -> str:
        try:
            options = " ".join(f"{name}={text}" for name, text in self.options.items())
        except QueryError as error:  # messages of other errors show queries
            options = f"({error})"
        return f"<{type(self).__name__} {self.entity.__name__} {options}>".replace(" >", ">")


class Expand(Query[E]):
    """Options of one expanded navigation property: ``Expand(ReleaseVersion).top(5)``."""


def is_bare(query: Query[Any]) -> bool:
    """Tell whether it has none of what can be too much for one request: a filter, an order, a select or an expand."""
    # A condition that is another TRUE, of a pickle, takes the longer way to the same rows.
    return query.condition is nodes.TRUE and not (query.selection or query.expansion or query.order)


def is_by_rank(query: Query[Any]) -> bool:
    """Tell whether the place of a row counts: the query has an order, ``top`` or ``skip``."""
    return bool(query.order or query.offset) or query.limit is not None


def has_integer_id(query: Query[Any]) -> bool:
    """Tell whether its rows have an ``Id`` that is a number, by which they can be sorted, compared and asked for."""
    entity: type[Entity] = query.entity
    member = by_wire(entity).get("Id")
    return member is not None and member.argument is int


def selects_nothing(query: Query[Any]) -> bool:
    """Tell whether the condition can be true for no row, so that no request is needed."""
    return query.condition is not nodes.TRUE and nodes.truth_of(query.condition) is False


class _Changes(TypedDict, total=False):
    condition: nodes.Node
    selection: tuple[nodes.Path, ...]
    expansion: tuple[Expanded, ...]
    order: tuple[Order, ...]
    limit: int | None
    offset: int | None


def _but(query: Query[E], **changes: Unpack[_Changes]) -> Query[E]:
    # A query has a dict for this: attrs.evolve, which looks at each field again, would be a third of composing.
    made = object.__new__(type(query))
    vars(made).update(vars(query), **changes)
    return made


def _with_options(last: list[Expanded], options: Expand[Any]) -> Expanded:
    if not last or last[0].options is not None:
        raise QueryError(
            "Expand(…) follows the property that it belongs to: expand(Release.release_versions, Expand(…))"
        )
    target = last[0].target
    if target is not None and not issubclass(target, options.entity):
        raise QueryError(
            f"Expand({options.entity.__name__}) follows a {target.__name__}: write Expand({target.__name__})"
        )
    return attrs.evolve(last[0], options=options)


def _order(term: object) -> Order:
    if isinstance(term, Order):
        return term
    if isinstance(term, Expr):
        return Order(term.__node__)
    raise QueryError(f"order_by takes properties, not {term!r}: write order_by(Job.start_time.desc())")


def _natural(option: str, count: object) -> int:
    if type(count) is not int:
        count = plain(count)
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise QueryError(f"{option} takes a number of rows, not {count!r}: give an int of 0 or more")
    return count


def options_of(query: Query[Any], enum_order: EnumOrder = "number") -> dict[str, str]:
    """Return the options of a query as text, not encoded; raise QueryError where it expands too deep."""
    level = Selected(query, {}, {}) if is_bare(query) else Selected.of(query)
    return _text(level, enum_order, depth=0)


def order_text(order: Iterable[Order], enum_order: EnumOrder = "number") -> str:
    """Write the terms of ``$orderby``."""
    return ",".join(
        [f"{text_of(term.node, enum_order)}{' desc' if term.descending else ''}" for term in order]
    )


def _text(level: Selected, enum_order: EnumOrder, depth: int) -> dict[str, str]:
    options: dict[str, str] = {}
    query = level.query
    if depth and query is not None and selects_nothing(query):
        return {"$top": "0"}  # a bare boolean is not a filter that servers know
    if query is not None and not is_bare(query) and nodes.truth_of(query.condition) is not True:
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


def _expanded(name: str, level: Selected, enum_order: EnumOrder, depth: int) -> str:
    if depth > EXPAND_DEPTH:
        raise QueryError(
            f"{name} is expanded {depth} levels deep and Orchestrator allows {EXPAND_DEPTH}: read it separately"
        )
    inner = _text(level, enum_order, depth)
    return f"{name}({';'.join([f'{option}={text}' for option, text in inner.items()])})" if inner else name
