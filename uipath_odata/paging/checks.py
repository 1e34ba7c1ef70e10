"""What a row can show against the request that brought it: a server may ignore a filter, an order or a bound.

Only what every honest server answers alike is compared: integers, booleans, GUIDs, the names of enums and, give or take
a second, date-times, of properties that the row shows as its own. Texts are never compared (databases hold ae for æ, and
ignore case and blanks at the end), nor fractions, nor what a row leaves out; nor is null held against ``ne`` or ``not``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias
from uuid import UUID

import attrs

from uipath_odata.errors import OrderViolation
from uipath_odata.odata.entity import Entity, Member, Ordered, Property, Timestamp, by_wire
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.query import Query
from uipath_odata.odata.rows.json_body import int64, whole_row
from uipath_odata.odata.rows.raw_row import RawRow
from uipath_odata.paging.plan import Row

__all__ = ["AnswerCheck", "checked_properties", "is_comparable", "refuse_equal_ids", "whole_text"]

_Values: TypeAlias = Mapping[str, Any]
_Verdict: TypeAlias = Callable[[_Values], bool | None]
"""Whether a row with these values meets a condition; None: they do not tell."""

_UNKNOWN: Final = object()
_NULL: Final = object()
_TICKS: Final = 10  # of a microsecond
_SECOND: Final = 1_000_000 * _TICKS  # that two servers' date-times may differ by
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_BEGINNING: Final = dt.datetime.min.replace(tzinfo=dt.UTC)


@attrs.frozen
class AnswerCheck:
    """Hold rows against the filter and the order that were asked for; ``of`` a query that asks for none never raises."""

    conditions: tuple[_Condition, ...] = ()
    order: _Order | None = None

    @classmethod
    def of(cls, query: Query[Any]) -> AnswerCheck:
        """Return what the rows of a query can show."""
        if query.is_bare:
            return cls()
        found = (_condition_of(each, query) for each in nodes.conjuncts(query.condition))
        return cls(tuple(each for each in found if each is not None), _order_of(query))

    def __call__(self, rows: Sequence[Row]) -> None:
        """Raise OrderViolation for a row that the request cannot have brought."""
        for condition in self.conditions:
            condition.check(rows)
        if self.order is not None:
            self.order.check(rows)


def checked_properties(query: Query[Any]) -> tuple[str, ...]:
    """Return the properties that rows are compared by, which their reader must read."""
    check = AnswerCheck.of(query)
    names = [name for each in check.conditions for name in each.names]
    return tuple(dict.fromkeys((*names, *((check.order.name,) if check.order else ()))))


def is_comparable(operand: nodes.Node, query: Query[Any]) -> bool:
    """Tell whether all servers compare this property alike, and its rows show it."""
    return _kind_of(operand, query) not in {None, _ticks}


def refuse_equal_ids(rows: Sequence[Row]) -> None:
    """Raise OrderViolation for an integer Id that comes twice in one answer, where Ids are unique."""
    ids = [each for row in rows if (each := int64(row.get("Id"))) is not None]
    if len(set(ids)) < len(ids):
        again = next(each for each in ids if ids.count(each) > 1)
        raise OrderViolation(
            f"The server sent the Id {again} twice in one answer: narrow the filter, or ask its administrator why"
        )


def whole_text(row: Row) -> str:
    """Return all that a row shows, alike for rows that are alike."""
    return repr(sorted(whole_row(row).items()))


@attrs.frozen
class _Condition:
    """One condition that all rows must meet."""

    names: tuple[str, ...]
    verdict: _Verdict

    def check(self, rows: Sequence[Row]) -> None:
        names, verdict = self.names, self.verdict
        # A page has few distinct values, and each is judged once.
        try:
            distinct = {tuple([row.get(name, _UNKNOWN) for name in names]) for row in rows}
        except TypeError:  # a list or an object, which says nothing
            return
        # Of a row as sent, null may stand for what is missing.
        null = _UNKNOWN if rows and isinstance(rows[0], RawRow) else _NULL
        for shown in distinct:
            values = {
                name: null if value is None else value for name, value in zip(names, shown, strict=True)
            }
            if verdict(values) is False:
                told = ", ".join(f"{name} {value!r}" for name, value in zip(names, shown, strict=True))
                raise OrderViolation(
                    f"The server ignores the filter: a row came with {told}, which was not asked for: "
                    "leave the condition out and compare the rows yourself, or ask the server's administrator"
                )


@attrs.frozen
class _Order:
    """The property that rows rise or fall by."""

    name: str
    descending: bool
    key: Callable[[Any], Any]
    slack: int

    def check(self, rows: Sequence[Row]) -> None:
        """Raise OrderViolation where two rows come the wrong way round, null left aside."""
        keys = [key for row in rows if (key := self.key(row.get(self.name))) is not _UNKNOWN]
        keys = [-key for key in keys] if self.descending else keys
        if any(after < before - self.slack for before, after in itertools.pairwise(keys)):
            raise OrderViolation(
                f"The server ignores $orderby: rows came out of order of {self.name}: leave order_by out and sort the rows"
            )


def _condition_of(node: nodes.Node, query: Query[Any]) -> _Condition | None:
    names: dict[str, None] = {}
    verdict = _verdict(node, query, names)
    return None if verdict is None else _Condition(tuple(names), verdict)


def _verdict(node: nodes.Node, query: Query[Any], names: dict[str, None]) -> _Verdict | None:
    """Return how to judge a condition by what rows show; None where they show too little of it."""
    verdict: _Verdict | None = None
    match node:
        case nodes.Junction(operator, operands):
            verdict = _joined(operator, [_verdict(each, query, names) for each in operands])
        case nodes.Not(operand):
            verdict = _not(_verdict(operand, query, names))
        case nodes.In(operand, values):
            verdict = _equality(operand, values, query, names)
        case nodes.Comparison("eq", nodes.Literal() as value, operand):
            verdict = _equality(operand, (value,), query, names)
        case nodes.Comparison("eq", operand, nodes.Literal() as value):
            verdict = _equality(operand, (value,), query, names)
        case nodes.Comparison("ne", operand, nodes.Literal() as value) if value.value is not None:
            verdict = _not(_equality(operand, (value,), query, names, null=None))
        case nodes.Comparison(operator, operand, nodes.Literal(value)) if operator in _COMPARED:
            verdict = _comparison(operator, operand, value, query, names)
        case _:
            pass
    return verdict


def _joined(operator: nodes.JunctionOperator, verdicts: list[_Verdict | None]) -> _Verdict | None:
    known = [each for each in verdicts if each is not None]
    is_whole = len(known) == len(verdicts)
    if operator == "and":
        return _all(known, is_whole=is_whole) if known else None
    return _any(known) if is_whole else None


def _all(verdicts: list[_Verdict], *, is_whole: bool) -> _Verdict:
    def verdict(values: _Values) -> bool | None:
        told = [each(values) for each in verdicts]
        return False if False in told else None if None in told or not is_whole else True

    return verdict


def _any(verdicts: list[_Verdict]) -> _Verdict:
    def verdict(values: _Values) -> bool | None:
        told = [each(values) for each in verdicts]
        return True if True in told else None if None in told else False

    return verdict


def _not(verdict: _Verdict | None) -> _Verdict | None:
    if verdict is None:
        return None

    def opposite(values: _Values) -> bool | None:
        told = verdict(values)
        return None if told is None else not told

    return opposite


def _equality(
    operand: nodes.Node,
    literals: tuple[nodes.Literal, ...],
    query: Query[Any],
    names: dict[str, None],
    *,
    null: bool | None = False,
) -> _Verdict | None:
    """Judge ``eq`` and ``in``; ``null`` is what a row without a value comes to where null is not asked for."""
    key = _kind_of(operand, query)
    wanted = {None if each.value is None else key(each.value) for each in literals} if key else {_UNKNOWN}
    if key is None or _UNKNOWN in wanted:
        return None
    slack = _slack_of(key)
    name = _name(operand)
    names[name] = None
    for_null = None if None in wanted else null

    def verdict(values: _Values) -> bool | None:
        value = values[name]
        if value is _NULL:
            return for_null
        shown = key(value)
        if shown is _UNKNOWN or (slack and any(abs(shown - each) <= slack for each in wanted - {None})):
            return None
        return shown in wanted

    return verdict


_COMPARED: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "gt": lambda shown, bound: shown > bound,
    "ge": lambda shown, bound: shown >= bound,
    "lt": lambda shown, bound: shown < bound,
    "le": lambda shown, bound: shown <= bound,
}


def _comparison(
    operator: str, operand: nodes.Node, value: Any, query: Query[Any], names: dict[str, None]
) -> _Verdict | None:
    key, compare = _kind_of(operand, query), _COMPARED[operator]
    if key not in {_integer, _ticks} or key is None:
        return None
    bound = key(value)
    if bound is _UNKNOWN:
        return None
    slack = _slack_of(key)
    name = _name(operand)
    names[name] = None

    def verdict(values: _Values) -> bool | None:
        shown = key(values[name])
        if shown is _UNKNOWN:
            return None
        meets = compare(shown - slack, bound)
        return meets if meets == compare(shown + slack, bound) else None

    return verdict


def _name(operand: nodes.Node) -> str:
    return operand.segments[0] if isinstance(operand, nodes.Path) else ""


def _kind_of(operand: nodes.Node, query: Query[Any]) -> Callable[[Any], Any] | None:
    """Return how the values of a property are compared; None if servers differ in it, or rows do not show it."""
    member = _member(query, operand)
    if member is None or _shape(member) not in {Property, Ordered}:
        return _ticks if member is not None and _shape(member) is Timestamp else None
    if typing.get_origin(member.argument) is typing.Literal:
        return _enum
    argument: Any = member.argument
    return _KINDS.get(argument)


def _member(query: Query[Any], node: nodes.Node) -> Member | None:
    """Return the property that a path names, if it is the entity's own and each row shows it."""
    if not isinstance(node, nodes.Path) or len(node.segments) != 1:
        return None
    name = node.segments[0]
    if query.selection and name not in {path.segments[0] for path in query.selection}:
        return None
    entity: type[Entity] = query.entity
    return by_wire(entity).get(name)


def _shape(member: Member) -> Any:
    return typing.get_origin(member.annotation) or member.annotation


def _integer(value: Any) -> Any:
    number = int64(value)
    return _UNKNOWN if number is None else number


def _boolean(value: Any) -> Any:
    return value if isinstance(value, bool) else _UNKNOWN


def _guid(value: Any) -> Any:
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (ValueError, TypeError, AttributeError):
        return _UNKNOWN


def _enum(value: Any) -> Any:
    # Some servers show a number, which does not tell the name.
    is_name = isinstance(value, str) and not value.lstrip("-").isdecimal()
    return value.casefold() if is_name else _UNKNOWN


def _ticks(value: Any) -> Any:
    """Read a date-time, to the microsecond: five times as fast as to the tick."""
    try:
        moment = dt.datetime.fromisoformat(str(value) if isinstance(value, str | Instant) else "")
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return (aware - _BEGINNING) // _MICROSECOND * _TICKS
    except (ValueError, OverflowError):
        return _UNKNOWN


def _slack_of(key: Callable[[Any], Any]) -> int:
    return _SECOND if key is _ticks else 0


def _order_of(query: Query[Any]) -> _Order | None:
    """Return the order that rows must come in, where its first property is an integer or a date-time of their own."""
    first = query.order[0] if query.order else None
    member = None if first is None else _member(query, first.node)
    if first is None or member is None:
        return None
    if _shape(member) is Timestamp:
        return _Order(member.wire, first.descending, _ticks, _SECOND)
    is_integer = _shape(member) is Property and member.argument is int
    return _Order(member.wire, first.descending, _integer, 0) if is_integer else None


_KINDS: Final[Mapping[Any, Callable[[Any], Any]]] = {int: _integer, bool: _boolean, UUID: _guid}
