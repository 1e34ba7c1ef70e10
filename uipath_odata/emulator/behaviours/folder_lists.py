"""The folders of the current user, as the paths outside of OData give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.world import Call, World

_MOST = 1000
_NAMED = (
    "Key",
    "DisplayName",
    "FullyQualifiedName",
    "Description",
    "FolderType",
    "ParentId",
    "ParentKey",
    "Id",
)
_FULL = (*_NAMED, "ProvisionType", "PermissionModel", "FeedType")


@answers("Folders_GetAllForCurrentUser")
def all_for_current_user(world: World, call: Call) -> Answer:
    """Return a page of all folders, personal workspaces too, and how many there are."""
    rows = [_some(row, _NAMED) for row in _folders(world)]
    return Answer(body=page(call, rows))


@answers("FoldersNavigation_GetFoldersForCurrentUser")
def for_current_user(world: World, call: Call) -> Answer:
    """Return a page of the folders whose names hold a text, and how many there are."""
    searched = (parameters.text(call, "searchText") or "").lower()
    rows = [
        {"FolderPath": row["FullyQualifiedName"], **_full(row)}
        for row in _folders(world)
        if searched in (row["DisplayName"] or "").lower()
    ]
    return Answer(body=page(call, rows))


@answers("FoldersNavigation_GetAllFoldersForCurrentUser")
def tree(world: World, _: Call) -> Answer:
    """Return all folders, each with its level and whether folders are in it."""
    rows = _folders(world)
    parents = {row["ParentId"] for row in rows}
    return Answer(body=[in_tree(row, has_children=row["Id"] in parents) for row in rows])


def in_tree(row: Row, *, has_children: bool) -> dict[str, Any]:
    """Return a folder as one of a tree."""
    level = (row["FullyQualifiedName"] or "").count("/")
    return {"IsSelectable": True, "HasChildren": has_children, "Level": level, **_full(row)}


def _folders(world: World) -> list[Row]:
    return world.store.find("Folders", 'TRUE ORDER BY "FullyQualifiedName"')


def _full(row: Row) -> dict[str, Any]:
    return _some(row, _FULL) | {"IsPersonal": bool(row["IsPersonal"])}


def _some(row: Row, names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def page(call: Call, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the page of rows that ``take`` and ``skip`` ask for, and how many there are."""
    take, skip = parameters.number(call, "take"), parameters.number(call, "skip") or 0
    if take is not None and not 0 <= take <= _MOST:
        raise Refusal(f"The field take must be between 0 and {_MOST}", INVALID_ARGUMENT)
    return {"PageItems": rows[skip : skip + (_MOST if take is None else take)], "Count": len(rows)}
