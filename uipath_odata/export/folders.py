"""The same sets in several folders, and what belongs to the tenant once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from uipath_odata.errors import ExportError, Forbidden, NotFound, QueryError
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.journal.evolution import has_folders
from uipath_odata.export.lists import ExportList, Folder, name_of
from uipath_odata.transport.folder_header import folder_name, folder_path
from uipath_odata.workflows.seen_folders import SeenFolder, folders_named, seen_folders

if TYPE_CHECKING:
    from uipath_odata.client import FolderClient, Orchestrator

__all__ = ["folder_of", "in_all_folders", "in_folders", "with_folders"]


_NOTHING: Final[Mapping[str, Any]] = {}
_ITEMS: Final = "QueueItems"
"""They belong to the folders that their queue is linked to, and go with it."""


async def in_all_folders(
    orchestrator: Orchestrator, sets: Sequence[Callable[[FolderClient], BoundQuery[Any, Any]]]
) -> list[ExportList]:
    """Return the lists of these sets in each folder that the account sees: ``[lambda folder: folder.jobs]``.

    A set that is in no folder is in the result once. Items of a queue that is linked to several folders are read in the
    first of them alone. Raises ExportError where a set is in folders and the account sees none.
    """
    return await in_folders(orchestrator, sets, ("**",))


async def in_folders(
    orchestrator: Orchestrator,
    sets: Sequence[Callable[[FolderClient], BoundQuery[Any, Any]]],
    names: str | Sequence[str],
) -> list[ExportList]:
    """Return the lists of these sets in the folders of these names, or of one, as `in_all_folders` does.

    A name is an id in digits, a key, a path, or a path with ``*`` (within a level) and ``**`` (any levels):
    ``Finance/**`` is Finance and all that is below it. Raises QueryError where a name finds no folder.
    """
    whole = [(each, each(orchestrator)) for each in sets]
    lists = [ExportList(name_of(query), query) for _, query in whole if not query.__source__.operation.folder]
    in_each = [(each, name_of(query)) for each, query in whole if query.__source__.operation.folder]
    if not in_each:
        return lists
    wanted = (names,) if isinstance(names, str) else tuple(names)
    if not wanted:
        raise QueryError("no folder was named: name one, such as 'Finance/**', or take in_all_folders()")
    elsewhere = set[int]()
    for folder in folders_named(await _seen(orchestrator), wanted):
        scope = orchestrator.folder(id=folder.id)
        queues = await _queues(scope) if any(name == _ITEMS for _, name in in_each) else set[int]()
        made = [ExportList(name, each(scope)) for each, name in in_each]
        lists += [_in(folder, each, queues, elsewhere) for each in made]
        elsewhere |= queues
    return lists


async def with_folders(
    queries: Sequence[BoundQuery[Any, Any] | ExportList], held: Mapping[str, Any] = _NOTHING
) -> list[ExportList]:
    """Return queries as lists; those of one set in several folders are told apart by the folder that each was made in.

    Items of a queue that is linked to several of them are read in the first alone, as `in_all_folders` does.

    ``held`` has the jobs of the sets that the place holds: the folder of a lake that began with one keeps its key there.
    """
    lists = [each if isinstance(each, ExportList) else ExportList(name_of(each), each) for each in queries]
    keys = [each.key for each in lists]
    unclear = [
        each
        for each in lists
        if folder_of(each.query) is not None
        and (keys.count(each.key) > 1 or (each.folder is None and _is_elsewhere(each, held)))
    ]
    known = [each for each in lists if each.folder is not None and _held_in(each, held)]
    if not unclear and not known:
        return lists
    seen = await _seen(_client_of((*unclear, *known)[0].query, {}))
    elsewhere = set[int]()
    told = [await _told_apart(each, seen, elsewhere) if each in unclear else each for each in lists]
    return [_as_held(each, _held_in(each, held), seen) for each in told]


def folder_of(query: BoundQuery[Any, Any]) -> str | None:
    """Return the id, key or path of the folder that a query was made in, None where it was made in none."""
    headers = query.__source__.channel.headers
    named = headers.get("X-UIPATH-OrganizationUnitId") or headers.get("X-UIPATH-FolderKey")
    return named or folder_path(headers)


def _held_in(each: ExportList, held: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the headers of the one folder that a place held a set of, before it knew of folders."""
    headers: Mapping[str, str] = held.get(each.entity_set, {}).get("headers", {})
    return headers


def _is_elsewhere(each: ExportList, held: Mapping[str, Any]) -> bool:
    """Tell whether a place holds a set in other folders than the one that a query was made in."""
    facts = held.get(each.entity_set)
    if facts is None:
        return False
    own = dict(each.query.__source__.channel.headers)
    return has_folders(facts) or (facts["headers"] not in ({}, own))


def _as_held(each: ExportList, headers: Mapping[str, str], seen: Sequence[SeenFolder]) -> ExportList:
    name = folder_name(headers)
    if each.folder is None or name is None:
        return each
    was = [folder.id for folder in seen if folder.is_named(name)]
    return attrs.evolve(each, held_as=each.entity_set) if was == [each.folder.id] else each


async def _told_apart(each: ExportList, seen: Sequence[SeenFolder], elsewhere: set[int]) -> ExportList:
    name = folder_of(each.query) or ""
    if "*" in name:
        raise QueryError(f"The account sees no folder {name}: a client's folder is one, name it without *")
    [folder, *_] = folders_named(seen, [name])
    queues = set[int]()
    if each.entity_set == _ITEMS:
        queues = await _queues(_client_of(each.query, each.query.__source__.channel.headers))
    told = _in(folder, each, queues, elsewhere)
    elsewhere |= queues
    return told


def _client_of(query: BoundQuery[Any, Any], headers: Mapping[str, str]) -> FolderClient:
    from uipath_odata.client import FolderClient  # noqa: PLC0415 - exports of one folder need none of it

    return FolderClient(attrs.evolve(query.__source__.channel, headers=headers))


def _in(seen: SeenFolder, each: ExportList, queues: set[int], elsewhere: set[int]) -> ExportList:
    folder = Folder(seen.id, seen.path)
    if each.entity_set != _ITEMS:
        return attrs.evolve(each, folder=folder)
    not_ours, ours = frozenset(elsewhere & queues), frozenset(queues - elsewhere)
    return attrs.evolve(each, folder=folder, not_of_queues=not_ours, queues=ours)


async def _seen(orchestrator: FolderClient) -> list[SeenFolder]:
    seen = await seen_folders(orchestrator)
    if not seen:
        raise ExportError("The account sees no folder: have it given access to the folders to export")
    return seen


async def _queues(scope: FolderClient) -> set[int]:
    """Return the queues of a folder; none where the account may not see them."""
    try:
        return {row["Id"] for row in await scope.queue_definitions.dicts().to_list()}
    except (Forbidden, NotFound):
        return set()
