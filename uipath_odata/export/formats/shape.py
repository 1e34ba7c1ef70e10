"""The columns that the rows of a query have, whatever the server sends."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

import attrs

from uipath_odata.odata.entity import (
    Collection,
    Entity,
    JsonText,
    Member,
    Navigation,
    Timestamp,
    Values,
    by_wire,
)
from uipath_odata.odata.query import Query
from uipath_odata.odata.selected import Selected

__all__ = ["EXACT", "EXTRA", "Column", "ColumnKind", "Shape"]

EXTRA: Final = "_extra"
"""The last column of CSV and Parquet: what no other column holds, as a JSON object."""

ColumnKind: TypeAlias = Literal[
    "text", "enum", "integer", "number", "boolean", "timestamp", "exact", "json", "entity"
]
"""``exact`` is a date-time whose text is kept too, where a format has no type for all of its digits."""

EXACT: Final[Mapping[str, tuple[str, ...]]] = {"RobotLog": ("TimeStamp",)}
"""By entity, the date-times that Orchestrator sends with a seventh digit."""

_KINDS: Final[Mapping[Any, ColumnKind]] = {
    str: "text",
    UUID: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
}


@attrs.frozen
class Column:
    """One column by its wire name; an expanded single entity has columns of its own.

    ``entity`` is the class of what is nested in it, where the schema knows one.
    """

    name: str
    kind: ColumnKind
    entity: type[Entity] | None = None
    columns: tuple[Column, ...] = ()

    def describe(self) -> list[Any]:
        """Return the column as JSON values."""
        below = [[column.describe() for column in self.columns]] if self.kind == "entity" else []
        return [self.name, self.kind, *below]


@attrs.frozen
class Shape:
    """The columns of a query's rows, the same for every row, page, run and server version."""

    entity: type[Entity]
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, query: Query[Any], extra: Sequence[Column] = ()) -> Shape:
        """Find the columns from the entity, the selection and the expansions, with the ``extra`` ones after them.

        They stand in the order of the schema; selected properties that the schema does not know stand last.
        """
        return cls(query.entity, (*_columns(query.entity, Selected.of(query)), *extra))

    def with_exact_texts(self) -> Shape:
        """Return the shape with columns for the texts of those date-times that have more digits than microseconds."""
        return attrs.evolve(self, columns=_exact(self.columns, self.entity))

    def describe(self) -> list[Any]:
        """Return the columns as JSON values: equal shapes, and only those, are described alike."""
        return [column.describe() for column in self.columns]


def _columns(entity: type[Entity], selected: Selected) -> tuple[Column, ...]:
    members = by_wire(entity)
    named = selected.selects.keys() or members.keys()
    wanted = named | selected.below.keys()
    known = [_column(member, selected.below.get(wire)) for wire, member in members.items() if wire in wanted]
    return (*known, *(Column(name, "json") for name in sorted(wanted - members.keys())))


def _column(member: Member, expanded: Selected | None) -> Column:
    form = typing.get_origin(member.annotation) or member.annotation
    if form is Navigation and expanded is not None:
        return Column(member.wire, "entity", member.argument, _columns(member.argument, expanded))
    if form in (Navigation, Collection):
        return Column(member.wire, "json", member.argument)
    return Column(member.wire, _kind(form, member.argument))


def _exact(columns: Sequence[Column], entity: type[Entity] | None) -> tuple[Column, ...]:
    names = EXACT.get("" if entity is None else entity.__name__, ())
    return tuple(
        attrs.evolve(
            column,
            kind="exact" if column.kind == "timestamp" and column.name in names else column.kind,
            columns=_exact(column.columns, column.entity),
        )
        for column in columns
    )


def _kind(form: Any, argument: Any) -> ColumnKind:
    if form is Timestamp:
        return "timestamp"
    if form is JsonText:
        return "text"
    if form is Values:
        return "json"
    return "enum" if typing.get_origin(argument) is Literal else _KINDS.get(argument, "json")
