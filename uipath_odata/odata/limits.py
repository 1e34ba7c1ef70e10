"""Orchestrator's documented limits on a query, checked before anything is sent."""

from __future__ import annotations

from typing import Any, Final

from uipath_odata.errors import QueryError
from uipath_odata.odata.bounds import COMPARISONS, IN_CHARACTERS, IN_VALUES, ORDER_TERMS
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.literals import literal_text
from uipath_odata.odata.query import Query

__all__ = ["check_limits", "comparisons_in"]

_PREDICATES: Final = frozenset({"contains", "startswith", "endswith"})


def check_limits(
    query: Query[Any], *, added: int = 0, in_values: int = IN_VALUES, in_characters: int = IN_CHARACTERS
) -> None:
    """Raise a QueryError for a query that Orchestrator would refuse; ``added`` comparisons are the plan's own."""
    for expanded in query.expansion:
        if expanded.options is not None:
            check_limits(expanded.options, in_values=in_values, in_characters=in_characters)
    own = comparisons_in(query.condition)
    if own + added > COMPARISONS:
        plans = f" and its plan adds {added}" if added else ""
        less = (
            ", or for one page with top(n), or with stream(paging='offset'), which add none" if added else ""
        )
        raise QueryError(
            f"the filter has {own} comparisons{plans}, and Orchestrator allows {COMPARISONS}:"
            f" ask in several queries{less if own <= COMPARISONS else ''}"
        )
    for part in nodes.walk(query.condition):
        if isinstance(part, nodes.In):
            _check_in(part, in_values, in_characters)
    if len(query.order) > ORDER_TERMS:
        raise QueryError(
            f"order_by has {len(query.order)} terms and Orchestrator allows {ORDER_TERMS}: leave the last ones out"
        )


def comparisons_in(condition: nodes.Node) -> int:
    """Count what Orchestrator counts as the expressions of a filter."""
    return sum(map(_is_comparison, nodes.walk(condition)))


def _is_comparison(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Comparison | nodes.In) or (
        isinstance(node, nodes.Call) and node.name in _PREDICATES
    )


def _check_in(node: nodes.In, in_values: int, in_characters: int) -> None:
    characters = sum(len(literal_text(value.value)) + 1 for value in node.values)
    if len(node.values) > in_values or characters > in_characters:
        raise QueryError(
            f"in_ has {len(node.values)} values of {characters} characters, and {in_values} of {in_characters} are safe "
            "in one request: ask in several queries"
        )
