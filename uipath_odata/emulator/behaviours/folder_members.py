"""Which users, with which roles, and which machines work in which folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import existing, matching
from uipath_odata.emulator.rows.writes import add, body_of
from uipath_odata.emulator.world import Call, World

_DONE = Answer(HTTPStatus.NO_CONTENT)


@answers("Folders_AssignUsers")
def assign_users(world: World, call: Call) -> Answer:
    """Assign users roles in folders."""
    sent = body_of(world, call)["assignments"]
    for user in items(sent, "UserIds"):
        existing(world, "Users", user)
        _give_roles(world, user, items(sent, "RolesPerFolder"))
    return _DONE


@answers("Folders_AssignDomainUser")
def assign_domain_user(world: World, call: Call) -> Answer:
    """Assign a user of a directory roles in folders; the tenant learns of the user by it."""
    sent = body_of(world, call)["assignment"]
    found = matching(world, "Users", Sql('"UserName" = ? COLLATE NOCASE', (sent.get("UserName"),)), None)
    values = {name: sent.get(name) for name in ("UserName", "Domain", "DirectoryIdentifier")}
    kind = sent.get("UserType") or "DirectoryUser"
    user = found[0]["Id"] if found else add(world, "Users", {**values, "Type": kind, "IsActive": 1}, None)
    _give_roles(world, int(str(user)), items(sent, "RolesPerFolder"))
    return _DONE


@answers("Folders_RemoveUserFromFolderById")
def remove_user(world: World, call: Call) -> Answer:
    """Take all roles in a folder from a user."""
    return _removed(world, call, existing(world, "Users", body_of(world, call).get("userId")))


@answers("Folders_RemoveUserFromFolderByKey")
def remove_user_by_key(world: World, call: Call) -> Answer:
    """Take all roles in a folder from the user with this GUID."""
    key = str(body_of(world, call).get("userKey")).lower()
    found = matching(world, "Users", Sql('"Key" = ?', (key,)), None)
    return _removed(world, call, found[0] if found else existing(world, "Users", key))


@answers("Folders_GetUsersForFolderByKeyAndIncludeinherited")
def users(world: World, call: Call) -> Answer:
    """List the users of a folder with their roles there, and on request with those that they have from above."""
    folder = existing(world, "Folders", int(call.arguments["key"]))
    inherits = call.arguments["includeInherited"].lower() == "true"
    places = list(line(world, folder)) if inherits else [folder]
    roles: dict[int, list[dict[str, Any]]] = {}
    for place in places:
        for given in world.store.find("_folder_users", "folder = ? ORDER BY user, role", place["Id"]):
            roles.setdefault(given["user"], []).append(_role(world, given["role"], place, folder))
    rows = [_user(world, user, given) for user, given in roles.items()]
    return documents.listing(world, call, "UserRolesDto", rows)


@answers("Folders_AssignMachines")
def assign_machines(world: World, call: Call) -> Answer:
    """Let machines work in folders."""
    sent = body_of(world, call)["assignments"]
    for folder in items(sent, "FolderIds"):
        _let_work(world, folder, items(sent, "MachineIds"))
    return _DONE


@answers("Folders_UpdateMachinesToFolderAssociations")
def update_machines(world: World, call: Call) -> Answer:
    """Let some machines work in a folder and others no longer."""
    sent = body_of(world, call)["associations"]
    folder = existing(world, "Folders", sent.get("FolderId"))["Id"]
    _let_work(world, folder, items(sent, "AddedMachineIds"))
    _take_away(world, folder, items(sent, "RemovedMachineIds"))
    return _DONE


@answers("Folders_RemoveMachinesFromFolderById")
def remove_machines(world: World, call: Call) -> Answer:
    """Let machines no longer work in a folder."""
    folder = existing(world, "Folders", int(call.arguments["key"]))["Id"]
    _take_away(world, folder, items(body_of(world, call), "machineIds"))
    return _DONE


@answers("Folders_ToggleFolderMachineInherit")
def toggle_inherited(world: World, call: Call) -> Answer:
    """Let a machine of a folder work in all folders below it, too, or no longer."""
    sent = body_of(world, call)
    folder, machine = (
        existing(world, "Folders", sent.get("FolderId")),
        existing(world, "Machines", sent.get("MachineId")),
    )
    _let_work(world, folder["Id"], [machine["Id"]], inherited=bool(sent.get("InheritEnabled")))
    return Answer()


@answers("Folders_GetMachinesForFolderByKey")
def machines(world: World, call: Call) -> Answer:
    """List all machines, each with whether it works in a folder."""
    folder = existing(world, "Folders", int(call.arguments["key"]))
    above = {place["Id"]: place["DisplayName"] for place in line(world, folder)}
    rows = [_machine(world, row, folder, above) for row in world.store.find("Machines", 'TRUE ORDER BY "Id"')]
    return documents.listing(world, call, "MachineFolderDto", rows)


@answers("Machines_GetAssignedMachinesByFolderid")
def assigned_machines(world: World, call: Call) -> Answer:
    """List the machines that work in a folder."""
    folder = existing(world, "Folders", int(call.arguments["folderId"]))
    return listing(world, call, machines_of(world, folder))


def machines_of(world: World, folder: Row) -> Sql:
    """Return the condition that a machine, as ``t``, works in a folder."""
    above = [place["Id"] for place in line(world, folder)]
    places = ", ".join("?" for _ in above)
    given = f"SELECT machine FROM _folder_machines WHERE folder IN ({places}) AND (folder = ? OR inherited)"  # noqa: S608
    return Sql(f't."Id" IN ({given})', (*above, folder["Id"]))


@answers("Folders_GetSubfoldersWithAssignedMachine")
def folders_of_machine(world: World, call: Call) -> Answer:
    """List the folders below one in which a machine works."""
    root = existing(world, "Folders", int(parameters.needed(call, "rootFolderId")))
    path = f"{root['FullyQualifiedName']}/"
    given = 'EXISTS (SELECT 1 FROM _folder_machines WHERE folder = t."Id" AND machine = ?)'
    below = Sql('substr(t."FullyQualifiedName", 1, ?) = ?', (len(path), path))
    return listing(world, call, Sql(given, (parameters.number(call, "machineId"),)), below)


def _give_roles(world: World, user: int, per_folder: Iterable[Mapping[str, Any]]) -> None:
    for each in per_folder:
        folder = existing(world, "Folders", each.get("FolderId"))["Id"]
        for role in items(each, "RoleIds"):
            existing(world, "Roles", role)
            world.store.connection.execute(
                "INSERT OR IGNORE INTO _folder_users VALUES (?, ?, ?)", (folder, user, role)
            )


def _removed(world: World, call: Call, user: Row) -> Answer:
    folder = existing(world, "Folders", int(call.arguments["key"]))
    world.store.connection.execute(
        "DELETE FROM _folder_users WHERE folder = ? AND user = ?", (folder["Id"], user["Id"])
    )
    return _DONE


def line(world: World, folder: Row) -> Iterable[Row]:
    """Return a folder and all that it is in, from within outwards."""
    yield folder
    if folder["ParentId"] is not None:
        yield from line(world, existing(world, "Folders", folder["ParentId"]))


def _role(world: World, role: int, place: Row, folder: Row) -> dict[str, Any]:
    row, own = existing(world, "Roles", role), place["Id"] == folder["Id"]
    origin = None if own else {name: place[name] for name in ("DisplayName", "FullyQualifiedName", "Id")}
    return {
        "Id": row["Id"],
        "Name": row["Name"],
        "RoleType": row["Type"],
        "Origin": "Assigned" if own else "Inherited",
        "InheritedFromFolder": origin,
    }


def _user(world: World, user: int, roles: list[dict[str, Any]]) -> dict[str, Any]:
    row = existing(world, "Users", user)
    own = any(role["Origin"] == "Assigned" for role in roles)
    folders = [
        given["folder"] for given in world.store.find("_folder_users", "user = ? GROUP BY folder", user)
    ]
    entity = {name: row[name] for name in ("FullName", "AuthenticationSource", "UserName", "Type", "Id")}
    shown = {**entity, "IsInherited": not own, "AssignedToFolderIds": folders}
    return {"Id": user, "UserEntity": shown, "Roles": roles, "HasAlertsEnabled": False}


def _let_work(world: World, folder: int, chosen: Iterable[int], *, inherited: bool = False) -> None:
    existing(world, "Folders", folder)
    for machine in chosen:
        existing(world, "Machines", machine)
        world.store.connection.execute(
            "INSERT OR REPLACE INTO _folder_machines VALUES (?, ?, ?)", (folder, machine, int(inherited))
        )


def _take_away(world: World, folder: int, chosen: Iterable[int]) -> None:
    pairs = [(folder, machine) for machine in chosen]
    world.store.connection.executemany("DELETE FROM _folder_machines WHERE folder = ? AND machine = ?", pairs)


def _machine(world: World, row: Row, folder: Row, above: Mapping[int, str]) -> dict[str, Any]:
    given = world.store.find("_folder_machines", "machine = ?", row["Id"])
    own = next((each for each in given if each["folder"] == folder["Id"]), None)
    other = next(
        (above[each["folder"]] for each in given if each["inherited"] and each["folder"] in above), None
    )
    inherited = own is None and other is not None
    named = ("Id", "Key", "Name", "Description", "Type", "Scope", "UnattendedSlots", "NonProductionSlots")
    return {
        **{name: row[name] for name in named},
        "IsAssignedToFolder": own is not None or inherited,
        "IsInherited": inherited,
        "InheritedFromFolderName": other if inherited else None,
        "PropagateToSubFolders": bool(own and own["inherited"]),
    }
