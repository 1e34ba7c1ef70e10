"""Maintenance windows, opened and closed by the host."""

from __future__ import annotations

from http import HTTPStatus

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal, conflict
from uipath_odata.emulator.life import jobs
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.triggers import maintenance
from uipath_odata.emulator.world import Call, World

_PHASES = {"1": "Draining", "draining": "Draining", "2": "Suspended", "suspended": "Suspended"}


@answers("Maintenance_Get")
def get(world: World, _: Call) -> Answer:
    """Return the state of the window and its history."""
    return Answer(body=maintenance.setting(world))


@answers("Maintenance_Start")
def start(world: World, call: Call) -> Answer:
    """Open a window: triggers start nothing; Suspended follows Draining, and kills running jobs where it is told to."""
    phase = _PHASES.get(parameters.needed(call, "phase").lower())
    now = maintenance.setting(world)["state"]
    if phase is None:
        raise Refusal("The phase is Draining or Suspended.", INVALID_ARGUMENT)
    if phase == "Suspended" and now != "Draining" and not parameters.truth(call, "force"):
        raise conflict("The tenant is not draining: TenantMaintenanceNotActive.")
    killed = _kill(world) if phase == "Suspended" and parameters.truth(call, "killJobs") else 0
    _enter(world, phase)
    before = maintenance.setting(world)["jobKillsAttempted"]
    maintenance.change(world, {"jobKillsAttempted": before + killed})
    return Answer(HTTPStatus.NO_CONTENT)


@answers("Maintenance_End")
def end(world: World, _: Call) -> Answer:
    """Close the window."""
    if maintenance.setting(world)["state"] == "None":
        raise conflict("There is no maintenance window: TenantMaintenanceNotActive.")
    _enter(world, "None")
    return Answer(HTTPStatus.NO_CONTENT)


def _enter(world: World, state: str) -> None:
    logs = maintenance.setting(world)["maintenanceLogs"]
    entry = {"state": state, "timeStamp": ticks.text(world.now)}
    maintenance.change(world, {"state": state, "maintenanceLogs": [*logs, entry]})


def _kill(world: World) -> int:
    running = world.store.find(jobs.SET, "\"State\" IN ('Running', 'Stopping')")
    for job in running:
        jobs.stop(world, job, "Kill")
    return len(running)
