"""Users and the roles that they have in the tenant."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import attrs
import orjson

from uipath_odata.emulator.behaviours import feeds
from uipath_odata.emulator.behaviours.tenant_settings import LANGUAGES
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents, singletons, writes
from uipath_odata.emulator.rows.reads import entity, listing
from uipath_odata.emulator.rows.records import existing, named, of_path
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

_SET = "Users"
_HAS_ROLE = 'EXISTS (SELECT 1 FROM json_each(t."RolesList") AS r WHERE r.value = ?)'


@answers("Users_Post")
def create(world: World, call: Call) -> Answer:
    """Add a user, who is active unless the body says otherwise."""
    sent = body_of(world, call)
    return writes.create(world, call, {"IsActive": sent.get("IsActive") is not False})


@answers("Users_GetCurrentUser")
def current(world: World, call: Call) -> Answer:
    """Return the user that the requests come from; 204 in a tenant without users."""
    user = current_user.row(world)
    return entity(world, call, _SET, user["Id"]) if user else Answer(HTTPStatus.NO_CONTENT)


@answers("Users_GetCurrentUserExtended")
def current_extended(world: World, call: Call) -> Answer:
    """Return the user that the requests come from, with the personal workspace; 204 in a tenant without users."""
    user = current_user.row(world)
    if user is None:
        return Answer(HTTPStatus.NO_CONTENT)
    own = feeds.workspace(world)
    shown = own and {"Id": own["Id"], "Key": own["Key"], "FullyQualifiedName": own["Name"]}
    answer = entity(world, attrs.evolve(call, query=""), _SET, user["Id"])
    feed = own and own["Key"]
    # The name is misspelt in the field.
    return Answer(body=answer.body | {"PersonalWorkspace": shown, "PersonalWorskpaceFeedId": feed})


@answers("Users_GetCurrentPermissions")
def permissions(world: World, call: Call) -> Answer:
    """Return what the roles of the current user permit."""
    user = current_user.row(world)
    if user is None:
        raise Refusal("", status=HTTPStatus.UNAUTHORIZED)
    roles = [named(world, "Roles", role, None) for role in roles_of(user)]
    granted = sorted({each["Name"] for role in roles for each in _permissions(role) if each.get("IsGranted")})
    return documents.single(call, "UserPermissionsCollection", {"UserId": user["Id"], "Permissions": granted})


@answers("Users_AssignRolesById")
def assign_roles(world: World, call: Call) -> Answer:
    """Set these roles of a user and no others."""
    user = of_path(world, call)
    _set_roles(
        world, user, [existing(world, "Roles", role)["Name"] for role in body_of(world, call)["roleIds"]]
    )
    return Answer()


@answers("Users_ToggleRoleById")
def toggle_role(world: World, call: Call) -> Answer:
    """Assign a user one more role, or take it."""
    sent, user = body_of(world, call), of_path(world, call)
    role = named(world, "Roles", sent["role"], None)["Name"]
    kept = [each for each in roles_of(user) if each != role]
    _set_roles(world, user, [*kept, role] if sent.get("toggle") else kept)
    return Answer()


@answers("Users_ChangeCulture")
def change_own_culture(world: World, call: Call) -> Answer:
    """Choose the language of the current user."""
    user = current_user.row(world)
    if user is None:
        raise Refusal("", status=HTTPStatus.UNAUTHORIZED)
    return _change_culture(world, call, user)


@answers("Users_ChangeUserCultureById")
def change_culture(world: World, call: Call) -> Answer:
    """Choose the language of a user."""
    return _change_culture(world, call, of_path(world, call))


@answers("Users_ValidateByUserids")
def validate(world: World, call: Call) -> Answer:
    """Say of each Id whether there is such a user."""
    texts = [text.strip() for text in call.arguments["userIds"].split(",")]
    if not all(text.isdigit() for text in texts):
        raise Refusal("The userIds are not numbers.", INVALID_ARGUMENT)
    known = {text: bool(world.store.find(_SET, '"Id" = ?', int(text))) for text in texts}
    return documents.value(call, "Collection(Edm.Boolean)", known)


@answers("Roles_SetUsersById")
def set_users(world: World, call: Call) -> Answer:
    """Assign a role to users and take it from others."""
    role, sent = of_path(world, call)["Name"], body_of(world, call)
    for user in (existing(world, _SET, each) for each in sent["addedUserIds"]):
        _set_roles(world, user, [*(each for each in roles_of(user) if each != role), role])
    for user in (existing(world, _SET, each) for each in sent["removedUserIds"]):
        _set_roles(world, user, [each for each in roles_of(user) if each != role])
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Roles_GetUsersForRoleByKey")
def users_of_role(world: World, call: Call) -> Answer:
    """List the users that have the role."""
    role = existing(world, "Roles", int(call.arguments["key"]))["Name"]
    return listing(world, attrs.evolve(call, folder=None), Sql(_HAS_ROLE, (role,)), of=_SET)


@answers("Roles_GetUserIdsForRoleByKey")
def user_ids_of_role(world: World, call: Call) -> Answer:
    """Return the Ids of the users that have the role."""
    role = existing(world, "Roles", int(call.arguments["key"]))["Name"]
    rows = world.store.find("Users", _HAS_ROLE.replace('t."', '"') + ' ORDER BY "Id"', role)
    return documents.value(call, "Collection(Edm.Int64)", [row["Id"] for row in rows])


def _change_culture(world: World, call: Call, user: Row) -> Answer:
    culture = str(body_of(world, call)["culture"])
    if culture not in LANGUAGES:
        raise Refusal(f"{culture} is not one of {', '.join(LANGUAGES)}.", INVALID_ARGUMENT)
    chosen = singletons.read(world, "Cultures") or {}
    singletons.write(world, "Cultures", {**chosen, str(user["Id"]): culture})
    return Answer()


def roles_of(user: Row) -> list[str]:
    """Return the names of the roles that a user has in the tenant."""
    return list(orjson.loads(user["RolesList"] or "[]"))


def _permissions(role: Row) -> list[dict[str, Any]]:
    return list(orjson.loads(role["Permissions"] or "[]"))


def _set_roles(world: World, user: Row, names: Iterable[str]) -> None:
    roles = [named(world, "Roles", name, None) for name in names]
    linked = [
        {"UserId": user["Id"], "RoleId": role["Id"], "UserName": user["UserName"], "RoleName": role["Name"]}
        for role in roles
    ]
    values = {"RolesList": [role["Name"] for role in roles], "UserRoles": linked}
    world.store.change(_SET, user["Id"], {name: orjson.dumps(each).decode() for name, each in values.items()})
