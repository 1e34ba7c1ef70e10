"""Expressions and predicates: the operators that users write, kept apart from the tree that they build."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar, overload

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata import kinds, nodes
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.kinds import Kind
from uipath_odata.odata.render import text_of

__all__ = ["Expr", "Moment", "Order", "OrderedExpr", "Predicate", "as_node", "now", "path", "raw_filter"]

Moment: TypeAlias = dt.datetime | Instant

T = TypeVar("T")
C = TypeVar("C", int, float, "int | float | Decimal", dt.timedelta, dt.date, dt.time, Moment, str)
# OData ABNF, odataIdentifier.
_IDENTIFIER: Final = re.compile(r"[^\W\d]\w{0,127}")
_OUTSIDE_QUOTES: Final = re.compile(r"'(?:[^']|'')*'|[()']")

N = TypeVar("N", int, float, "int | float | Decimal", dt.timedelta)


@attrs.frozen(repr=False)
class Predicate:
    """A condition on rows; combine with ``&``, ``|`` and ``~``."""

    node: nodes.Node

    def __and__(self, other: Predicate) -> Predicate:
        return Predicate(nodes.junction("and", (self.node, as_node(other))))

    def __or__(self, other: Predicate) -> Predicate:
        return Predicate(nodes.junction("or", (self.node, as_node(other))))

    def __invert__(self) -> Predicate:
        return Predicate(nodes.negation(self.node))

    def __bool__(self) -> bool:
        raise QueryError(
            f"{self!r} is evaluated by the server and has no truth value here: combine conditions with & | ~ "
            "(each in parentheses) instead of and, or, not, and write a range as (low <= x) & (x < high)"
        )

    def __repr__(self) -> str:
        return f"<Predicate {text_of(self.node)}>"


def as_node(condition: object) -> nodes.Node:
    """Give the tree of a condition; a boolean property counts as ``property eq true``."""
    if isinstance(condition, Predicate):
        return condition.node
    if isinstance(condition, Expr) and condition.__kind__ == kinds.BOOLEAN:
        return nodes.Comparison("eq", condition.__node__, nodes.TRUE)
    raise QueryError(
        f"{condition!r} is no condition: give comparisons of properties, such as Session.state == 'Available'"
    )


@attrs.frozen
class Order:
    """One term of ``order_by``."""

    node: nodes.Node
    descending: bool = False


class Expr(Generic[T]):
    """A value that the server computes for each row: a property, or a function of one."""

    __slots__ = ("__kind__", "__node__")

    def __init__(self, node: nodes.Node, kind: Kind = kinds.ANY) -> None:
        self.__node__ = node
        self.__kind__ = kind

    # Comparisons build predicates, so that they cannot keep object's signature.
    def __eq__(self, other: T | Expr[T] | None) -> Predicate:  # type: ignore[override]
        return self._compare("eq", other)

    def __ne__(self, other: T | Expr[T] | None) -> Predicate:  # type: ignore[override]
        return self._compare("ne", other)

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self: Expr[C], other: C | Expr[C]) -> Predicate:
        return self._order("lt", other)

    def __le__(self: Expr[C], other: C | Expr[C]) -> Predicate:
        return self._order("le", other)

    def __gt__(self: Expr[C], other: C | Expr[C]) -> Predicate:
        return self._order("gt", other)

    def __ge__(self: Expr[C], other: C | Expr[C]) -> Predicate:
        return self._order("ge", other)

    def in_(self, values: Iterable[T | None]) -> Predicate:
        """Select rows whose value is one of ``values``; an empty list selects nothing, without a request."""
        if isinstance(values, str | bytes):
            raise QueryError(
                f"in_ takes a list of values, not one {type(values).__name__}: write in_([{values!r}])"
            )
        listed = list(dict.fromkeys(self._value(value) for value in values))
        literals = tuple(nodes.Literal(value) for value in listed if value is not None)
        choices: list[nodes.Node] = [nodes.In(self.__node__, literals)] if len(literals) > 1 else []
        if len(literals) == 1:
            choices.append(nodes.Comparison("eq", self.__node__, literals[0]))
        if None in listed:
            choices.append(nodes.Comparison("eq", self.__node__, nodes.Literal(None)))
        return Predicate(nodes.junction("or", tuple(choices)))

    def asc(self) -> Order:
        """Order by this value, smallest first."""
        return Order(self.__node__)

    def desc(self) -> Order:
        """Order by this value, largest first."""
        return Order(self.__node__, descending=True)

    # Strings (OData 4.0 part 2, 5.1.1.5).

    def contains(self: Expr[str], text: str | Expr[str]) -> Predicate:
        """Select rows whose text contains ``text``."""
        return Predicate(self._call("contains", text).__node__)

    def startswith(self: Expr[str], text: str | Expr[str]) -> Predicate:
        """Select rows whose text starts with ``text``."""
        return Predicate(self._call("startswith", text).__node__)

    def endswith(self: Expr[str], text: str | Expr[str]) -> Predicate:
        """Select rows whose text ends with ``text``."""
        return Predicate(self._call("endswith", text).__node__)

    def tolower(self: Expr[str]) -> Expr[str]:
        """Give the text in lower case."""
        return self._call("tolower", kind=kinds.STRING)

    def toupper(self: Expr[str]) -> Expr[str]:
        """Give the text in upper case."""
        return self._call("toupper", kind=kinds.STRING)

    def trim(self: Expr[str]) -> Expr[str]:
        """Give the text without white space at its ends."""
        return self._call("trim", kind=kinds.STRING)

    def length(self: Expr[str]) -> Expr[int]:
        """Give the number of characters."""
        return self._call("length", kind=kinds.INTEGER)

    def indexof(self: Expr[str], text: str | Expr[str]) -> Expr[int]:
        """Give the zero-based place of ``text``, -1 where it is missing."""
        return self._call("indexof", text, kind=kinds.INTEGER)

    def substring(self: Expr[str], start: int, length: int | None = None) -> Expr[str]:
        """Give the text from the zero-based ``start`` on, ``length`` characters of it at most."""
        bounds = [kinds.INTEGER.check(bound, "substring") for bound in (start, length) if bound is not None]
        arguments = (self.__node__, *(nodes.Literal(bound) for bound in bounds))
        return Expr(nodes.Call("substring", arguments), kinds.STRING)

    def concat(self: Expr[str], text: str | Expr[str]) -> Expr[str]:
        """Give this text with ``text`` behind it."""
        return self._call("concat", text, kind=kinds.STRING)

    # Dates (5.1.1.7) and numbers (5.1.1.8).

    def year(self: Expr[Moment]) -> Expr[int]:
        """Give the year."""
        return self._call("year", kind=kinds.INTEGER)

    def month(self: Expr[Moment]) -> Expr[int]:
        """Give the month, 1 to 12."""
        return self._call("month", kind=kinds.INTEGER)

    def day(self: Expr[Moment]) -> Expr[int]:
        """Give the day of the month."""
        return self._call("day", kind=kinds.INTEGER)

    def hour(self: Expr[Moment]) -> Expr[int]:
        """Give the hour, 0 to 23."""
        return self._call("hour", kind=kinds.INTEGER)

    def minute(self: Expr[Moment]) -> Expr[int]:
        """Give the minute."""
        return self._call("minute", kind=kinds.INTEGER)

    def second(self: Expr[Moment]) -> Expr[int]:
        """Give the second."""
        return self._call("second", kind=kinds.INTEGER)

    def date(self: Expr[Moment]) -> Expr[dt.date]:
        """Give the day, to compare with a ``datetime.date``."""
        return self._call("date", kind=kinds.DATE)

    def time(self: Expr[Moment]) -> Expr[dt.time]:
        """Give the time of day, to compare with a ``datetime.time``."""
        return self._call("time", kind=kinds.TIME)

    def round(self: Expr[N]) -> Expr[N]:
        """Give the nearest whole number."""
        return self._call("round", kind=self.__kind__)

    def floor(self: Expr[N]) -> Expr[N]:
        """Give the whole number at or below."""
        return self._call("floor", kind=self.__kind__)

    def ceiling(self: Expr[N]) -> Expr[N]:
        """Give the whole number at or above."""
        return self._call("ceiling", kind=self.__kind__)

    @overload
    def __add__(self: Expr[N], other: N | Expr[N]) -> Expr[N]: ...
    @overload
    def __add__(self: Expr[Moment], other: dt.timedelta) -> Expr[Moment]: ...
    def __add__(self: Expr[Any], other: Any) -> Expr[Any]:
        return self._arithmetic("add", other)

    @overload
    def __sub__(self: Expr[N], other: N | Expr[N]) -> Expr[N]: ...
    @overload
    def __sub__(self: Expr[Moment], other: dt.timedelta) -> Expr[Moment]: ...
    @overload
    def __sub__(self: Expr[Moment], other: Moment | Expr[Moment]) -> Expr[dt.timedelta]: ...
    def __sub__(self: Expr[Any], other: Any) -> Expr[Any]:
        return self._arithmetic("sub", other)

    def __mul__(self: Expr[N], other: N | Expr[N]) -> Expr[N]:
        return self._arithmetic("mul", other)

    def __truediv__(self: Expr[N], other: N | Expr[N]) -> Expr[N]:
        return self._arithmetic("div", other)

    def __mod__(self: Expr[N], other: N | Expr[N]) -> Expr[N]:
        return self._arithmetic("mod", other)

    def __radd__(self: Expr[N], other: N) -> Expr[N]:
        return self._arithmetic("add", other, swapped=True)

    def __rsub__(self: Expr[N], other: N) -> Expr[N]:
        return self._arithmetic("sub", other, swapped=True)

    def __rmul__(self: Expr[N], other: N) -> Expr[N]:
        return self._arithmetic("mul", other, swapped=True)

    def __rtruediv__(self: Expr[N], other: N) -> Expr[N]:
        return self._arithmetic("div", other, swapped=True)

    def __rmod__(self: Expr[N], other: N) -> Expr[N]:
        return self._arithmetic("mod", other, swapped=True)

    def __and__(self: Expr[bool], other: Condition) -> Predicate:
        return Predicate(nodes.junction("and", (as_node(self), as_node(other))))

    def __or__(self: Expr[bool], other: Condition) -> Predicate:
        return Predicate(nodes.junction("or", (as_node(self), as_node(other))))

    def __invert__(self: Expr[bool]) -> Predicate:
        return Predicate(nodes.negation(as_node(self)))

    def __bool__(self) -> bool:
        raise QueryError(
            f"{self!r} has no value here, only on the server: compare it, as in Session.state == 'Available'"
        )

    def __str__(self) -> str:
        return text_of(self.__node__)

    def __repr__(self) -> str:
        return f"<Expr {self}>"

    def _compare(self, operator: nodes.ComparisonOperator, other: object) -> Predicate:
        value = nodes.Literal(None) if other is None else self._operand(other)
        return Predicate(nodes.Comparison(operator, self.__node__, value))

    def _order(self, operator: nodes.ComparisonOperator, other: object) -> Predicate:
        kind = self.__kind__
        if not kind.ordered:
            raise QueryError(f"{self} is {kind.name}, which has no order: use == or in_")
        value = self._operand(other)
        if kind.members and isinstance(value, nodes.Literal):
            value = nodes.Literal(nodes.Ordinal(value.value, kind.members.index(value.value)))
        return Predicate(nodes.Comparison(operator, self.__node__, value))

    def _operand(self, other: object, kind: Kind | None = None) -> nodes.Node:
        wanted = kind or self.__kind__
        if not isinstance(other, Expr):
            return nodes.Literal(wanted.check(other, self))
        if kinds.ANY not in (wanted, other.__kind__) and wanted.name != other.__kind__.name:
            raise QueryError(
                f"{self!r} is {wanted.name} and {other!r} {other.__kind__.name}: compare like with like"
            )
        return other.__node__

    def _value(self, value: object) -> Any:
        return None if value is None else self.__kind__.check(value, self)

    def _call(self, name: str, *arguments: object, kind: Kind = kinds.BOOLEAN) -> Expr[Any]:
        operands = tuple(self._operand(argument) for argument in arguments)
        return Expr(nodes.Call(name, (self.__node__, *operands)), kind)

    def _arithmetic(
        self, operator: nodes.ArithmeticOperator, other: object, *, swapped: bool = False
    ) -> Expr[Any]:
        of_instant = self.__kind__ == kinds.INSTANT
        span = of_instant and (isinstance(other, dt.timedelta) or _kind(other) == kinds.DURATION)
        operand = self._operand(other, kinds.DURATION if span else None)
        left, right = (operand, self.__node__) if swapped else (self.__node__, operand)
        kind = kinds.DURATION if of_instant and not span else self.__kind__
        return Expr(nodes.Arithmetic(operator, left, right), kind)


class OrderedExpr(Expr[T]):
    """An enum with an order: ``RobotLog.level >= "Error"``."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __lt__(self, other: T) -> Predicate: ...  # type: ignore[override]
        def __le__(self, other: T) -> Predicate: ...  # type: ignore[override]
        def __gt__(self, other: T) -> Predicate: ...  # type: ignore[override]
        def __ge__(self, other: T) -> Predicate: ...  # type: ignore[override]


Condition: TypeAlias = Predicate | Expr[bool]


def now() -> Expr[Moment]:
    """Give the server's current time, to compare or to count back from: ``now() - timedelta(hours=1)``."""
    return Expr(nodes.Call("now", ()), kinds.INSTANT)


def path(text: str) -> Expr[Any]:
    """Name a property that the schema does not know yet, such as ``path("Robot/NewProperty")``.

    Raises QueryError where the text is no property path in wire names.
    """
    segments = tuple(text.split("/"))
    if not all(_IDENTIFIER.fullmatch(segment) for segment in segments):
        raise QueryError(
            f"{text!r} is no property path: write wire names with / between them, such as Robot/Name"
        )
    return Expr(nodes.Path(None, segments))


def raw_filter(text: str) -> Predicate:
    """Take filter text as it is, for what the expressions cannot say; it is put in parentheses.

    Raises QueryError where quotes or parentheses do not match: such text would change the rest of the filter.
    """
    depth, parts = 0, _OUTSIDE_QUOTES.findall(text)
    for part in parts:
        depth += {"(": 1, ")": -1}.get(part, 0)
        if depth < 0:
            break
    if depth or "'" in parts or not text.strip():
        raise QueryError(f"raw_filter({text!r}) is not one whole condition: match its quotes and parentheses")
    return Predicate(nodes.Raw(text.strip()))


def _kind(value: object) -> Kind | None:
    return value.__kind__ if isinstance(value, Expr) else None
