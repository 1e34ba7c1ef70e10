"""Robots that are connected: busy while a job runs on them, and heard of every half minute."""

from __future__ import annotations

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.life import plans
from uipath_odata.emulator.life.plans import Plan
from uipath_odata.emulator.world import World

SET = "Sessions"

# Robot's guide: a robot sends its heartbeat every 30 seconds.
_BEAT = 30 * ticks.SECOND
_IS_RUNNING = "\"Robot\" = ? AND \"State\" IN ('Running', 'Stopping', 'Terminating') ORDER BY \"Id\" LIMIT 1"


def report(world: World, robot: object) -> None:
    """Let a robot say what it does now; one that was never connected connects. Without a robot nothing is said."""
    known = world.store.find("Robots", '"Id" = ?', robot) if isinstance(robot, int) else []
    if not known:
        return
    session = _session(world, known[0])
    jobs = world.store.find("Jobs", _IS_RUNNING, known[0]["Id"])
    values: dict[str, SqlValue] = {
        "State": "Busy" if jobs else "Available",
        "Job": jobs[0]["Id"] if jobs else None,
        "ReportingTime": world.now,
        "IsUnresponsive": 0,
    }
    world.store.change(SET, session, values)
    plans.add(world, "session", session, world.now + _BEAT)


def beat(world: World, plan: Plan) -> None:
    """Hear of a robot as often as it reports itself, the last time now; one that is disconnected is silent."""
    found = world.store.find(SET, "\"Id\" = ? AND \"State\" IN ('Available', 'Busy')", plan.key)
    if found:
        missed = (ticks.from_epoch(world.clock()) - plan.due) // _BEAT
        last = plan.due + missed * _BEAT
        world.store.change(SET, plan.key, {"ReportingTime": last})
        plans.add(world, "session", plan.key, last + _BEAT)


def _session(world: World, robot: Row) -> int:
    found = world.store.find(SET, '"Robot" = ? ORDER BY "Id" LIMIT 1', robot["Id"])
    if found:
        return int(found[0]["Id"])
    values: dict[str, SqlValue] = {
        "Robot": robot["Id"],
        "HostMachineName": robot["MachineName"],
        "MachineId": robot["MachineId"],
        "MachineName": robot["MachineName"],
        "RobotSessionType": "LongLived",
        FOLDER: robot[FOLDER],
        "OrganizationUnitId": robot[FOLDER],
    }
    return int(str(world.store.create(world.schema.sets[SET], values)))
