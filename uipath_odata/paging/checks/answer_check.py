"""Check the rows of an answer against the filter and the order of their request."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from uipath_odata.errors import OrderViolation
from uipath_odata.odata.entity import Property, Timestamp
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.query import Query, is_bare
from uipath_odata.odata.rows.json_body import column_of, int64, whole_row
from uipath_odata.odata.rows.raw_row import RawRow
from uipath_odata.paging.checks.comparable import (
    NULL,
    SECOND,
    UNKNOWN,
    as_integer,
    as_ticks,
    key_of,
    shape_of,
    shown_member,
)
from uipath_odata.paging.checks.verdict import COMPARED, Verdict, verdict_of
from uipath_odata.paging.plan import Row

__all__ = ["AnswerCheck", "checked_properties", "refuse_equal_ids", "whole_text"]


@attrs.frozen
class AnswerCheck:
    """Hold rows against the filter and the order that were asked for; ``of`` a query that asks for none never raises."""

    conditions: tuple[_Condition, ...] = ()
    order: _Order | None = None

    @classmethod
    def of(cls, query: Query[Any]) -> AnswerCheck:
        """Return what the rows of a query can show."""
        if is_bare(query):
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


def refuse_equal_ids(rows: Sequence[Row]) -> None:
    """Raise OrderViolation for an integer Id that comes twice in one answer, where Ids are unique."""
    ids = [each for each in map(int64, column_of(rows, "Id")) if each is not None]
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
    verdict: Verdict
    is_interval: bool = False
    """Whether it is one bound of a date-time, which all rows keep if the earliest and the latest do."""

    def check(self, rows: Sequence[Row]) -> None:
        names, verdict = self.names, self.verdict
        columns = [column_of(rows, name, UNKNOWN) for name in names]
        # A page has few distinct values, and each is judged once.
        try:
            distinct = _extremes(columns[0]) if self.is_interval else {*zip(*columns, strict=True)}
        except TypeError:  # a list or an object, which says nothing
            return
        # Of a row as sent, null may stand for what is missing.
        null = UNKNOWN if rows and isinstance(rows[0], RawRow) else NULL
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
        column = column_of(rows, self.name)
        if self.key is as_ticks and _is_sorted(column, descending=self.descending):
            return
        keys = [key for key in map(self.key, column) if key is not UNKNOWN]
        keys = [-key for key in keys] if self.descending else keys
        if any(after < before - self.slack for before, after in itertools.pairwise(keys)):
            raise OrderViolation(
                f"The server ignores $orderby: rows came out of order of {self.name}: leave order_by out and sort the rows"
            )


def _condition_of(node: nodes.Node, query: Query[Any]) -> _Condition | None:
    names: dict[str, None] = {}
    verdict = verdict_of(node, query, names)
    if verdict is None:
        return None
    match node:
        case nodes.Comparison(operator, operand, _):
            is_interval = operator in COMPARED and key_of(operand, query) is as_ticks
        case _:
            is_interval = False
    return _Condition(tuple(names), verdict, is_interval)


# A server writes its date-times in one zone, so that their texts sort as they do, give or take a part of a second.
def _extremes(column: Sequence[Any]) -> set[tuple[Any, ...]]:
    """Return the earliest and the latest of date-times."""
    are_texts = {*map(type, column)} == {str}
    texts = column if are_texts else [each for each in column if isinstance(each, str)]
    return {(min(texts),), (max(texts),)} if texts else set()


def _is_sorted(column: Sequence[Any], *, descending: bool) -> bool:
    """Tell whether these are texts of date-times that rise, or fall."""
    return {*map(type, column)} == {str} and [*column] == sorted(column, reverse=descending)


def _order_of(query: Query[Any]) -> _Order | None:
    """Return the order that rows must come in, where its first property is an integer or a date-time of their own."""
    first = query.order[0] if query.order else None
    member = None if first is None else shown_member(query, first.node)
    if first is None or member is None:
        return None
    if shape_of(member) is Timestamp:
        return _Order(member.wire, first.descending, as_ticks, SECOND)
    is_integer = shape_of(member) is Property and member.argument is int
    return _Order(member.wire, first.descending, as_integer, 0) if is_integer else None
