"""Which columns an answer needs, and how a row of them becomes a JSON object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from uipath_odata.emulator.filters.sql import Sql

Converter = Callable[[Any], Any]


@attrs.frozen
class Shape:
    """Names with their columns, converters of single values, and the shapes of related rows that follow the columns."""

    names: tuple[str, ...]
    columns: tuple[Sql, ...]
    converters: tuple[tuple[str, Converter], ...]
    related: tuple[tuple[str, slice, Shape], ...]

    def entity(self, values: Sequence[Any]) -> dict[str, Any]:
        """Build the JSON object of one row; a related row whose key is null is null."""
        entity = dict(zip(self.names, values, strict=False))
        for name, convert in self.converters:
            if entity[name] is not None:
                entity[name] = convert(entity[name])
        for name, place, shape in self.related:
            if entity[name] is not None:
                entity[name] = shape.entity(values[place])
        return entity


@attrs.frozen
class Field:
    """One property of a shape while it is put together."""

    name: str
    column: Sql
    convert: Converter | None = None
    related: Shape | None = None


def shape_of(fields: Sequence[Field]) -> Shape:
    """Put the columns of related rows after the fields' own, and note where they are."""
    columns = [field.column for field in fields]
    related: list[tuple[str, slice, Shape]] = []
    for field in fields:
        if field.related is not None:
            related.append(
                (field.name, slice(len(columns), len(columns) + len(field.related.columns)), field.related)
            )
            columns.extend(field.related.columns)
    return Shape(
        tuple(field.name for field in fields),
        tuple(columns),
        tuple((field.name, field.convert) for field in fields if field.convert is not None),
        tuple(related),
    )
