"""The folders that the account sees, by the names that people give them."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Final, TypedDict
from uuid import UUID

import attrs

from uipath_odata.errors import BadRequest, Forbidden, NotFound, QueryError
from uipath_odata.local.log_line import log_line
from uipath_odata.resources.entity_sets import log_place

if TYPE_CHECKING:
    from uipath_odata.operations import EntitySets

__all__ = ["SeenFolder", "folder_named", "folders_named", "seen_folders"]

logger = logging.getLogger("uipath_odata.folders")

_PAGE: Final = 1_000
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WILD: Final = {"/**": "(/.*)?", "**": ".*", "*": "[^/]*"}


class FolderName(TypedDict, total=False):
    """One of these."""

    id: int
    key: str
    path: str


@attrs.frozen
class SeenFolder:
    """A folder that the account sees."""

    id: int
    path: str
    key: str

    def is_named(self, name: str) -> bool:
        """Tell whether digits, a GUID, a path, or a path with ``*`` and ``**`` name this folder."""
        named = folder_named(name)
        if "path" not in named:
            return named in ({"id": self.id}, {"key": self.key})
        parts = re.split(r"(/\*\*|\*\*|\*)", name.strip("/").casefold())
        pattern = "".join(_WILD.get(part) or re.escape(part) for part in parts)
        return re.fullmatch(pattern, self.path.casefold()) is not None


def folder_named(name: str) -> FolderName:
    """Return the argument of ``folder``: digits are an id, a GUID is a key, anything else a path."""
    if name.isascii() and name.isdigit():
        return {"id": int(name)}
    return {"key": str(UUID(name))} if _GUID.fullmatch(name) else {"path": name}


async def seen_folders(sets: EntitySets) -> list[SeenFolder]:
    """Return the folders by id, none where the account sees none.

    Orchestrator has two lists of folders, and each leaves out some that the other has: personal workspaces, their
    subfolders and the folders of solutions.
    """
    found = dict[int, SeenFolder]()
    for read in (_listed, _of_current_user):
        try:
            found |= {folder.id: folder async for folder in read(sets)}
        except (BadRequest, Forbidden, NotFound) as error:
            if read is _listed:
                raise
            message = "Folders below personal workspaces and solutions may be missing: %s"
            log_line(logger, logging.WARNING, log_place(sets), message, error)
    return sorted(found.values(), key=lambda folder: folder.id)


def folders_named(seen: Sequence[SeenFolder], names: Sequence[str]) -> list[SeenFolder]:
    """Return the folders that any of these names is for. Raise QueryError, with near names, for one that is for none.

    A name is an id in digits, a key, a path, or a path with ``*`` (within a level) and ``**`` (any levels).
    """
    for name in names:
        if not any(folder.is_named(name) for folder in seen):
            near = difflib.get_close_matches(name, [folder.path for folder in seen], n=3)
            meant = (
                f": did you mean {' or '.join(near)}?"
                if near
                else ", which sees other ones: check its spelling"
            )
            raise QueryError(f"The account sees no folder {name}{meant}")
    return [folder for folder in seen if any(folder.is_named(name) for name in names)]


async def _listed(sets: EntitySets) -> AsyncIterator[SeenFolder]:
    for row in await sets.folders.dicts().to_list():
        path = row.get("FullyQualifiedName") or row.get("DisplayName") or ""
        yield SeenFolder(row["Id"], path, str(row.get("Key") or ""))


async def _of_current_user(sets: EntitySets) -> AsyncIterator[SeenFolder]:
    skip, seen = 0, set[int]()
    while rows := (await sets.folders.get_all_for_current_user(take=_PAGE, skip=skip)).page_items:
        new = {row.id: row for row in rows if row.id is not None and row.id not in seen}
        for id_, row in new.items():
            yield SeenFolder(id_, row.fully_qualified_name or row.display_name or "", str(row.key or ""))
        if not new:
            return  # a server that does not know skip shows the same folders again
        seen |= new.keys()
        skip += len(rows)
