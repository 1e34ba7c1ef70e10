"""Tasks as the paths outside of OData show them: camelCase names, and the status as a number."""

from __future__ import annotations

from typing import Any

import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.schema import EntityType
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http.answers import not_found
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.world import World

SET = "Tasks"


def shown(world: World, task: int, type_name: str) -> dict[str, Any]:
    """Return a task as an object of a type, with its data."""
    row, type_ = existing(world, SET, task), world.schema.types[type_name]
    columns = world.schema.sets[SET].row
    values = {
        found.name: _status(type_, found.name, _value(row[column.name], column.kind))
        for found in type_.properties.values()
        if (column := columns.find(found.name)) is not None and column.name in row and column.kind != "link"
    }
    values["tags"] = [_camel_cased(tag) for tag in items(values, "tags")]
    user = row["AssignedToUserId"]
    ended_by = row["LastModifierUserId"] if row["Status"] == "Completed" else None
    people = {"assignedToUser": user, "completedByUser": ended_by}
    shown_people = {name: user_shown(world, each) if each else None for name, each in people.items()}
    return values | {"data": data(world, task), **shown_people}


def data(world: World, task: int) -> Any:
    """Return what a task holds."""
    rows = world.store.rows("SELECT data FROM _task_data WHERE task = ?", (task,))
    return orjson.loads(rows[0][0]) if rows else None


def save(world: World, task: int, content: Any) -> None:
    """Keep what a task holds."""
    text = orjson.dumps(content).decode()
    world.store.connection.execute("INSERT OR REPLACE INTO _task_data VALUES (?, ?)", (task, text))


def of_folder(world: World, task: Any, folder: int | None) -> Row:
    """Return the row of a task of the folder that is not deleted, or refuse with 404."""
    row = existing(world, SET, task, folder)
    if row["IsDeleted"]:
        raise not_found(f"The task {task}")
    return row


def _value(stored: Any, kind: str) -> Any:
    if stored is None:
        return None
    match kind:
        case "instant":
            return ticks.text(stored)
        case "boolean":
            return bool(stored)
        case "document":
            return orjson.loads(stored)
        case _:
            return stored


def _camel_cased(tag: dict[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: text for name, text in tag.items()}


def _status(type_: EntityType, name: str, value: Any) -> Any:
    """Show the status as its number, as the service does; type and priority keep their names."""
    found = type_.find(name)
    is_status = name == "status" and found is not None and value in found.members
    return found.members.index(value) if found is not None and is_status else value


def user_shown(world: World, user: int) -> dict[str, Any] | None:
    """Return what others see of a user; None for one that is not there."""
    rows = world.store.find("Users", '"Id" = ?', user)
    if not rows:
        return None
    row = rows[0]
    return {
        "id": user,
        "name": row["Name"],
        "surname": row["Surname"],
        "userName": row["UserName"],
        "emailAddress": row["EmailAddress"],
        "displayName": row["FullName"],
    }


def user_entity(world: World, user: int) -> dict[str, Any]:
    """Return the same as OData shows it, with names in PascalCase; empty for a user that is not there."""
    return {name[0].upper() + name[1:]: value for name, value in (user_shown(world, user) or {}).items()}


def user_column(world: World, user: Row | None) -> str | None:
    """Return what the column of a related user holds, for those who expand it."""
    return orjson.dumps(user_entity(world, user["Id"])).decode() if user else None
