"""Conditions on rows, and the operands that they compare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.expr import edm_types as kinds
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.edm_types import Kind
from uipath_odata.odata.expr.render import shown
from uipath_odata.odata.instant import Instant

__all__ = ["Condition", "Moment", "Operand", "Predicate", "as_node"]

Moment: TypeAlias = dt.datetime | Instant

if TYPE_CHECKING:
    # With a default (PEP 696), which typing has from Python 3.13 on.
    from typing_extensions import TypeVar as EntityVar

    R_contra = EntityVar("R_contra", contravariant=True, default=Any)
else:
    R_contra = TypeVar("R_contra", contravariant=True)

T = TypeVar("T")


@attrs.frozen(repr=False)
class Predicate(Generic[R_contra]):
    """A condition on rows of an entity; combine with ``&``, ``|`` and ``~``.

    ``Predicate[Job]`` is one on the properties of jobs, ``Predicate`` one on any rows.
    """

    __node__: nodes.Node = attrs.field(alias="node")

    def __and__(self, other: Condition[R_contra]) -> Predicate[R_contra]:
        return _joined("and", self, other)

    def __or__(self, other: Condition[R_contra]) -> Predicate[R_contra]:
        return _joined("or", self, other)

    if TYPE_CHECKING:
        # Where the condition on the left fits any entity, the one on the right says which.
        def __rand__(self, other: Condition[R_contra]) -> Predicate[R_contra]: ...
        def __ror__(self, other: Condition[R_contra]) -> Predicate[R_contra]: ...

    def __invert__(self) -> Predicate[R_contra]:
        return Predicate(nodes.negation(self.__node__))

    def __bool__(self) -> bool:
        raise QueryError(
            f"{self!r} is evaluated by the server and has no truth value here: combine conditions with & | ~ "
            "(each in parentheses) instead of and, or, not, and write a range as (low <= x) & (x < high), "
            "one of several values as x.in_([…])"
        )

    def __repr__(self) -> str:
        return f"<Predicate {shown(self.__node__)}>"


class Operand(Generic[T, R_contra]):
    """A value that the server compares for each row, of the entity ``R_contra``."""

    __slots__ = ("__kind__", "__node__")

    if not TYPE_CHECKING:
        # Also ``Expr[int]``, without the entity, stands in annotations that are evaluated.
        __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, node: nodes.Node, kind: Kind = kinds.ANY) -> None:
        self.__node__ = node
        self.__kind__ = kind

    # Comparisons build predicates, so that they cannot keep object's signature.
    def __eq__(self, other: T | Operand[T] | None) -> Predicate[R_contra]:  # type: ignore[override]  # a predicate, not a bool
        return self._compare("eq", other)

    def __ne__(self, other: T | Operand[T] | None) -> Predicate[R_contra]:  # type: ignore[override]  # a predicate, not a bool
        return self._compare("ne", other)

    __hash__ = None  # type: ignore[assignment]  # equality is not identity, so none is hashed

    def __lt__(self: Sortable, other: T | Operand[T]) -> Predicate[R_contra]:
        return self._order("lt", other)

    def __le__(self: Sortable, other: T | Operand[T]) -> Predicate[R_contra]:
        return self._order("le", other)

    def __gt__(self: Sortable, other: T | Operand[T]) -> Predicate[R_contra]:
        return self._order("gt", other)

    def __ge__(self: Sortable, other: T | Operand[T]) -> Predicate[R_contra]:
        return self._order("ge", other)

    def in_(self, values: Iterable[T | None]) -> Predicate[R_contra]:
        """Select rows whose value is one of ``values``; an empty list selects nothing, without a request."""
        if isinstance(values, str | bytes) or not isinstance(cast("object", values), Iterable):
            raise QueryError(
                f"in_ takes a list of values, not one {type(values).__name__}: write in_([{values!r}])"
            )
        checked: list[Any] = [None if value is None else self.__kind__.check(value, self) for value in values]
        # True and 1 are equal to Python alone.
        listed: dict[tuple[type, Any], nodes.Literal] = {
            (type(value), value): nodes.Literal(value) for value in checked
        }
        null = listed.pop((type(None), None), None)
        literals = tuple(listed.values())
        choices: list[nodes.Node] = [nodes.In(self.__node__, literals)] if len(literals) > 1 else []
        single = [*(literals if len(literals) == 1 else ()), *([null] if null else ())]
        choices += [nodes.Comparison("eq", self.__node__, literal) for literal in single]
        return Predicate(nodes.junction("or", tuple(choices)))

    def __and__(self: Operand[bool], other: Condition[R_contra]) -> Predicate[R_contra]:
        return _joined("and", self, other)

    def __or__(self: Operand[bool], other: Condition[R_contra]) -> Predicate[R_contra]:
        return _joined("or", self, other)

    if TYPE_CHECKING:

        def __rand__(self: Operand[bool], other: Condition[R_contra]) -> Predicate[R_contra]: ...
        def __ror__(self: Operand[bool], other: Condition[R_contra]) -> Predicate[R_contra]: ...

    def __invert__(self: Operand[bool]) -> Predicate[R_contra]:
        return Predicate(nodes.negation(as_node(self)))

    def __bool__(self) -> bool:
        raise QueryError(
            f"{self!r} has no value here, only on the server: compare it, as in Session.state == 'Available'"
        )

    def __str__(self) -> str:
        return shown(self.__node__)

    def __repr__(self) -> str:
        return f"<Expr {self}>"

    def _compare(self, operator: nodes.ComparisonOperator, other: object) -> Predicate[R_contra]:
        value = nodes.Literal(None) if other is None else self._operand(other, self.__kind__)
        return Predicate(nodes.Comparison(operator, self.__node__, value))

    def _order(self, operator: nodes.ComparisonOperator, other: object) -> Predicate[R_contra]:
        kind = self.__kind__
        if not kind.ordered:
            raise QueryError(f"{self} is {kind.name}, which has no order: use == or in_")
        value = self._operand(other, kind)
        if kind.members and isinstance(value, nodes.Literal):
            value = nodes.Literal(nodes.Ordinal(value.value, kind.members.index(value.value)))
        return Predicate(nodes.Comparison(operator, self.__node__, value))

    def _operand(self, other: object, wanted: Kind) -> nodes.Node:
        if not isinstance(other, Operand):
            return nodes.Literal(wanted.check(other, self))
        if kinds.ANY not in (wanted, other.__kind__) and wanted.name != other.__kind__.name:
            raise QueryError(
                f"{self!r} takes {wanted.name} here and {other!r} is {other.__kind__.name}: compare like with like"
            )
        return other.__node__


# A boolean property of any entity: mypy would infer that of a base wrongly from what is expected.
Condition: TypeAlias = "Predicate[R_contra] | Operand[bool]"
# What has an order; a union, because checkers let a Literal pass for a TypeVar that may be str.
Sortable: TypeAlias = (
    Operand[int]
    | Operand[float]
    | Operand[int | float | Decimal]
    | Operand[str]
    | Operand[Moment]
    | Operand[dt.date]
    | Operand[dt.time]
    | Operand[dt.timedelta]
)


def as_node(condition: object) -> nodes.Node:
    """Return the tree of a condition; a boolean property counts as ``property eq true``."""
    if isinstance(condition, Predicate):
        return condition.__node__
    if isinstance(condition, Operand) and condition.__kind__ is kinds.BOOLEAN:
        return nodes.Comparison("eq", condition.__node__, nodes.TRUE)
    raise QueryError(
        f"{condition!r} is not a condition: give comparisons of properties, such as Session.state == 'Available'"
    )


def _joined(operator: nodes.JunctionOperator, left: Condition[Any], right: object) -> Predicate[Any]:
    return Predicate(nodes.junction(operator, (as_node(left), as_node(right))))
