"""Rows that behaviours look up: by key or by name, in the folder of the request."""

from __future__ import annotations

from uipath_odata.emulator.data.places import within
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http.answers import not_found
from uipath_odata.emulator.rows.reads import key_value
from uipath_odata.emulator.world import Call, World


def of_path(world: World, call: Call, argument: str = "key") -> Row:
    """Return the row of the operation's own set that the path's key leads to, or refuse with 404."""
    entity_set = world.schema.sets[call.operation.set_name]
    return existing(world, entity_set.name, key_value(entity_set.key, call.arguments[argument]), call.folder)


def existing(world: World, set_name: str, key: SqlValue, folder: int | None = None) -> Row:
    """Return the row with this key, or refuse with 404."""
    column = world.schema.sets[set_name].key.name
    return _only(world, set_name, Sql(f'"{column}" = ?', (key,)), folder, f"{set_name}({key})")


def named(world: World, set_name: str, name: str, folder: int | None) -> Row:
    """Return the row with this name, in whatever case, or refuse with 404."""
    return _only(world, set_name, Sql('"Name" = ? COLLATE NOCASE', (name,)), folder, name)


def matching(world: World, set_name: str, condition: Sql, folder: int | None) -> list[Row]:
    """Return the rows of a folder, or of all of them, that a condition leaves."""
    seen = Sql("TRUE") if folder is None else within(set_name, f'"{set_name}"', folder)
    where = f"{condition} AND {seen}"
    return world.store.find(set_name, where, *condition.parameters, *seen.parameters)


def _only(world: World, set_name: str, condition: Sql, folder: int | None, what: str) -> Row:
    rows = matching(world, set_name, condition, folder)
    if not rows:
        raise not_found(what)
    return rows[0]
