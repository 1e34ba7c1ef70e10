"""Whether rows belong to the part of a query that they were asked for: a server may ignore what it filters by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import attrs

from uipath_odata.errors import OrderViolation
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.query import Query
from uipath_odata.paging.plan import Row
from uipath_odata.paging.split.value_list import ValueList, folded, listed

__all__ = ["Membership", "listed_properties", "with_lists_selected"]


@attrs.frozen
class Membership:
    """The properties that a part was cut by, and the values that its rows have there.

    Only what a row shows as text or number is compared: properties of its own, of whose date-times and fractions
    servers write several forms.
    """

    values: Mapping[str, frozenset[str | None]]

    @classmethod
    def of(cls, part: Query[Any]) -> Membership:
        """Read the lists of values that all rows of a part must meet."""
        return cls(
            {_name(one): frozenset(_comparable(value.value) for value in one.values) for one in _lists(part)}
        )

    def check(self, rows: list[Row]) -> None:
        """Raise OrderViolation for a row that another part would bring, too."""
        for name, allowed in self.values.items():
            for row in rows:
                if name in row and _comparable(row[name]) not in allowed:
                    raise OrderViolation(
                        f"The server ignores the filter: a row came with another {name} than those asked for, and would "
                        "come with every part of the list: ask for fewer values, so that one request carries them"
                    )


def listed_properties(query: Query[Any]) -> tuple[str, ...]:
    """Give the properties that a query is cut by, which its rows must show."""
    return tuple(_name(one) for one in _lists(query))


def with_lists_selected(query: Query[Any]) -> Query[Any]:
    """Select also what the query is cut by, so that each row shows where it belongs."""
    if not query.selection:
        return query
    operands = [one.operand for one in _lists(query) if isinstance(one.operand, nodes.Path)]
    chosen = {path.segments for path in query.selection}
    added = [path for path in operands if path.segments not in chosen]
    return attrs.evolve(query, selection=(*query.selection, *added))


def _lists(query: Query[Any]) -> list[ValueList]:
    whole = query.condition
    conditions = whole.operands if isinstance(whole, nodes.Junction) and whole.operator == "and" else (whole,)
    return [one for condition in conditions if (one := listed(condition)) is not None and _is_shown(one)]


def _is_shown(one: ValueList) -> bool:
    is_own = isinstance(one.operand, nodes.Path) and len(one.operand.segments) == 1
    return is_own and all(isinstance(value.value, int | str | UUID | None) for value in one.values)


def _name(one: ValueList) -> str:
    return one.operand.segments[0] if isinstance(one.operand, nodes.Path) else ""


def _comparable(value: Any) -> str | None:
    # Some servers write Int64 as a string.
    return None if value is None else folded(str(value))
