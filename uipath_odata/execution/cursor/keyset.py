"""Which rows come after a row, in any order that a filter can compare, with the key as the last term."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import attrs

from uipath_odata.errors import InvalidInput, QueryError
from uipath_odata.execution.cursor.seal import Value
from uipath_odata.odata.bounds import ORDER_TERMS
from uipath_odata.odata.entity import Entity, by_wire
from uipath_odata.odata.expr import edm_types as kinds
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import Expr, Order
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.query import Query
from uipath_odata.paging.limits import Limits
from uipath_odata.paging.plan import Row

__all__ = ["Keyset"]

_KEY: Final = "Id"
_NULL: Final = nodes.Literal(None)


@attrs.frozen
class _Kind:
    """How a value travels: from a row into a cursor, and from there into a filter."""

    write: Callable[[Any], Value]
    read: Callable[[Any], Any]


def _typed(kind: type | tuple[type, ...]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise TypeError
        return value

    return check


def _number(value: Any) -> Value:
    if isinstance(value, Decimal):
        return str(value)  # what no float holds
    number: float = _typed((int, float))(value)
    return number


_KINDS: Final[Mapping[str, _Kind]] = {
    kinds.INTEGER.name: _Kind(_typed(int), _typed(int)),
    kinds.STRING.name: _Kind(_typed(str), _typed(str)),
    kinds.BOOLEAN.name: _Kind(_typed(bool), _typed(bool)),
    kinds.NUMBER.name: _Kind(_number, lambda value: Decimal(value) if isinstance(value, str) else value),
    kinds.INSTANT.name: _Kind(lambda text: Instant.parse(text).ticks, Instant),
}


@attrs.frozen
class _Term:
    path: nodes.Path
    kind: _Kind
    descending: bool

    @property
    def wire(self) -> str:
        return self.path.segments[0]


@attrs.frozen
class Keyset:
    """The terms of an order that no two rows share."""

    terms: tuple[_Term, ...]

    @classmethod
    def of(cls, query: Query[Any], limits: Limits) -> Keyset | None:
        """Return the order of a query with the key as its last term; None where a filter cannot compare it."""
        entity: type[Entity] = query.entity
        key = by_wire(entity).get(_KEY)
        if (
            not limits.paged
            or not limits.keyed
            or limits.window is not None
            or key is None
            or key.argument is not int
        ):
            return None
        terms: list[_Term] = []
        for order in query.order:
            term = _term(query, order)
            if term is None:
                return None
            terms.append(term)
            if term.wire == _KEY:
                return cls(tuple(terms))
        descending = bool(terms) and terms[-1].descending
        terms.append(_Term(nodes.Path(None, (_KEY,)), _KINDS[kinds.INTEGER.name], descending))
        return cls(tuple(terms)) if len(terms) <= ORDER_TERMS else None

    @property
    def wires(self) -> tuple[str, ...]:
        """What each row must have."""
        return tuple(term.wire for term in self.terms)

    @property
    def comparisons(self) -> int:
        """What it adds to a filter at most."""
        return sum(range(1, len(self.terms) + 1)) + len(self.terms)

    def order(self, *, backward: bool) -> tuple[Order, ...]:
        """Return the order, or its reverse."""
        return tuple(Order(term.path, term.descending is not backward) for term in self.terms)

    def values(self, row: Row) -> list[Value] | None:
        """Return what a row has of the terms; None where that is not what the schema says."""
        if row.get(_KEY) is None:
            return None
        try:
            return [
                None if (value := row.get(term.wire)) is None else term.kind.write(value)
                for term in self.terms
            ]
        except (TypeError, QueryError):
            return None

    def beyond(self, values: Sequence[Value], *, backward: bool, inclusive: bool = False) -> nodes.Node:
        """Return the condition of the rows after these values, or before them.

        OData 4.0 part 1, 11.2.5.2: null comes before all values in ascending order.
        """
        if len(values) != len(self.terms):
            raise InvalidInput("the cursor is of another order: begin again at the first page")
        found = [self._literal(term, value) for term, value in zip(self.terms, values, strict=True)]
        equal: list[nodes.Node] = []
        ways: list[nodes.Node] = []
        for term, value in zip(self.terms, found, strict=True):
            further = _further(term.path, value, descending=term.descending is not backward)
            ways.append(nodes.junction("and", (*equal, further)))
            equal.append(nodes.Comparison("eq", term.path, value))
        if inclusive:
            ways.append(nodes.junction("and", tuple(equal)))
        return nodes.junction("or", tuple(ways))

    def _literal(self, term: _Term, value: Value) -> nodes.Literal:
        try:
            return _NULL if value is None else nodes.Literal(term.kind.read(value))
        except (TypeError, ArithmeticError):
            raise InvalidInput("the cursor is of another order: begin again at the first page") from None


def _term(query: Query[Any], order: Order) -> _Term | None:
    path = order.node
    if not isinstance(path, nodes.Path) or len(path.segments) != 1:
        return None
    entity: type[Entity] = query.entity
    member = by_wire(entity).get(path.segments[0])
    expression = None if member is None else getattr(entity, member.name)
    kind = _KINDS.get(expression.__kind__.name) if isinstance(expression, Expr) else None
    return None if kind is None else _Term(path, kind, order.descending)


def _further(path: nodes.Path, value: nodes.Literal, *, descending: bool) -> nodes.Node:
    if value.value is None:
        return nodes.FALSE if descending else nodes.Comparison("ne", path, _NULL)
    if isinstance(value.value, bool):
        # Truth values have no order in a filter, and false is sorted before true.
        further: nodes.Node = nodes.FALSE
        if value.value is descending:
            further = nodes.Comparison("eq", path, nodes.Literal(not descending))
    else:
        further = nodes.Comparison("lt" if descending else "gt", path, value)
    has_nulls = descending and path.segments != (_KEY,)
    return nodes.junction("or", (further, nodes.Comparison("eq", path, _NULL))) if has_nulls else further
