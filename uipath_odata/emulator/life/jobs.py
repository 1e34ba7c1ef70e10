"""Jobs over time: Pending, Running, then Successful, Faulted or Suspended, each at its moment of the emulator's clock.

A job enters its states when the clock has passed their moments, whenever somebody looks, and with the times of the moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.life import arguments, events, plans, run_logs, sessions, test_results
from uipath_odata.emulator.life.plans import Plan
from uipath_odata.emulator.outcomes import Done, Faulted, Outcome, Suspended
from uipath_odata.emulator.rows.objects import of_row
from uipath_odata.emulator.world import World

SET = "Jobs"
FINAL = frozenset({"Successful", "Faulted", "Stopped"})

_STOPPING = {"SoftStop": "Stopping", "Kill": "Terminating"}
_SECONDS_TO_STOP = 1.0
# Robots for attended use take no jobs from Orchestrator.
_LEAST_BUSY = (
    f'coalesce({FOLDER} = ?, TRUE) AND "Enabled" IS NOT 0'  # noqa: S608 - a column of ours
    " AND coalesce(\"Type\", '') NOT IN ('Attended', 'Development')"
    ' ORDER BY (SELECT COUNT(*) FROM "Jobs" AS job WHERE job."Robot" = "Robots"."Id"'
    ' AND job."State" = \'Running\'), "Id" LIMIT 1'
)
_FAULTING = "The emulator was told that this process faults."


def proceed(world: World, plan: Plan) -> None:
    """Let a job enter the state that was planned for it; one that was removed meanwhile has none."""
    jobs = world.store.find(SET, '"Id" = ?', plan.key)
    if jobs:
        enter(world, jobs[0], plan.detail["state"], plan.detail["result"])


def begin(world: World, job: int) -> None:
    """Let a pending job wait for its robot; one that is finished by hand waits for that."""
    if world.settings.jobs != "manual":
        _plan(world, job, _seconds(world, world.settings.job_pending), "Running", {})


def resume(world: World, job: Row) -> None:
    """Resume a suspended job."""
    world.store.change(SET, job["Id"], {"State": "Resumed", "ResumeTime": world.now, **_modified(world)})
    events.of_job(world, job["Id"])
    begin(world, job["Id"])


def stop(world: World, job: Row, strategy: str) -> None:
    """Stop a job: at once where it waits, a second later where it runs."""
    if job["State"] in {"Pending", "Suspended", "Resumed"}:
        enter(world, job, "Stopped", {})
        return
    state = {"State": _STOPPING[strategy], "StopStrategy": strategy, **_modified(world)}
    world.store.change(SET, job["Id"], state)
    _plan(world, job["Id"], _SECONDS_TO_STOP, "Stopped", {})


def enter(world: World, job: Row, state: str, result: Mapping[str, SqlValue]) -> None:
    """Let a job be in a state from now on, with the columns that this brings, and its robot know of it."""
    plans.forget(world, "job", job["Id"])
    values: dict[str, SqlValue] = {"State": state, **_modified(world), **result}
    if state == "Running":
        values |= {"StartTime": world.now, **_robot(world, job)}
        if world.settings.jobs != "manual":
            seconds = _seconds(world, world.settings.job_running)
            _plan(world, job["Id"], seconds, *ending(world, job, _outcome(world, job)))
    elif state in FINAL:
        values |= {"EndTime": world.now, **arguments.stored(world, values.get("OutputArguments"))}
    world.store.change(SET, job["Id"], values)
    changed = job | values
    _log(world, changed, started=job["StartTime"] is not None)
    sessions.report(world, changed["Robot"])
    test_results.follow(world, changed)
    events.of_job(world, job["Id"])


def ending(world: World, job: Row, outcome: Outcome) -> tuple[str, dict[str, SqlValue]]:
    """Return the state that an outcome brings, and the columns that come with it."""
    match outcome:
        case Done(output):
            text = arguments.given(world, job) if output is None else orjson.dumps(output).decode()
            return "Successful", {"OutputArguments": text}
        case Faulted(message):
            return "Faulted", {"Info": message}
        case Suspended():
            return "Suspended", {}


def as_shown(world: World, job: Row) -> dict[str, Any]:
    """Return a job as Orchestrator shows it when it is read by its key, without what is expanded."""
    return of_row(world, SET, job)


def _outcome(world: World, job: Row) -> Outcome:
    """Ask the program that started the emulator how a job ends; by itself its output is its input."""
    chosen = world.on_start(as_shown(world, job)) if world.on_start is not None else None
    if chosen is not None:
        return chosen
    return Faulted(_FAULTING) if job["ReleaseName"] in world.settings.faulting else Done()


def _seconds(world: World, timed: float) -> float:
    return 0.0 if world.settings.jobs == "instant" else timed


def _robot(world: World, job: Row) -> dict[str, SqlValue]:
    """Choose the robot of the folder that has the least to do, for a job that any robot may take."""
    if job["Robot"] is not None:
        return {}
    found = world.store.find("Robots", _LEAST_BUSY, job[FOLDER])
    if not found:
        return {}
    robot = found[0]
    return {"Robot": robot["Id"], "Machine": robot["MachineId"], "HostMachineName": robot["MachineName"]}


def _log(world: World, job: Row, *, started: bool) -> None:
    """Write what a robot writes at the turns of a job that has run."""
    if job["State"] == "Running":
        run_logs.write(world, job, f"{job['ReleaseName']} execution started")
    if job["State"] == "Faulted":
        run_logs.write(world, job, str(job["Info"]), "Error")
    if job["State"] in FINAL and started:
        run_logs.write(world, job, f"{job['ReleaseName']} execution ended")


def _modified(world: World) -> dict[str, SqlValue]:
    return {"LastModificationTime": world.now}


def _plan(world: World, job: int, seconds: float, state: str, result: Mapping[str, SqlValue]) -> None:
    due = world.now + int(seconds * ticks.SECOND)
    plans.add(world, "job", job, due, {"state": state, "result": dict(result)})
