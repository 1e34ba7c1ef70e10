"""Expressions: properties, and the functions and arithmetic of OData 4.0 over them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NewType, TypeVar, cast, overload

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.expr import edm_types as kinds
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.edm_types import Kind
from uipath_odata.odata.expr.predicate import Condition, Moment, Operand, Predicate, R_contra, as_node

__all__ = [
    "AnyPath",
    "Condition",
    "Expr",
    "Moment",
    "Order",
    "OrderedExpr",
    "Predicate",
    "as_node",
    "now",
    "path",
    "raw_filter",
]

T = TypeVar("T")
N = TypeVar("N", int, float, "int | float | Decimal")
S = TypeVar("S", int, float, "int | float | Decimal", dt.timedelta)
# OData ABNF, odataIdentifier.
_IDENTIFIER: Final = re.compile(r"[^\W\d]\w{0,127}")
_OUTSIDE_QUOTES: Final = re.compile(r"'(?:[^']|'')*'|[()']")


@attrs.frozen
class Order:
    """One term of ``order_by``."""

    node: nodes.Node
    descending: bool = False


class Expr(Operand[T, R_contra]):
    """A value that the server computes for each row: a property, or a function of one."""

    __slots__ = ()

    def asc(self) -> Order:
        """Order by this value, smallest first."""
        return Order(self.__node__)

    def desc(self) -> Order:
        """Order by this value, largest first."""
        return Order(self.__node__, descending=True)

    # Strings (OData 4.0 part 2, 5.1.1.5).

    def contains(self: Expr[str], text: str | Expr[str]) -> Predicate[R_contra]:
        """Select rows whose text contains ``text``."""
        return Predicate(self._of_text("contains", text).__node__)

    def startswith(self: Expr[str], text: str | Expr[str]) -> Predicate[R_contra]:
        """Select rows whose text starts with ``text``."""
        return Predicate(self._of_text("startswith", text).__node__)

    def endswith(self: Expr[str], text: str | Expr[str]) -> Predicate[R_contra]:
        """Select rows whose text ends with ``text``."""
        return Predicate(self._of_text("endswith", text).__node__)

    def tolower(self: Expr[str]) -> Expr[str, R_contra]:
        """Return the text in lower case."""
        return self._of_text("tolower")

    def toupper(self: Expr[str]) -> Expr[str, R_contra]:
        """Return the text in upper case."""
        return self._of_text("toupper")

    def trim(self: Expr[str]) -> Expr[str, R_contra]:
        """Return the text without white space at its ends."""
        return self._of_text("trim")

    def length(self: Expr[str]) -> Expr[int, R_contra]:
        """Return the number of characters."""
        return self._of_text("length", gives=kinds.INTEGER)

    def indexof(self: Expr[str], text: str | Expr[str]) -> Expr[int, R_contra]:
        """Return the zero-based place of ``text``, -1 where it is missing."""
        return self._of_text("indexof", text, gives=kinds.INTEGER)

    def substring(self: Expr[str], start: int, length: int | None = None) -> Expr[str, R_contra]:
        """Return the text from the zero-based ``start`` on, ``length`` characters of it at most."""
        bounds = (start,) if length is None else (start, length)
        return self._of_text("substring", *bounds, takes=kinds.INTEGER)

    def concat(self: Expr[str], text: str | Expr[str]) -> Expr[str, R_contra]:
        """Return this text with ``text`` after it."""
        return self._of_text("concat", text)

    # Dates (5.1.1.7) and numbers (5.1.1.8).

    def year(self: Expr[Moment]) -> Expr[int, R_contra]:
        """Return the year."""
        return self._of_moment("year")

    def month(self: Expr[Moment]) -> Expr[int, R_contra]:
        """Return the month, 1 to 12."""
        return self._of_moment("month")

    def day(self: Expr[Moment]) -> Expr[int, R_contra]:
        """Return the day of the month."""
        return self._of_moment("day")

    def hour(self: Expr[Moment]) -> Expr[int, R_contra]:
        """Return the hour, 0 to 23."""
        return self._of_moment("hour")

    def minute(self: Expr[Moment]) -> Expr[int, R_contra]:
        """Return the minute."""
        return self._of_moment("minute")

    def second(self: Expr[Moment]) -> Expr[int, R_contra]:
        """Return the second."""
        return self._of_moment("second")

    def date(self: Expr[Moment]) -> Expr[dt.date, R_contra]:
        """Return the day, to compare with a ``datetime.date``."""
        return self._of_moment("date", kinds.DATE)

    def time(self: Expr[Moment]) -> Expr[dt.time, R_contra]:
        """Return the time of day, to compare with a ``datetime.time``."""
        return self._of_moment("time", kinds.TIME)

    def round(self: Expr[N]) -> Expr[N, R_contra]:
        """Return the nearest whole number."""
        return self._of_number("round")

    def floor(self: Expr[N]) -> Expr[N, R_contra]:
        """Return the whole number at or below."""
        return self._of_number("floor")

    def ceiling(self: Expr[N]) -> Expr[N, R_contra]:
        """Return the whole number at or above."""
        return self._of_number("ceiling")

    # Arithmetic (5.1.1.2).

    @overload
    def __add__(self: Expr[S], other: S | Expr[S]) -> Expr[S, R_contra]: ...
    @overload
    def __add__(self: Expr[Moment], other: dt.timedelta | Expr[dt.timedelta]) -> Expr[Moment, R_contra]: ...
    def __add__(self: Expr[Any], other: Any) -> Expr[Any, R_contra]:
        return self._arithmetic("add", other)

    @overload
    def __sub__(self: Expr[S], other: S | Expr[S]) -> Expr[S, R_contra]: ...
    @overload
    def __sub__(self: Expr[Moment], other: dt.timedelta | Expr[dt.timedelta]) -> Expr[Moment, R_contra]: ...
    @overload
    def __sub__(self: Expr[Moment], other: Moment | Expr[Moment]) -> Expr[dt.timedelta, R_contra]: ...
    def __sub__(self: Expr[Any], other: Any) -> Expr[Any, R_contra]:
        return self._arithmetic("sub", other)

    def __mul__(self: Expr[N], other: N | Expr[N]) -> Expr[N, R_contra]:
        return self._arithmetic("mul", other)

    def __truediv__(self: Expr[N], other: N | Expr[N]) -> Expr[N, R_contra]:
        return self._arithmetic("div", other)

    def __mod__(self: Expr[N], other: N | Expr[N]) -> Expr[N, R_contra]:
        return self._arithmetic("mod", other)

    def __radd__(self: Expr[N], other: N) -> Expr[N, R_contra]:
        return self._arithmetic("add", other, swapped=True)

    def __rsub__(self: Expr[N], other: N) -> Expr[N, R_contra]:
        return self._arithmetic("sub", other, swapped=True)

    def __rmul__(self: Expr[N], other: N) -> Expr[N, R_contra]:
        return self._arithmetic("mul", other, swapped=True)

    def __rtruediv__(self: Expr[N], other: N) -> Expr[N, R_contra]:
        return self._arithmetic("div", other, swapped=True)

    def __rmod__(self: Expr[N], other: N) -> Expr[N, R_contra]:
        return self._arithmetic("mod", other, swapped=True)

    def _of_text(
        self, name: str, *arguments: object, takes: Kind = kinds.STRING, gives: Kind = kinds.STRING
    ) -> Expr[Any, R_contra]:
        self._must_be(name, kinds.STRING)
        operands = (self._operand(argument, takes) for argument in arguments)
        return Expr(nodes.Call(name, (self.__node__, *operands)), gives)

    def _of_moment(self, name: str, gives: Kind = kinds.INTEGER) -> Expr[Any, R_contra]:
        self._must_be(name, kinds.INSTANT)
        return Expr(nodes.Call(name, (self.__node__,)), gives)

    def _of_number(self, name: str) -> Expr[Any, R_contra]:
        self._must_be(name, *_NUMBERS)
        return Expr(nodes.Call(name, (self.__node__,)), self.__kind__)

    def _must_be(self, name: str, *takes: Kind) -> None:
        if self.__kind__ not in (*takes, kinds.ANY):
            listed = " and ".join(kind.name for kind in takes)
            raise QueryError(f"{self} is {self.__kind__.name} and has no {name}: that is for {listed}")

    def _arithmetic(
        self, operator: nodes.ArithmeticOperator, other: object, *, swapped: bool = False
    ) -> Expr[Any, R_contra]:
        kind = self.__kind__
        self._must_be(operator, *_COMPUTES.get(operator, _NUMBERS))
        shifted = kind is kinds.INSTANT and not swapped and (operator == "add" or _is_duration(other))
        operand = self._operand(other, kinds.DURATION if shifted else kind)
        left, right = (operand, self.__node__) if swapped else (self.__node__, operand)
        spanned = kind is kinds.INSTANT and not shifted
        return Expr(nodes.Arithmetic(operator, left, right), kinds.DURATION if spanned else kind)


_NUMBERS: Final = (kinds.INTEGER, kinds.NUMBER)
_SPANS: Final = (*_NUMBERS, kinds.DURATION, kinds.INSTANT)
_COMPUTES: Final[Mapping[str, tuple[Kind, ...]]] = {"add": _SPANS, "sub": _SPANS}


def _is_duration(value: object) -> bool:
    return isinstance(value, dt.timedelta) or getattr(value, "__kind__", None) is kinds.DURATION


class OrderedExpr(Expr[T, R_contra]):
    """An enum with an order: ``RobotLog.level >= "Error"``."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __lt__(self, other: T) -> Predicate[R_contra]: ...  # type: ignore[override]  # as Operand compares
        def __le__(self, other: T) -> Predicate[R_contra]: ...  # type: ignore[override]  # as Operand compares
        def __gt__(self, other: T) -> Predicate[R_contra]: ...  # type: ignore[override]  # as Operand compares
        def __ge__(self, other: T) -> Predicate[R_contra]: ...  # type: ignore[override]  # as Operand compares


def now() -> Expr[Moment, object]:
    """Return the server's current time, to compare or to count back from: ``now() - timedelta(hours=1)``."""
    return Expr(nodes.Call("now", ()), kinds.INSTANT)


AnyPath = NewType("AnyPath", Expr[Any, object])
"""A path that the schema does not know: it may hold a value or an entity."""


def path(text: str) -> AnyPath:
    """Name a property that the schema does not know yet, such as ``path("Robot/NewProperty")``.

    Raises QueryError where the text is not a property path in wire names.
    """
    segments = tuple(text.split("/")) if isinstance(cast("object", text), str) else ("",)
    if not all(_IDENTIFIER.fullmatch(segment) for segment in segments):
        raise QueryError(
            f"{text!r} is not a property path: write wire names with / between them, such as Robot/Name"
        )
    return AnyPath(Expr(nodes.Path(None, segments)))


def raw_filter(text: str) -> Predicate[object]:
    """Take filter text as it is, for what the expressions cannot say; it is put in parentheses.

    Raises QueryError where quotes or parentheses do not match: such text would change the rest of the filter.
    """
    if not isinstance(cast("object", text), str):
        raise QueryError(
            f"raw_filter takes text, not {type(text).__name__}: write raw_filter(\"Name eq 'x'\")"
        )
    if not text.strip():
        raise QueryError(f"raw_filter({text!r}) is empty: write a condition, or leave the filter out")
    depth, parts = 0, _OUTSIDE_QUOTES.findall(text)
    for part in parts:
        depth += {"(": 1, ")": -1}.get(part, 0)
        if depth < 0:
            break
    if depth or "'" in parts:
        raise QueryError(f"raw_filter({text!r}) is not one whole condition: match its quotes and parentheses")
    return Predicate(nodes.Raw(text.strip()))
