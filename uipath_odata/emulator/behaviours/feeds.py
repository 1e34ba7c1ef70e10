"""Feeds of packages: the tenant's, and those of personal workspaces and of folders that have one of their own."""

from __future__ import annotations

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import Answer, not_found
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.world import Call, World

TENANT = "00000000-0000-0000-0000-000000000001"
_WORKSPACES, _FOLDERS = "PersonalWorkspaces", "Folders"
_OWN = '"FeedType" = \'FolderHierarchy\' AND "ParentId" IS NULL'
"""The folders at the top that have a feed for themselves and all below them."""


def asked(world: World, call: Call) -> int | None:
    """Return the folder whose feed a request names by ``feedId``; None for the tenant's feed, 404 for an unknown one."""
    identifier = (parameters.text(call, "feedId") or TENANT).lower()
    if identifier == TENANT:
        return None
    for table, condition in ((_WORKSPACES, "TRUE"), (_FOLDERS, _OWN)):
        found = world.store.find(table, f'"Key" = ? AND {condition}', identifier)
        if found:
            return int(found[0]["Id"])
    raise not_found(f"The feed {identifier}")


def of_folder(world: World, folder: int | None) -> int | None:
    """Return the folder whose feed a folder's processes come from; None for the tenant's feed."""
    found = world.store.find(_FOLDERS, '"Id" = ?', folder)
    if world.store.find(_WORKSPACES, '"Id" = ?', folder):
        return folder
    if not found:
        return None
    top = (found[0]["FullyQualifiedName"] or "").partition("/")[0]
    own = world.store.find(_FOLDERS, f'"FullyQualifiedName" = ? AND {_OWN}', top)
    return int(own[0]["Id"]) if own else None


def identifier(world: World, folder: int | None) -> str:
    """Return what a feed is asked for by: the Key of its workspace or folder."""
    if folder is None:
        return TENANT
    workspace = world.store.find(_WORKSPACES, '"Id" = ?', folder)
    return str((workspace or [existing(world, _FOLDERS, folder)])[0]["Key"])


def workspace(world: World) -> Row | None:
    """Return the personal workspace of the current user, or None."""
    user = current_user.row(world)
    found = world.store.find(_WORKSPACES, '"OwnerId" = ?', user["Id"]) if user else []
    return found[0] if found else None


@answers("PackageFeeds_GetFeeds")
def feeds(world: World, _: Call) -> Answer:
    """List the feeds: the tenant's, the workspace of the user, and those of folders."""
    own = workspace(world)
    rows = [
        *([("Orchestrator Personal Workspace Feed", own["Key"])] if own and own["Key"] else []),
        *(
            (f"Orchestrator {folder['DisplayName']} Feed", folder["Key"])
            for folder in world.store.find(_FOLDERS, f'{_OWN} ORDER BY "Id"')
        ),
    ]
    named = [("Orchestrator", TENANT), *rows]
    return Answer(body=[{"id": key, "name": name, "purpose": "Processes"} for name, key in named])


@answers("PackageFeeds_GetFolderFeed")
def feed_of_folder(world: World, call: Call) -> Answer:
    """Return the identifier of the folder's own feed as a JSON string, or a bare null."""
    folder = of_folder(world, parameters.number(call, "folderId"))
    return Answer(content=b"null" if folder is None else f'"{identifier(world, folder)}"'.encode())
