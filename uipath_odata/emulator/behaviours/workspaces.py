"""Personal workspaces: folders of one user, which administrators may look into."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import orjson

from uipath_odata.emulator.behaviours import feeds
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import NAME_USED, Answer, conflict, not_found
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.reads import entity
from uipath_odata.emulator.rows.records import of_path
from uipath_odata.emulator.rows.writes import add, body_of
from uipath_odata.emulator.world import Call, World

_SET = "PersonalWorkspaces"


@answers("PersonalWorkspaces_GetPersonalWorkspace")
def own(world: World, call: Call) -> Answer:
    """Return the workspace of the current user, or 404."""
    workspace = feeds.workspace(world)
    if workspace is None:
        raise not_found("A personal workspace of the user")
    return entity(world, call, _SET, workspace["Id"])


@answers("PersonalWorkspaces_StartExploringById")
def start_exploring(world: World, call: Call) -> Answer:
    """Let the current user look into a workspace."""
    return _explore(world, call, lambda users, user: {*users, user})


@answers("PersonalWorkspaces_StopExploringById")
def stop_exploring(world: World, call: Call) -> Answer:
    """Let the current user no longer look into a workspace."""
    return _explore(world, call, lambda users, user: users - {user})


def _explore(world: World, call: Call, changed: Callable[[set[int], int], set[int]]) -> Answer:
    workspace, user = of_path(world, call), current_user.row(world)
    if user is None:
        raise conflict("The tenant has no active user who can explore a workspace.")
    users = changed(set(orjson.loads(workspace["ExploringUserIds"] or "[]")), user["Id"])
    world.store.change(_SET, workspace["Id"], {"ExploringUserIds": orjson.dumps(sorted(users)).decode()})
    return Answer(HTTPStatus.NO_CONTENT)


@answers("PersonalWorkspaces_ConvertToFolderById")
def convert(world: World, call: Call) -> Answer:
    """Make a workspace a folder like any other, under a name of its own."""
    workspace, name = of_path(world, call), str(body_of(world, call)["folderName"])
    values: dict[str, SqlValue] = {
        "DisplayName": name,
        "FullyQualifiedName": name,
        "FolderType": "Standard",
        "FeedType": "FolderHierarchy",
        "IsPersonal": 0,
    }
    if world.store.find("Folders", '"FullyQualifiedName" = ? COLLATE NOCASE', name):
        raise conflict(f"The name {name} is already used.", NAME_USED)
    if world.store.find("Folders", '"Id" = ?', workspace["Id"]):
        world.store.change("Folders", workspace["Id"], values)
    else:
        add(world, "Folders", values, None)
    world.store.delete(world.schema.sets[_SET], workspace["Id"], None)
    return Answer(HTTPStatus.NO_CONTENT)
