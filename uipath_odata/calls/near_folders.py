"""Folders with names similar to one that does not exist."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

from uipath_odata.errors import OrchestratorError
from uipath_odata.odata.rows.json_body import as_array, as_object, parse, value_of
from uipath_odata.transport.folder_header import folder_path
from uipath_odata.transport.request import Request

if TYPE_CHECKING:
    from uipath_odata.transport.request import Sender

__all__ = ["near_folders"]

_LIST: Final = Request(
    path="/odata/Folders",
    query="$select=FullyQualifiedName&$top=1000",
    repeatable=True,
    operation="Folders.list",
)
_ALIKE: Final = 0.6


async def near_folders(sender: Sender, refused: Request) -> list[str]:
    """Return up to three paths like that of a request's folder header; none where the list cannot be read."""
    path = folder_path(refused.headers)
    if path is None:
        return []
    try:
        rows = as_array(value_of(parse((await sender.send(_LIST)).body))) or []
    except OrchestratorError:
        return []
    names = [_name(as_object(row) or {}) for row in rows]
    by_case = {name.casefold(): name for name in names if name}
    alike = difflib.get_close_matches(path.casefold(), by_case, cutoff=_ALIKE)
    same_end = [each for each in by_case if each.rpartition("/")[2] == path.casefold().rpartition("/")[2]]
    return [by_case[each] for each in dict.fromkeys((*alike, *same_end))][:3]


def _name(folder: dict[str, Any]) -> str:
    return str(folder.get("FullyQualifiedName") or "")
