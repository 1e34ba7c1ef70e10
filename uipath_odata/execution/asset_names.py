"""Filters on the name of an asset: a server applies them too widely.

UiPath documents, for all editions up to November 2024, that ``Name eq 'x'`` answers the assets whose names or
descriptions contain x: taken as they come, their first row may be another asset, with another value.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import path
from uipath_odata.odata.parse import syntax
from uipath_odata.odata.query import Query
from uipath_odata.paging.narrowed import NarrowedPlan
from uipath_odata.paging.plan import Plan, Row

__all__ = ["meets_by_name", "narrowed", "read_widely"]

_NAME: Final = "Name"
_DEEPEST: Final = 100
_UNKNOWN: Final = nodes.Call("", ())
_DOUBT: Final = (
    "where names are excluded, the server also leaves out assets whose name only contains the one given"
)
_WHAT: Final = "assets whose name only contains the one asked for (Orchestrator reads Name eq as contains)"


def read_widely(query: Query[Any]) -> Query[Any] | None:
    """Return the query of assets that is read so that its rows can be narrowed; None where the filter is as it is written.

    It has no bounds, which hold for the rows that are left, and it selects the name.
    """
    if not _is_by_name(query.condition):
        return None
    widely = attrs.evolve(query, limit=None, offset=None)
    selects = [place.segments for place in query.selection if len(place.segments) == 1]
    return widely.select(path(_NAME)) if selects and (_NAME,) not in selects else widely


def narrowed(plan: Plan, query: Query[Any], widely: Query[Any]) -> Plan:
    """Return the plan whose rows are those of the filter as it is written."""
    return NarrowedPlan(
        plan,
        functools.partial(meets_by_name, query.condition),
        _WHAT,
        selected=() if widely.selection == query.selection else (_NAME,),
        offset=query.offset or 0,
        limit=query.limit,
        doubt=_DOUBT if _is_negated(query.condition) else "",
    )


def meets_by_name(condition: nodes.Node, row: Row) -> bool:
    """Return whether a row that was read widely meets the condition as it is written, as far as its name tells."""
    return _truth(condition, row) is not False


def _is_by_name(condition: nodes.Node) -> bool:
    return any(
        (isinstance(node, nodes.Comparison) and node.operator == "eq" and _names(node) is not None)
        or (isinstance(node, nodes.In) and _is_name(node.operand))
        or (isinstance(node, nodes.Raw) and _is_by_name(_tree_of(node.text)))
        for node in nodes.walk(condition)
    )


def _is_negated(condition: nodes.Node) -> bool:
    return any(
        (isinstance(node, nodes.Not) and _is_by_name(node.operand))
        or (isinstance(node, nodes.Raw) and _is_negated(_tree_of(node.text)))
        for node in nodes.walk(condition)
    )


def _truth(node: nodes.Node, row: Row) -> bool | None:
    """Return whether a row meets a condition, as far as its name tells; None: only the server knows."""
    read = _TRUTHS.get(type(node))
    return read(node, row) if read else nodes.truth_of(node)


def _comparison(node: nodes.Comparison, row: Row) -> bool | None:
    name = _names(node) if node.operator == "eq" else None
    return None if name is None else _same(row, [name])


def _raw(node: nodes.Raw, row: Row) -> bool | None:
    return _truth(_tree_of(node.text), row)


def _in(node: nodes.In, row: Row) -> bool | None:
    return _same(row, [value.value for value in node.values]) if _is_name(node.operand) else None


def _not(node: nodes.Not, row: Row) -> bool | None:
    truth = _truth(node.operand, row)
    return None if truth is None else not truth


def _junction(node: nodes.Junction, row: Row) -> bool | None:
    deciding = node.operator == "or"
    truths = [_truth(each, row) for each in node.operands]
    return deciding if deciding in truths else None if None in truths else not deciding


_TRUTHS: Final[Mapping[type, Callable[[Any, Row], bool | None]]] = {
    nodes.Comparison: _comparison,
    nodes.In: _in,
    nodes.Raw: _raw,
    nodes.Not: _not,
    nodes.Junction: _junction,
}


def _names(node: nodes.Comparison) -> str | None:
    for left, right in ((node.left, node.right), (node.right, node.left)):
        if _is_name(left) and isinstance(right, nodes.Literal) and isinstance(right.value, str):
            return right.value
    return None


def _is_name(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Path)
        and [each.lower() for each in node.segments] == [_NAME.lower()]
        and not isinstance(node.root, nodes.Variable)
    )


def _same(row: Row, names: Iterable[Any]) -> bool | None:
    name = next((row[key] for key in row.keys() if key.lower() == _NAME.lower()), None)  # noqa: SIM118 - no row but a dict iterates over keys
    if not isinstance(name, str):
        return None
    return _folded(name) in {_folded(each) for each in names if isinstance(each, str)}


@functools.lru_cache(maxsize=64)
def _tree_of(text: str) -> nodes.Node:
    """Return what the user's own filter text says of names; all else in it is for the server to know."""
    try:
        return _meant(syntax.syntax_of(text, _DEEPEST))
    except QueryError:
        return _UNKNOWN


def _meant(part: syntax.Syntax) -> nodes.Node:
    match part:
        case syntax.Negation():
            return nodes.negation(_meant(part.operand))
        case syntax.InList(operand=syntax.Names()):
            return nodes.In(_meant(part.operand), tuple(nodes.Literal(each.value) for each in part.values))
        case syntax.Joined():
            word: nodes.JunctionOperator = "and" if part.token.word == "and" else "or"
            return nodes.junction(word, tuple(map(_meant, part.parts)))
        case syntax.Binary() if part.token.word == "eq":
            return nodes.Comparison("eq", _meant(part.left), _meant(part.right))
        case _:
            return _operand(part)


def _operand(part: syntax.Syntax) -> nodes.Node:
    if isinstance(part, syntax.Names):
        return nodes.Path(None, tuple(each.text for each in part.segments))
    return nodes.Literal(part.token.value) if isinstance(part, syntax.Value) else _UNKNOWN


def _folded(name: str) -> str:
    """Return a name as databases compare it: without case, accents and widths."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))
