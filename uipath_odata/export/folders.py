"""The same sets in several folders, and what belongs to the tenant once."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import attrs

from uipath_odata.errors import BadRequest, ExportError, Forbidden, NotFound
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.lists import ExportList, Folder, name_of
from uipath_odata.transport.folder_header import folder_path

if TYPE_CHECKING:
    from uipath_odata.client import FolderClient, Orchestrator

__all__ = ["folder_of", "in_all_folders", "in_folders", "with_folders"]

logger = logging.getLogger("uipath_odata.export")

_PAGE: Final = 1_000
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WILD: Final = {"/**": "(/.*)?", "**": ".*", "*": "[^/]*"}


@attrs.frozen
class _SeenFolder:
    """A folder that the account sees."""

    id: int
    path: str
    key: str

    def is_named(self, name: str) -> bool:
        """Tell whether digits, a GUID, a path, or a path with ``*`` and ``**`` name this folder."""
        if name.isascii() and name.isdigit():
            return self.id == int(name)
        if _GUID.fullmatch(name):
            return self.key == str(UUID(name))
        parts = re.split(r"(/\*\*|\*\*|\*)", name.strip("/").casefold())
        pattern = "".join(_WILD.get(part) or re.escape(part) for part in parts)
        return re.fullmatch(pattern, self.path.casefold()) is not None


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
    names: Sequence[str],
) -> list[ExportList]:
    """Return the lists of these sets in the folders of these names, as `in_all_folders` does.

    A name is an id in digits, a key, a path, or a path with ``*`` (within a level) and ``**`` (any levels):
    ``Finance/**`` is Finance and all that is below it. Raises ExportError where a name finds no folder.
    """
    whole = [(each, each(orchestrator)) for each in sets]
    lists = [ExportList(name_of(query), query) for _, query in whole if not query.operation.folder]
    in_each = [(each, name_of(query)) for each, query in whole if query.operation.folder]
    if not in_each:
        return lists
    elsewhere = set[int]()
    for folder in _named(await _seen(orchestrator), names):
        scope = orchestrator.folder(id=folder.id)
        queues = await _queues(scope) if any(name == "QueueItems" for _, name in in_each) else set[int]()
        lists += [_in(folder, name, each(scope), queues, elsewhere) for each, name in in_each]
        elsewhere |= queues
    return lists


async def with_folders(queries: Sequence[BoundQuery[Any, Any] | ExportList]) -> list[ExportList]:
    """Return queries as lists; those of one set in several folders are told apart by the folder that each was made in."""
    lists = [each if isinstance(each, ExportList) else ExportList(name_of(each), each) for each in queries]
    keys = [each.key for each in lists]
    unclear = [each for each in lists if keys.count(each.key) > 1 and folder_of(each.query) is not None]
    if not unclear:
        return lists
    seen = await _seen(_tenant_of(unclear[0].query))
    return [_told_apart(each, seen) if each in unclear else each for each in lists]


def folder_of(query: BoundQuery[Any, Any]) -> str | None:
    """Return the id, key or path of the folder that a query was made in, None where it was made in none."""
    headers = query.source.channel.headers
    named = headers.get("X-UIPATH-OrganizationUnitId") or headers.get("X-UIPATH-FolderKey")
    return named or folder_path(headers)


def _told_apart(each: ExportList, seen: Sequence[_SeenFolder]) -> ExportList:
    name = folder_of(each.query) or ""
    if "*" in name:
        raise ExportError(f"The account sees no folder {name}: a client's folder is one, name it without *")
    [folder, *_] = _named(seen, [name])
    return attrs.evolve(each, folder=Folder(folder.id, folder.path))


def _tenant_of(query: BoundQuery[Any, Any]) -> FolderClient:
    from uipath_odata.client import FolderClient  # noqa: PLC0415 - exports of one folder need none of it

    return FolderClient(attrs.evolve(query.source.channel, headers={}))


def _in(
    seen: _SeenFolder, name: str, query: BoundQuery[Any, Any], queues: set[int], elsewhere: set[int]
) -> ExportList:
    folder = Folder(seen.id, seen.path)
    if name != "QueueItems":
        return ExportList(name, query, folder)
    return ExportList(name, query, folder, frozenset(elsewhere & queues), frozenset(queues - elsewhere))


def _named(seen: Sequence[_SeenFolder], names: Sequence[str]) -> list[_SeenFolder]:
    for name in names:
        if not any(folder.is_named(name) for folder in seen):
            near = difflib.get_close_matches(name, [folder.path for folder in seen], n=3)
            meant = (
                f": did you mean {' or '.join(near)}?"
                if near
                else ", which sees other ones: check its spelling"
            )
            raise ExportError(f"The account sees no folder {name}{meant}")
    return [folder for folder in seen if any(folder.is_named(name) for name in names)]


async def _seen(orchestrator: FolderClient) -> list[_SeenFolder]:
    """Return the folders of both lists of them by id: each leaves out some that the other has."""
    found = dict[int, _SeenFolder]()
    for read in (_listed, _of_current_user):
        try:
            found |= {folder.id: folder async for folder in read(orchestrator)}
        except (BadRequest, Forbidden, NotFound) as error:
            if read is _listed:
                raise
            logger.warning("Folders below personal workspaces and solutions may be missing: %s", error)
    if not found:
        raise ExportError("The account sees no folder: have it given access to the folders to export")
    return sorted(found.values(), key=lambda folder: folder.id)


async def _listed(orchestrator: FolderClient) -> AsyncIterator[_SeenFolder]:
    for row in await orchestrator.folders.dicts().to_list():
        path = row.get("FullyQualifiedName") or row.get("DisplayName") or ""
        yield _SeenFolder(row["Id"], path, str(row.get("Key") or ""))


async def _of_current_user(orchestrator: FolderClient) -> AsyncIterator[_SeenFolder]:
    skip = 0
    while rows := (await orchestrator.folders.get_all_for_current_user(take=_PAGE, skip=skip)).page_items:
        for row in rows:
            if row.id is not None:
                yield _SeenFolder(
                    row.id, row.fully_qualified_name or row.display_name or "", str(row.key or "")
                )
        skip += len(rows)


async def _queues(scope: FolderClient) -> set[int]:
    """Return the queues of a folder; none where the account may not see them."""
    try:
        return {row["Id"] for row in await scope.queue_definitions.dicts().to_list()}
    except (Forbidden, NotFound):
        return set()
