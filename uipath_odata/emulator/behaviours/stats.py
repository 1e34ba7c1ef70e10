"""Counts for the dashboard, and what the server says of itself."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.life.deliveries import is_loopback
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.world import Call, World

_PATIENCE = 2.0
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


@answers("Status_VerifyHostAvailibility")
def verify_host(world: World, call: Call) -> Answer:
    """Say whether the host of a webhook can be reached; beyond this machine none is tried unless webhooks may go there."""
    url = urlsplit(parameters.needed(call, "url"))
    reply = {"canConnect": False, "hasBadSsl": False, "connectionError": None}
    if world.settings.webhooks == "loopback" and not is_loopback(url.geturl()):
        return Answer(body=reply | {"connectionError": "The emulator tries loopback addresses only."})
    try:
        port = url.port or (443 if url.scheme == "https" else 80)
        socket.create_connection((url.hostname or "", port), timeout=_PATIENCE).close()
    except (OSError, ValueError) as error:
        return Answer(body=reply | {"connectionError": str(error)})
    return Answer(body=reply | {"canConnect": True})


def _by_state(world: World, set_name: str) -> list[dict[str, Any]]:
    state = world.schema.sets[set_name].type.properties["state"]
    return [_count(world, member, set_name, '"State" = ?', member) for member in state.members]


def _count(world: World, title: str, set_name: str, where: str = "TRUE", *parameters: str) -> dict[str, Any]:
    counted = f'SELECT COUNT(*) FROM "{set_name}" WHERE {where}'  # noqa: S608 - names of the schema
    return {"title": title, "count": world.store.rows(counted, parameters)[0][0], "hasPermissions": True}
