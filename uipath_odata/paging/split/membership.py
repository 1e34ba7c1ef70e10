"""Whether a row may be in two parts of a query, or move between them."""

from __future__ import annotations

from typing import Any, Final

import attrs

from uipath_odata.odata.expr import nodes
from uipath_odata.odata.query import Query
from uipath_odata.paging.checks.comparable import is_comparable
from uipath_odata.paging.split.value_list import listed

__all__ = ["Membership", "with_lists_selected"]

# Set when a row is created. A property that may change can move a row between two parts, unseen by both. ReleaseName is
# not among them: a process can be renamed, and nothing says whether its older jobs keep the name that they had.
_NEVER_CHANGE: Final = frozenset(
    {
        "Id",
        "Key",
        "UniqueKey",
        "CreationTime",
        "OrganizationUnitId",
        "QueueDefinitionId",
        "ReleaseId",
        "JobId",
        "SourceType",
        "Reference",
    }
)


@attrs.frozen
class Membership:
    """How far the parts of a query are apart."""

    overlap: bool = False
    """Whether a row may come in two parts: servers compare texts and fractions in their own ways."""
    move: str | None = None
    """The property that may change, and so move a row from one part to another; None: there is none."""

    @classmethod
    def of(cls, parts: list[Query[Any]], *, immutable: bool) -> Membership:
        """Judge by what the parts differ in; rows of an ``immutable`` list never change."""
        cut = _cut_by(parts)
        names = [_name(operand) for operand in cut]
        moves = [] if immutable else [name for name in names if name not in _NEVER_CHANGE]
        return cls(not all(is_comparable(operand, parts[0]) for operand in cut), next(iter(moves), None))


def with_lists_selected(query: Query[Any]) -> Query[Any]:
    """Select also what the query is cut by, so that each row shows where it belongs."""
    if not query.selection:
        return query
    chosen = {path.segments for path in query.selection}
    operands = [one for one in _lists(query) if isinstance(one, nodes.Path) and len(one.segments) == 1]
    return attrs.evolve(
        query, selection=(*query.selection, *(path for path in operands if path.segments not in chosen))
    )


def _cut_by(parts: list[Query[Any]]) -> list[nodes.Node]:
    """Return the operands whose values differ between parts."""
    seen: dict[nodes.Node, set[Any]] = {}
    for part in parts:
        for condition in nodes.conjuncts(part.condition):
            if (one := listed(condition)) is not None:
                seen.setdefault(one.operand, set()).add(one.values)
    return [operand for operand, values in seen.items() if len(values) > 1]


def _lists(query: Query[Any]) -> list[nodes.Node]:
    found = [listed(condition) for condition in nodes.conjuncts(query.condition)]
    return [one.operand for one in found if one is not None]


def _name(operand: nodes.Node) -> str:
    return "/".join(operand.segments) if isinstance(operand, nodes.Path) else "an expression"
