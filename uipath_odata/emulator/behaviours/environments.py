"""Environments, which group the robots of classic folders (2020.10 is the last version that has them)."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import orjson

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import existing, of_path
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

_SET = "Environments"
_MEMBERS = "SELECT json_extract(r.value, '$.Id') FROM json_each(?) AS r"


@answers("Environments_AddRobotById")
def add_robot(world: World, call: Call) -> Answer:
    """Put a robot into an environment."""
    return _change(world, call, added=[_robot_id(world, call)])


@answers("Environments_RemoveRobotById")
def remove_robot(world: World, call: Call) -> Answer:
    """Take a robot out of an environment."""
    return _change(world, call, removed=[_robot_id(world, call)])


@answers("Environments_SetRobotsById")
def set_robots(world: World, call: Call) -> Answer:
    """Put robots into an environment and take others out."""
    sent = body_of(world, call)
    return _change(world, call, items(sent, "addedRobotIds"), items(sent, "removedRobotIds"))


@answers("Environments_GetRobotsForEnvironmentByKey")
def robots(world: World, call: Call) -> Answer:
    """List the robots of an environment."""
    members = existing(world, _SET, int(call.arguments["key"]))["Robots"] or "[]"
    return listing(world, call, Sql(f't."Id" IN ({_MEMBERS})', (members,)), of="Robots")


@answers("Environments_GetRobotIdsForEnvironmentByKey")
def robot_ids(world: World, call: Call) -> Answer:
    """Return the Ids of the robots of an environment."""
    members = _members(existing(world, _SET, int(call.arguments["key"])))
    return documents.value(call, "Collection(Edm.Int64)", [each["Id"] for each in members])


def _robot_id(world: World, call: Call) -> int:
    text = str(body_of(world, call).get("robotId"))
    if not text.isdigit():
        raise Refusal(f"{text} is not the Id of a robot.", INVALID_ARGUMENT)
    return int(text)


def _change(world: World, call: Call, added: Iterable[int] = (), removed: Iterable[int] = ()) -> Answer:
    environment, gone = of_path(world, call), {*removed, *added}
    kept = [each for each in _members(environment) if each["Id"] not in gone]
    new = [
        {"Id": row["Id"], "Name": row["Name"]} for row in (existing(world, "Robots", each) for each in added)
    ]
    world.store.change(_SET, environment["Id"], {"Robots": orjson.dumps([*kept, *new]).decode()})
    return Answer(HTTPStatus.NO_CONTENT)


def _members(environment: Row) -> list[dict[str, Any]]:
    return [each for each in orjson.loads(environment["Robots"] or "[]") if each.get("Id") is not None]
