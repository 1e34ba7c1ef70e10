"""Rows that are seen in several folders."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import attrs

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.places import FOLDER, FOLDER_PROPERTY
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import FORBIDDEN, Answer, Refusal
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

_FOLDERS_OF = "SELECT folder FROM _shares WHERE set_name = ? AND id = ?"


@answers(
    "Assets_ShareToFolders",
    "Buckets_ShareToFolders",
    "BusinessRules_ShareToFolders",
    "QueueDefinitions_ShareToFolders",
    "TaskCatalogs_ShareToFolders",
)
def share(world: World, call: Call) -> Answer:
    """Show rows in further folders and no longer in others: all that is asked, or nothing and errorCode 1017."""
    body, set_name = body_of(world, call), call.operation.set_name
    name = next((name for name in body if not name.endswith("FolderIds")), "")
    added, removed = items(body, "ToAddFolderIds"), items(body, "ToRemoveFolderIds")
    _require_folders(world, {*added, *removed})
    for key in items(body, name):
        existing(world, set_name, key, call.folder)
        folders = _folders(world, set_name, key) | set(added)
        left = sorted(folders - set(removed))
        if not left:
            raise _forbidden(f"{set_name}({key}) would be in no folder.")
        _place(world, set_name, key, left)
    return Answer(HTTPStatus.NO_CONTENT)


@answers(
    "Assets_GetFoldersForAssetById",
    "Buckets_GetFoldersForBucketById",
    "BusinessRules_GetFoldersForBusinessRuleById",
    "QueueDefinitions_GetFoldersForQueueById",
    "TaskCatalogs_GetFoldersForTaskCatalogById",
)
def folders_of(world: World, call: Call) -> Answer:
    """Name the folders that a row is seen in."""
    set_name, text = call.operation.set_name, call.arguments["id"]
    key: SqlValue = int(text) if text.isdigit() else text.lower()
    existing(world, set_name, key, call.folder)
    rows = [existing(world, "Folders", folder) for folder in sorted(_folders(world, set_name, key))]
    shown = [{name: row[name] for name in ("DisplayName", "FullyQualifiedName", "Id")} for row in rows]
    reply = {"AccessibleFolders": shown, "TotalFoldersCount": len(shown)}
    return documents.single(call, "AccessibleFoldersDto", reply)


@answers(
    "Assets_GetAssetsAcrossFolders",
    "Buckets_GetBucketsAcrossFolders",
    "BusinessRules_GetBusinessRulesAcrossFolders",
    "QueueDefinitions_GetQueuesAcrossFolders",
    "TaskCatalogs_GetTaskCatalogsFromFoldersWithPermissions",
)
def across_folders(world: World, call: Call) -> Answer:
    """List the rows of all folders, without those seen in one that is left out."""
    excluded, everywhere = parameters.number(call, "excludeFolderId"), attrs.evolve(call, folder=None)
    if excluded is None:
        return listing(world, everywhere)
    name, key = call.operation.set_name, world.schema.sets[call.operation.set_name].key.name
    shared = f'SELECT 1 FROM _shares WHERE set_name = ? AND id = t."{key}" AND folder = ?'  # noqa: S608 - ours
    seen = Sql(f"(t.{FOLDER} IS ? OR EXISTS ({shared}))", (excluded, name, excluded))
    return listing(world, everywhere, attrs.evolve(seen, text=f"NOT {seen.text}"))


def _require_folders(world: World, folders: set[Any]) -> None:
    for folder in folders:
        if not world.store.find("Folders", '"Id" = ?', folder):
            raise _forbidden(f"The folder {folder} does not exist or may not be used.")


def _folders(world: World, set_name: str, key: SqlValue) -> set[int]:
    home = existing(world, set_name, key)[FOLDER]
    shared = {folder for (folder,) in world.store.rows(_FOLDERS_OF, (set_name, key))}
    return shared | ({home} if home is not None else set())


def _place(world: World, set_name: str, key: SqlValue, folders: list[int]) -> None:
    """Keep a row in its own folder as long as that is among those that are left."""
    row, entity_set = existing(world, set_name, key), world.schema.sets[set_name]
    home = row[FOLDER] if row[FOLDER] in folders else folders[0]
    shown = {FOLDER_PROPERTY: home} if entity_set.row.find(FOLDER_PROPERTY) else {}
    counted = {"FoldersCount": len(folders)} if entity_set.row.find("FoldersCount") else {}
    world.store.change(set_name, key, {FOLDER: home, **shown, **counted})
    world.store.connection.execute("DELETE FROM _shares WHERE set_name = ? AND id = ?", (set_name, key))
    shares = [(set_name, key, folder) for folder in folders if folder != home]
    world.store.connection.executemany("INSERT INTO _shares VALUES (?, ?, ?)", shares)
    if set_name == "QueueDefinitions":
        items = f'UPDATE "QueueItems" SET {FOLDER} = ?, {FOLDER_PROPERTY} = ? WHERE "QueueDefinitionId" = ?'  # noqa: S608
        world.store.connection.execute(items, (home, home, key))


def _forbidden(message: str) -> Refusal:
    return Refusal(message, FORBIDDEN, HTTPStatus.CONFLICT)
