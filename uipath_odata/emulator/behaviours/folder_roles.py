"""What a user may do where, and the way through the folders: ancestors, children, what a move changes."""

from __future__ import annotations

from typing import Any

from uipath_odata.emulator.behaviours.folder_lists import in_tree, page
from uipath_odata.emulator.behaviours.folder_members import line
from uipath_odata.emulator.behaviours.users import roles_of
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import Answer, not_found
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.records import existing, matching, named
from uipath_odata.emulator.world import Call, World

_SIMPLE = ("DisplayName", "FullyQualifiedName", "Id")


@answers("Folders_GetAllRolesForUserByUsernameAndSkipAndTake")
def roles_odata(world: World, call: Call) -> Answer:
    """Return a page of the folders of a user with the roles there, and the roles in the tenant."""
    skip, take = int(call.arguments["skip"]), int(call.arguments["take"])
    rows = _assignments(world, call.arguments["username"], parameters.text(call, "searchText"))
    reply = {"PageItems": rows[skip : skip + take], "Count": len(rows)}
    return documents.single(
        call, "UserRoleAssignmentsDto", _in_tenant(world, call.arguments["username"]) | reply
    )


@answers("FoldersNavigation_GetAllRolesForUser")
def roles(world: World, call: Call) -> Answer:
    """Return the same, with the name of the user in the query."""
    username = parameters.needed(call, "username")
    rows = _assignments(world, username, parameters.text(call, "searchText"))
    return Answer(body=_in_tenant(world, username) | page(call, rows))


@answers("FoldersNavigation_GetFolderNavigationContextForCurrentUser")
def context(world: World, call: Call) -> Answer:
    """Return a folder with those that it is in, and a page of those in it; without one, those at the top."""
    number = parameters.number(call, "folderId")
    folder = existing(world, "Folders", number) if number is not None else None
    children = world.store.find("Folders", '"ParentId" IS ? ORDER BY "FullyQualifiedName"', number)
    parents = {row["ParentId"] for row in world.store.find("Folders")}
    rows = page(call, [in_tree(row, has_children=row["Id"] in parents) for row in children])
    shown: dict[str, Any] = {"IsSelectable": True, "Ancestors": []}
    if folder is not None:
        above = [_simple(row) for row in list(line(world, folder))[:0:-1]]
        shown |= {name: folder[name] for name in ("Id", "DisplayName", "ProvisionType")}
        shown |= {"IsPersonal": bool(folder["IsPersonal"]), "Ancestors": above}
    return Answer(body=shown | {"ChildrenPage": rows["PageItems"], "ChildrenCount": rows["Count"]})


@answers("Folders_GetMoveFolderMachinesChanges")
def changes_by_move(world: World, call: Call) -> Answer:
    """List the machines that a folder would inherit, or no longer, in another place."""
    folder = existing(world, "Folders", parameters.number(call, "folderId"))
    target = parameters.number(call, "targetParentId")
    before = _inherited(world, folder["ParentId"])
    after = _inherited(world, existing(world, "Folders", target)["Id"]) if target else set[int]()
    own = {row["machine"] for row in world.store.find("_folder_machines", "folder = ?", folder["Id"])}
    rows = [
        {
            "MachineId": machine,
            "MachineName": existing(world, "Machines", machine)["Name"],
            "OldMachineFolderState": "Inherited" if machine in before else "NotAssigned",
            "NewMachineFolderState": "Inherited" if machine in after else "NotAssigned",
        }
        for machine in sorted((before ^ after) - own)
    ]
    return documents.listing(world, call, "MoveFolderMachineChange", rows)


def _inherited(world: World, folder: int | None) -> set[int]:
    if folder is None:
        return set()
    places = [place["Id"] for place in line(world, existing(world, "Folders", folder))]
    given = world.store.find(
        "_folder_machines", f"inherited AND folder IN ({', '.join('?' * len(places))})", *places
    )
    return {row["machine"] for row in given}


def _user(world: World, username: str) -> Row:
    found = matching(world, "Users", Sql('"UserName" = ? COLLATE NOCASE', (username,)), None)
    if not found:
        raise not_found(f"The user {username}")
    return found[0]


def _in_tenant(world: World, username: str) -> dict[str, Any]:
    user = _user(world, username)
    roles_there = [named(world, "Roles", name, None) for name in roles_of(user)]
    return {"TenantRoles": [_role(role, user, []) for role in roles_there], "Id": user["Id"]}


def _assignments(world: World, username: str, searched: str | None) -> list[dict[str, Any]]:
    user = _user(world, username)
    given = world.store.find("_folder_users", "user = ? ORDER BY folder, role", user["Id"])
    places = sorted({row["folder"] for row in given})
    rows = list[dict[str, Any]]()
    for place in places:
        folder = existing(world, "Folders", place)
        if (searched or "").lower() in (folder["FullyQualifiedName"] or "").lower():
            roles_here = [existing(world, "Roles", row["role"]) for row in given if row["folder"] == place]
            shown = [_role(role, user, places) for role in roles_here]
            rows.append({"Folder": _simple(folder), "Roles": shown})
    return rows


def _role(role: Row, user: Row, folders: list[int]) -> dict[str, Any]:
    entity = {"UserName": user["UserName"], "Type": user["Type"] or "User", "Id": user["Id"]}
    shown = entity | {"IsInherited": False, "AssignedToFolderIds": folders}
    return {"Name": role["Name"], "Users": [shown], "Id": role["Id"]}


def _simple(folder: Row) -> dict[str, Any]:
    return {name: folder[name] for name in _SIMPLE}
