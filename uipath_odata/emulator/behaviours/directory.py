"""The directory that users come from: that of the tenant itself."""

from __future__ import annotations

from typing import Any

import orjson

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import Answer, not_found
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.records import matching, named
from uipath_odata.emulator.world import Call, World

_LOCAL = "autogen"
_KINDS = {
    "DirectoryGroup": "Group",
    "Robot": "Robot",
    "DirectoryRobot": "Robot",
    "DirectoryExternalApplication": "ExternalApplication",
}
_CONTEXTS = {
    "users": "User",
    "groups": "Group",
    "robots": "Robot",
    "externalapplications": "ExternalApplication",
}


@answers("DirectoryService_SearchForUsersAndGroups")
def search(world: World, call: Call) -> Answer:
    """Return users, groups and others whose names begin with a text."""
    prefix = (parameters.text(call, "prefix") or "").lower()
    context = (parameters.text(call, "searchContext") or "All").lower()
    rows = [_shown(row) for row in matching(world, "Users", Sql("TRUE"), None)]
    found = [
        row
        for row in rows
        if any(str(row[name] or "").lower().startswith(prefix) for name in ("identityName", "displayName"))
        and row["type"] == _CONTEXTS.get(context, row["type"])
    ]
    return Answer(body=found)


@answers("DirectoryService_GetDomains")
def domains(world: World, _: Call) -> Answer:
    """Return the domains of the users; the tenant's own is the default."""
    names = {row["Domain"] for row in world.store.find("Users") if row["Domain"]} - {_LOCAL}
    return Answer(body=[{"name": name, "isDefault": name == _LOCAL} for name in (_LOCAL, *sorted(names))])


@answers("DirectoryService_GetDomainUserId")
def user_id(world: World, call: Call) -> Answer:
    """Return the Id of the user with this name or identifier in the directory."""
    identifier, name = parameters.text(call, "directoryIdentifier"), parameters.text(call, "userName")
    condition = Sql('("DirectoryIdentifier" = ? OR "UserName" = ? COLLATE NOCASE)', (identifier, name))
    found = matching(world, "Users", condition, None)
    if not found:
        raise not_found(f"The user {name or identifier}")
    return Answer(body=found[0]["Id"])


@answers("DirectoryService_GetDirectoryPermissions")
def permissions(world: World, call: Call) -> Answer:
    """Return the folders and roles that a user has by groups; groups of the directory have none here."""
    name = parameters.needed(call, "username")
    if not matching(world, "Users", Sql('"UserName" = ? COLLATE NOCASE', (name,)), None):
        raise not_found(f"The user {name}")
    groups = matching(world, "Users", Sql("\"Type\" = 'DirectoryGroup'"), None)
    return Answer(
        body=[
            {"directoryGroup": row["UserName"], "organizationUnits": [], "roles": _roles(world, row)}
            for row in groups
        ]
    )


def _roles(world: World, group: Row) -> list[dict[str, Any]]:
    roles = [named(world, "Roles", name, None) for name in orjson.loads(group["RolesList"] or "[]")]
    shown = ("Name", "DisplayName", "Groups", "IsStatic", "IsEditable", "Id")
    return [
        {
            name[0].lower() + name[1:]: bool(role[name]) if name.startswith("Is") else role[name]
            for name in shown
        }
        for role in roles
    ]


def _shown(row: Row) -> dict[str, Any]:
    return {
        "type": _KINDS.get(row["Type"] or "", "User"),
        "source": "directory" if row["DirectoryIdentifier"] else "local",
        "domain": row["Domain"] or _LOCAL,
        "identifier": row["DirectoryIdentifier"] or row["Key"],
        "identityName": row["UserName"],
        "displayName": row["FullName"] or row["UserName"],
    }
