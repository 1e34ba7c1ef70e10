"""Folders in each other: made, renamed, moved and removed with what is in them."""

from __future__ import annotations

from http import HTTPStatus

from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import (
    HAS_DEPENDENTS,
    INVALID_ARGUMENT,
    NAME_USED,
    Answer,
    Refusal,
    conflict,
)
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.reads import by_guid, entity, listing
from uipath_odata.emulator.rows.records import existing, matching
from uipath_odata.emulator.rows.writes import body_of, create
from uipath_odata.emulator.world import Call, World

_SET = "Folders"
_PERSONAL = (
    'SELECT 1 FROM "Folders" AS p WHERE p."FolderType" = \'Personal\' AND (p."Id" = t."Id"'
    ' OR substr(t."FullyQualifiedName", 1, length(p."FullyQualifiedName") + 1) = p."FullyQualifiedName" || \'/\')'
)


@answers("Folders_Get")
def shared(world: World, call: Call) -> Answer:
    """List the folders; personal workspaces and what is in them are left out, as Orchestrator does."""
    return listing(world, call, Sql(f"NOT EXISTS ({_PERSONAL})"))


@answers("Folders_Post")
def add(world: World, call: Call) -> Answer:
    """Add a folder at the top or in another one."""
    sent = body_of(world, call)
    parent = existing(world, _SET, sent["ParentId"]) if sent.get("ParentId") else None
    defaults: dict[str, SqlValue] = {
        "FolderType": sent.get("FolderType") or "Standard",
        "ProvisionType": sent.get("ProvisionType") or "Automatic",
        "PermissionModel": sent.get("PermissionModel") or "FineGrained",
        "FeedType": sent.get("FeedType") or "Processes",
    }
    personal = defaults["FolderType"] == "Personal"
    return create(
        world, call, {**defaults, "IsPersonal": personal, **_place(world, sent["DisplayName"], parent)}
    )


@answers("Folders_PutById")
def edit(world: World, call: Call) -> Answer:
    """Rename or describe a folder; its place and its kind stay."""
    sent, folder = body_of(world, call), existing(world, _SET, int(call.arguments["key"]))
    if "ParentId" in sent and sent["ParentId"] != folder["ParentId"]:
        raise Refusal("A folder is moved by MoveFolder: CannotEditFolderParent.", INVALID_ARGUMENT)
    world.store.change(_SET, folder["Id"], {"Description": sent.get("Description")})
    _rename(world, folder, sent["DisplayName"], _parent(world, folder))
    return entity(world, call, _SET, folder["Id"])


@answers("Folders_PatchNameDescription")
def describe(world: World, call: Call) -> Answer:
    """Rename or describe a folder that is named by its GUID."""
    sent, folder = body_of(world, call, partial=True), _by_key(world, call)
    if "description" in sent:
        world.store.change(_SET, folder["Id"], {"Description": sent["description"]})
    if sent.get("name"):
        _rename(world, folder, sent["name"], _parent(world, folder))
    return Answer()


@answers("Folders_MoveFolderByFolderid")
def move(world: World, call: Call) -> Answer:
    """Put a folder into another one, or to the top where none is named."""
    folder, target = (
        existing(world, _SET, int(call.arguments["folderId"])),
        parameters.number(call, "targetParentId"),
    )
    parent = existing(world, _SET, target) if target is not None else None
    path = f"{folder['FullyQualifiedName']}/"
    if parent and f"{parent['FullyQualifiedName']}/".startswith(path):
        raise Refusal("A folder cannot be moved into itself: CannotMoveToDescendantFolder.", INVALID_ARGUMENT)
    _rename(world, folder, folder["DisplayName"], parent)
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Folders_DeleteById")
def remove(world: World, call: Call) -> Answer:
    """Remove a folder and all that is in it, but not one with folders in it."""
    _remove(world, existing(world, _SET, int(call.arguments["key"])))
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Folders_DeleteByKey")
def remove_by_key(world: World, call: Call) -> Answer:
    """Remove the folder with this GUID."""
    _remove(world, _by_key(world, call))
    return Answer(HTTPStatus.NO_CONTENT)


def _by_key(world: World, call: Call) -> Row:
    key = parameters.needed(call, "key").lower()
    found = matching(world, _SET, Sql('"Key" = ?', (key,)), None)
    return found[0] if found else existing(world, _SET, key)


def _parent(world: World, folder: Row) -> Row | None:
    return None if folder["ParentId"] is None else existing(world, _SET, folder["ParentId"])


def _place(world: World, name: str, parent: Row | None, folder: SqlValue = None) -> dict[str, SqlValue]:
    """Return the columns that say where a folder is; refuse a name that another one there has, and one with a slash."""
    if "/" in name:
        raise Refusal("The name of a folder has no slash: InvalidFolderDisplayName.", INVALID_ARGUMENT)
    path = f"{parent['FullyQualifiedName']}/{name}" if parent else name
    if world.store.find(_SET, '"FullyQualifiedName" = ? COLLATE NOCASE AND "Id" IS NOT ?', path, folder):
        raise conflict(f"The name {name} is already used.", NAME_USED)
    return {
        "DisplayName": name,
        "FullyQualifiedName": path,
        "ParentId": parent["Id"] if parent else None,
        "ParentKey": parent["Key"] if parent else None,
    }


def _rename(world: World, folder: Row, name: str, parent: Row | None) -> None:
    """Set the name and place of a folder, and all folders below it their paths."""
    place = _place(world, name, parent, folder["Id"])
    world.store.change(_SET, folder["Id"], place)
    before = f"{folder['FullyQualifiedName']}/"
    world.store.connection.execute(
        'UPDATE "Folders" SET "FullyQualifiedName" = ? || substr("FullyQualifiedName", ?)'
        ' WHERE substr("FullyQualifiedName", 1, ?) = ?',
        (f"{place['FullyQualifiedName']}/", len(before) + 1, len(before), before),
    )


def _remove(world: World, folder: Row) -> None:
    if world.store.find(_SET, '"ParentId" = ?', folder["Id"]):
        raise conflict("The folder has folders in it.", HAS_DEPENDENTS)
    for entity_set in world.schema.sets.values():
        world.store.connection.execute(f'DELETE FROM "{entity_set.name}" WHERE {FOLDER} = ?', (folder["Id"],))  # noqa: S608
    for table in ("_shares", "_folder_users", "_folder_machines"):
        world.store.connection.execute(f"DELETE FROM {table} WHERE folder = ?", (folder["Id"],))  # noqa: S608
    world.store.delete(world.schema.sets[_SET], folder["Id"], None)


answers("Folders_GetByKeyByIdentifier")(by_guid)
