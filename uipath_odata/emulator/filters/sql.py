"""A piece of SQL with its bound parameters and what it is in OData's terms."""

from __future__ import annotations

from typing import Literal

import attrs

from uipath_odata.emulator.data.schema import EntityType, Kind, Property

SqlValue = str | int | float | None
ValueKind = Kind | Literal["date", "time", "duration", "null"]


@attrs.frozen
class Rows:
    """Where rows of a type come from: a table under an alias."""

    type: EntityType
    alias: str


@attrs.frozen
class Link:
    """The row of another table that a property of a table's row leads to; ``key`` is the SQL of that row's key."""

    property: Property
    key: str


@attrs.frozen
class Document:
    """A JSON object, or a list, that an SQL expression gives."""

    type: EntityType | None
    text: str
    many: bool


Source = Rows | Link | Document


@attrs.frozen
class Sql:
    text: str
    parameters: tuple[SqlValue, ...] = ()
    kind: ValueKind = "boolean"
    members: tuple[str, ...] = ()
    source: Source | None = None
    element: Kind | None = None
    literal: bool = False

    def __str__(self) -> str:
        return self.text


def bound(value: SqlValue, kind: ValueKind) -> Sql:
    """Make a literal: a parameter, never text inside the SQL."""
    return Sql("?", (value,), kind, literal=True)


def join(template: str, *parts: Sql, kind: ValueKind = "boolean") -> Sql:
    """Fill ``{}`` of the template with the parts, in order, and their parameters with them."""
    parameters = tuple(value for part in parts for value in part.parameters)
    return Sql(template.format(*parts), parameters, kind)
