"""The same sets in every folder, and what belongs to the tenant once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from uipath_odata.errors import Forbidden, NotFound
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.lists import ExportList, Folder, name_of

if TYPE_CHECKING:
    from uipath_odata.client import FolderClient, Orchestrator

__all__ = ["in_all_folders"]


async def in_all_folders(
    orchestrator: Orchestrator, sets: Sequence[Callable[[FolderClient], BoundQuery[Any, Any]]]
) -> list[ExportList]:
    """Return the lists of these sets in each folder that the account sees: ``[lambda folder: folder.jobs]``.

    A set that is in no folder is given once. Items of a queue that is linked to several folders are given in the first
    of them alone.
    """
    whole = [(each, each(orchestrator)) for each in sets]
    lists = [ExportList(name_of(query), query) for _, query in whole if not query.operation.folder]
    in_folders = [(each, name_of(query)) for each, query in whole if query.operation.folder]
    if not in_folders:
        return lists
    elsewhere = set[int]()
    for folder in await _folders(orchestrator):
        scope = orchestrator.folder(id=folder.id)
        queues = await _queues(scope) if any(name == "QueueItems" for _, name in in_folders) else set[int]()
        lists += [_in(folder, name, each(scope), queues, elsewhere) for each, name in in_folders]
        elsewhere |= queues
    return lists


def _in(
    folder: Folder, name: str, query: BoundQuery[Any, Any], queues: set[int], elsewhere: set[int]
) -> ExportList:
    if name != "QueueItems":
        return ExportList(name, query, folder)
    return ExportList(name, query, folder, frozenset(elsewhere & queues), frozenset(queues - elsewhere))


async def _folders(orchestrator: Orchestrator) -> list[Folder]:
    rows = await orchestrator.folders.dicts().to_list()
    folders = [
        Folder(row["Id"], row.get("FullyQualifiedName") or row.get("DisplayName") or "") for row in rows
    ]
    return sorted(folders, key=lambda folder: folder.id)


async def _queues(scope: FolderClient) -> set[int]:
    """Return the queues of a folder; none where the account may not see them."""
    try:
        return {row["Id"] for row in await scope.queue_definitions.dicts().to_list()}
    except (Forbidden, NotFound):
        return set()
