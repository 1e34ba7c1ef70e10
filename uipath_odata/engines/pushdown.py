"""Which comparisons of an engine may become a ``$filter`` without losing a row that the engine wants.

The engine compares again what comes, so that the filter need only let enough through. A database may ignore case and
trailing spaces, and so finds at least as many equal texts as the engine: texts are compared for equality only, never for
inequality. An engine sees date-times cut to microseconds: bounds are widened to milliseconds, which also covers servers
that cut the moments of a filter.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

from uipath_odata.errors import QueryError
from uipath_odata.export.formats.shape import ColumnKind, Shape
from uipath_odata.odata.entity import Entity, by_wire
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.query import Query

__all__ = ["ColumnComparison", "Operator", "filter_text"]

Operator: TypeAlias = Literal[
    "==", "!=", "<", "<=", ">", ">=", "in", "is null", "startswith", "endswith", "contains"
]

_MOST: Final = 40
"""Comparisons: of the 100 in a request, the query and its plan need some, too."""
_MOST_VALUES: Final = 15
_MICROSECOND: Final = 10
_MILLISECOND: Final = 10_000
# RobotLogs lie in a text index, where functions and long texts mean other things than in SQL.
_EQUAL_IN_LOGS: Final = frozenset({"TimeStamp", "RobotName", "JobKey", "MachineId", "Level", "ProcessName"})
_EQUAL: Final = frozenset({"==", "in"})
_ALLOWED: Final[Mapping[ColumnKind, frozenset[str]]] = {
    "text": _EQUAL | {"is null", "startswith", "endswith", "contains"},
    "enum": _EQUAL | {"is null"},
    "boolean": _EQUAL | {"!=", "is null"},
    "integer": _EQUAL | {"!=", "<", "<=", ">", ">=", "is null"},
    "timestamp": frozenset({"==", "<", "<=", ">", ">="}),
}
_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "is null": operator.eq,
    "in": lambda expression, values: expression.in_(values),
    "startswith": lambda expression, text: expression.startswith(text),
    "endswith": lambda expression, text: expression.endswith(text),
    "contains": lambda expression, text: expression.contains(text),
}  # fmt: skip


class ColumnComparison(NamedTuple):
    """One column compared with a value; ``in`` takes several, ``is null`` none."""

    column: str
    operator: Operator
    value: Any = None


def filter_text(entity: type[Entity], comparisons: Iterable[ColumnComparison]) -> str | None:
    """Return what of these comparisons, all of which hold, may go to Orchestrator; None if nothing may."""
    kinds: dict[str, ColumnKind] = {column.name: column.kind for column in Shape.of(Query(entity)).columns}
    predicates: list[Any] = []
    room = _MOST
    for each in comparisons:
        size = len(each.value) if each.operator == "in" else 2
        if size > room or not _may(entity, each, kinds.get(each.column)):
            continue
        try:
            predicates += _predicates(entity, each, kinds[each.column])
        except (QueryError, ValueError, OverflowError):  # a value that this property cannot have
            continue
        room -= size
    return Query(entity).filter(*predicates).options["$filter"] if predicates else None


def _may(entity: type[Entity], asked: ColumnComparison, kind: ColumnKind | None) -> bool:
    if asked.operator == "in" and not 0 < len(asked.value) <= _MOST_VALUES:
        return False
    if entity.__name__ == "RobotLog":
        in_index = asked.operator in _EQUAL or asked.column == "TimeStamp"
        if asked.column not in _EQUAL_IN_LOGS or not in_index:
            return False
    return kind is not None and asked.operator in _ALLOWED.get(kind, frozenset())


def _predicates(entity: type[Entity], asked: ColumnComparison, kind: ColumnKind) -> list[Any]:
    member = by_wire(entity)[asked.column]
    expression = getattr(entity, member.name)
    if kind == "timestamp":
        return _within(expression, asked.operator, asked.value)
    values = asked.value if asked.operator == "in" else [asked.value]
    if member.argument is UUID:
        if asked.operator not in _EQUAL:
            return []
        values = [UUID(value) for value in values]
    return [_COMPARE[asked.operator](expression, [*values] if asked.operator == "in" else values[0])]


def _within(expression: Any, asked: str, moment: dt.datetime) -> list[Any]:
    ticks = Instant.from_datetime(moment).ticks
    lowest = ticks // _MILLISECOND * _MILLISECOND
    # What an engine sees as this microsecond has up to nine more ticks.
    above = ticks if asked == "<" else ticks + _MICROSECOND
    highest = -(-above // _MILLISECOND) * _MILLISECOND
    least = [] if asked in {"<", "<="} else [expression >= Instant(lowest)]
    return least if asked in {">", ">="} else [*least, expression < Instant(highest)]
