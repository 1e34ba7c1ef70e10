"""Organization units, which folders have taken the place of: the users of each."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import attrs

from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.http.options import parse
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents, singletons
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World


@answers("OrganizationUnits_SetUsersById")
def set_users(world: World, call: Call) -> Answer:
    """Put users into a unit and take others out."""
    sent, name = body_of(world, call), _name(world, call)
    for user in sent["addedUserIds"]:
        existing(world, "Users", user)
    users = ({*_users(world, name)} | {*sent["addedUserIds"]}) - {*sent["removedUserIds"]}
    singletons.write(world, name, {"Users": sorted(users)})
    return Answer(HTTPStatus.NO_CONTENT)


@answers("OrganizationUnits_GetUserIdsForUnitByKey")
def user_ids(world: World, call: Call) -> Answer:
    """Return the Ids of the users of a unit."""
    return documents.value(call, "Collection(Edm.Int64)", _users(world, _name(world, call)))


@answers("OrganizationUnits_GetUsersForUnitByKey")
def users(world: World, call: Call) -> Answer:
    """List all users but robots, on each page those of the unit first unless another order is asked for."""
    members = _users(world, _name(world, call))
    people = Sql("coalesce(t.\"Type\", 'User') NOT IN ('Robot', 'DirectoryRobot')")
    answer = listing(world, attrs.evolve(call, folder=None), people, of="Users")
    if not parse(call.query, call.operation.options).orderby:
        rows: list[dict[str, Any]] = answer.body["value"]
        rows.sort(key=lambda row: row.get("Id") not in members)
    return answer


def _name(world: World, call: Call) -> str:
    return f"OrganizationUnit {existing(world, 'OrganizationUnits', int(call.arguments['key']))['Id']}"


def _users(world: World, name: str) -> list[int]:
    return list((singletons.read(world, name) or {"Users": []})["Users"])
