"""Evaluate a condition on the values that a row shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from uipath_odata.odata.expr import nodes
from uipath_odata.odata.query import Query
from uipath_odata.paging.checks.comparable import (
    NULL,
    UNKNOWN,
    as_integer,
    as_ticks,
    key_of,
    name_of,
    slack_of,
)

__all__ = ["COMPARED", "Verdict", "verdict_of"]

Shown: TypeAlias = Mapping[str, Any]
Verdict: TypeAlias = Callable[[Shown], bool | None]
"""Whether a row with these values meets a condition; None: they do not tell."""


def verdict_of(node: nodes.Node, query: Query[Any], names: dict[str, None]) -> Verdict | None:
    """Return how to judge a condition by what rows show; None where they show too little of it."""
    verdict: Verdict | None = None
    match node:
        case nodes.Junction(operator, operands):
            verdict = _joined(operator, [verdict_of(each, query, names) for each in operands])
        case nodes.Not(operand):
            verdict = _not(verdict_of(operand, query, names))
        case nodes.In(operand, values):
            verdict = _equality(operand, values, query, names)
        case nodes.Comparison("eq", nodes.Literal() as value, operand):
            verdict = _equality(operand, (value,), query, names)
        case nodes.Comparison("eq", operand, nodes.Literal() as value):
            verdict = _equality(operand, (value,), query, names)
        case nodes.Comparison("ne", operand, nodes.Literal() as value) if value.value is not None:
            verdict = _not(_equality(operand, (value,), query, names, null=None))
        case nodes.Comparison(operator, operand, nodes.Literal(value)) if operator in COMPARED:
            verdict = _comparison(operator, operand, value, query, names)
        case _:
            pass
    return verdict


def _joined(operator: nodes.JunctionOperator, verdicts: list[Verdict | None]) -> Verdict | None:
    known = [each for each in verdicts if each is not None]
    is_whole = len(known) == len(verdicts)
    if operator == "and":
        return _all(known, is_whole=is_whole) if known else None
    return _any(known) if is_whole else None


def _all(verdicts: list[Verdict], *, is_whole: bool) -> Verdict:
    def verdict(values: Shown) -> bool | None:
        told = [each(values) for each in verdicts]
        return False if False in told else None if None in told or not is_whole else True

    return verdict


def _any(verdicts: list[Verdict]) -> Verdict:
    def verdict(values: Shown) -> bool | None:
        told = [each(values) for each in verdicts]
        return True if True in told else None if None in told else False

    return verdict


def _not(verdict: Verdict | None) -> Verdict | None:
    if verdict is None:
        return None

    def opposite(values: Shown) -> bool | None:
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
) -> Verdict | None:
    """Judge ``eq`` and ``in``; ``null`` is what a row without a value comes to where null is not asked for."""
    key = key_of(operand, query)
    wanted = {None if each.value is None else key(each.value) for each in literals} if key else {UNKNOWN}
    if key is None or UNKNOWN in wanted:
        return None
    slack = slack_of(key)
    name = name_of(operand)
    names[name] = None
    for_null = None if None in wanted else null

    def verdict(values: Shown) -> bool | None:
        value = values[name]
        if value is NULL:
            return for_null
        shown = key(value)
        if shown is UNKNOWN or (slack and any(abs(shown - each) <= slack for each in wanted - {None})):
            return None
        return shown in wanted

    return verdict


COMPARED: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "gt": lambda shown, bound: shown > bound,
    "ge": lambda shown, bound: shown >= bound,
    "lt": lambda shown, bound: shown < bound,
    "le": lambda shown, bound: shown <= bound,
}


def _comparison(
    operator: str, operand: nodes.Node, value: Any, query: Query[Any], names: dict[str, None]
) -> Verdict | None:
    key, compare = key_of(operand, query), COMPARED[operator]
    if key not in {as_integer, as_ticks} or key is None:
        return None
    bound = key(value)
    if bound is UNKNOWN:
        return None
    slack = slack_of(key)
    name = name_of(operand)
    names[name] = None

    def verdict(values: Shown) -> bool | None:
        shown = key(values[name])
        if shown is UNKNOWN:
            return None
        meets = compare(shown - slack, bound)
        return meets if meets == compare(shown + slack, bound) else None

    return verdict
