"""Counts for the dashboard, and what the server says of itself."""

from __future__ import annotations

from typing import Any

from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.world import Call, World

_COUNTED = {
    "Processes": "Releases",
    "Assets": "Assets",
    "Queues": "QueueDefinitions",
    "Schedules": "ProcessSchedules",
}


@answers("Stats_GetCountStats")
def counts(world: World, _: Call) -> Answer:
    """Count processes, assets, queues and schedules."""
    return Answer(body=[_count(world, title, set_name) for title, set_name in _COUNTED.items()])


@answers("Stats_GetJobsStats")
def jobs(world: World, _: Call) -> Answer:
    """Count the jobs in each state."""
    return Answer(body=_by_state(world, "Jobs"))


@answers("Stats_GetSessionsStats")
def sessions(world: World, _: Call) -> Answer:
    """Count the sessions in each state."""
    return Answer(body=_by_state(world, "Sessions"))


@answers("Status_Get")
def status(_: World, __: Call) -> Answer:
    """Say that the server is up."""
    return Answer()


@answers("Status_Version")
def version(world: World, _: Call) -> Answer:
    """Return the version of the API that is emulated."""
    return Answer(body={"version": world.schema.version, "deployment": "Emulator"})


def _by_state(world: World, set_name: str) -> list[dict[str, Any]]:
    state = world.schema.sets[set_name].type.properties["state"]
    return [_count(world, member, set_name, '"State" = ?', member) for member in state.members]


def _count(world: World, title: str, set_name: str, where: str = "TRUE", *parameters: str) -> dict[str, Any]:
    counted = f'SELECT COUNT(*) FROM "{set_name}" WHERE {where}'  # noqa: S608 - names of the schema
    return {"title": title, "count": world.store.rows(counted, parameters)[0][0], "hasPermissions": True}
