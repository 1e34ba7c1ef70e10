"""What Robots can do beyond being stored."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from uipath_odata.emulator.answers import Answer
from uipath_odata.emulator.reads import listing
from uipath_odata.emulator.sql import Sql
from uipath_odata.emulator.places import FOLDER
from uipath_odata.emulator.world import Behaviour, Call, World
from uipath_odata.emulator.writes import body_of


def able_to_run(world: World, call: Call) -> Answer:
    """List the robots of the folders in which the package is a process."""
    folders = f'SELECT {FOLDER} FROM "Releases" WHERE "ProcessKey" = ?'  # noqa: S608 - a column of ours
    return listing(world, call, Sql(f"t.{FOLDER} IN ({folders})", (call.arguments["processId"],)))


def delete_several(world: World, call: Call) -> Answer:
    """Remove the robots with these Ids; those that do not exist are passed over."""
    robot_ids: list[int] = body_of(world, call).get("robotIds") or []
    robots = [(robot_id,) for robot_id in robot_ids]
    world.store.connection.executemany('DELETE FROM "Robots" WHERE "Id" = ?', robots)
    return Answer(HTTPStatus.NO_CONTENT)


BEHAVIOURS: Mapping[str, Behaviour] = MappingProxyType({
    "Robots_DeleteBulk": delete_several,
    "Robots_GetRobotsForProcessByProcessid": able_to_run,
})  # fmt: skip
