"""Catalogs that tasks are sorted into."""

from __future__ import annotations

from http import HTTPStatus

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http.answers import IN_USE, Answer, conflict
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import entity
from uipath_odata.emulator.rows.records import existing, of_path
from uipath_odata.emulator.rows.writes import add, body_of, values_of
from uipath_odata.emulator.rows.writes import delete as delete_entity
from uipath_odata.emulator.world import Call, World

_SET = "TaskCatalogs"
_OF_CATALOG = '"TaskCatalogName" = ? AND "IsDeleted" IS NOT 1'


@answers("TaskCatalogs_CreateTaskCatalog")
def create(world: World, call: Call) -> Answer:
    """Add a catalog."""
    key = add(world, _SET, values_of(world, "TaskCatalogDto", body_of(world, call)), call.folder)
    return entity(world, call, _SET, key, HTTPStatus.CREATED)


@answers("TaskCatalogs_UpdateTaskCatalogById")
def update(world: World, call: Call) -> Answer:
    """Change a catalog; its tasks follow its name."""
    catalog, sent = of_path(world, call), body_of(world, call)
    values = values_of(world, "TaskCatalogDto", sent) | {"LastModificationTime": world.now}
    world.store.change(_SET, catalog["Id"], values)
    for task in _tasks(world, catalog):
        world.store.change("Tasks", task["Id"], {"TaskCatalogName": sent["Name"]})
    return Answer()


@answers("TaskCatalogs_DeleteById")
def delete(world: World, call: Call) -> Answer:
    """Remove a catalog that no task is in."""
    if _tasks(world, of_path(world, call)):
        raise conflict("The task catalog has tasks.", IN_USE)
    return delete_entity(world, call)


@answers("TaskCatalogs_GetTaskCatalogExtendedDetailsByTaskcatalogid")
def details(world: World, call: Call) -> Answer:
    """Say how much a catalog is used."""
    catalog = existing(world, _SET, int(call.arguments["taskCatalogId"]), call.folder)
    reply = {
        "AssociatedTasksCount": len(_tasks(world, catalog)),
        "IsEncrypted": bool(catalog["Encrypted"]),
        "TotalFolderCount": catalog["FoldersCount"],
        "Key": catalog["Key"],
    }
    return documents.single(call, "TaskCatalogExtendedDetailsDto", reply)


def _tasks(world: World, catalog: Row) -> list[Row]:
    return world.store.find("Tasks", _OF_CATALOG, catalog["Name"])
