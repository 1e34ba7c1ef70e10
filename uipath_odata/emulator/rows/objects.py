"""Rows as objects of any type that shows some of their columns."""

from __future__ import annotations

from typing import Any

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.data.values import SECRETS, shown
from uipath_odata.emulator.world import World


def of_row(world: World, set_name: str, row: Row, type_name: str | None = None) -> dict[str, Any]:
    """Return a row of a set as an object of a type, or of its own, without links and secrets."""
    columns = world.schema.sets[set_name].row
    type_ = world.schema.types[type_name] if type_name else world.schema.sets[set_name].type
    entity = dict[str, Any]()
    for found in type_.properties.values():
        column = columns.find(found.name)
        if column is not None and column.kind != "link":
            convert, value = shown(column.kind), row.get(column.name)
            entity[found.name] = value if convert is None or value is None else convert(value)
    return entity | {name: None for name in entity if name in SECRETS}
