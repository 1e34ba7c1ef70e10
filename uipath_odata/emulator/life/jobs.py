"""Jobs over time: Pending, Running, then Successful, Faulted or Suspended, each at its moment of the emulator's clock.

A job enters its states when the clock has passed their moments, whenever somebody looks, and with the times of the moments.
``_runs`` says of each job that moves which state it enters next, when, and with what result.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.data.values import shown
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.life import events, run_logs
from uipath_odata.emulator.outcomes import Done, Faulted, Outcome, Suspended
from uipath_odata.emulator.world import World

SET = "Jobs"
FINAL = frozenset({"Successful", "Faulted", "Stopped"})

_STOPPING = {"SoftStop": "Stopping", "Kill": "Terminating"}
_SECONDS_TO_STOP = 1.0
_FAULTING = "The emulator was told that this process faults."


def advance(world: World) -> None:
    """Let the jobs be in the states that the time has brought them to."""
    while due := world.store.find("_runs", "due <= ? ORDER BY due, job LIMIT 100", world.now):
        for run in due:
            jobs = world.store.find(SET, '"Id" = ?', run["job"])
            if jobs:
                enter(world, jobs[0], run["state"], run["due"], orjson.loads(run["result"] or "{}"))
            else:
                _forget(world, run["job"])


def begin(world: World, job: int) -> None:
    """Let a pending job wait for its robot; one that is finished by hand waits for that."""
    if world.settings.jobs != "manual":
        _plan(world, job, world.now, _seconds(world, world.settings.job_pending), "Running")


def resume(world: World, job: Row) -> None:
    """Resume a suspended job."""
    world.store.change(SET, job["Id"], {"State": "Resumed", "ResumeTime": world.now, **_modified(world.now)})
    events.of_job(world, job["Id"])
    begin(world, job["Id"])


def stop(world: World, job: Row, strategy: str) -> None:
    """Stop a job: at once where it waits, a second later where it runs."""
    if job["State"] in {"Pending", "Suspended", "Resumed"}:
        enter(world, job, "Stopped", world.now, {})
        return
    state = {"State": _STOPPING[strategy], "StopStrategy": strategy, **_modified(world.now)}
    world.store.change(SET, job["Id"], state)
    _plan(world, job["Id"], world.now, _SECONDS_TO_STOP, "Stopped")


def enter(world: World, job: Row, state: str, moment: int, result: Mapping[str, SqlValue]) -> None:
    """Let a job be in a state from a moment on, with the columns that this brings."""
    values: dict[str, SqlValue] = {"State": state, **_modified(moment), **result}
    _forget(world, job["Id"])
    if state == "Running":
        values["StartTime"] = moment
        run_logs.write(world, job, moment, f"{job['ReleaseName']} execution started")
        if world.settings.jobs != "manual":
            seconds = _seconds(world, world.settings.job_running)
            _plan(world, job["Id"], moment, seconds, *ending(job, _outcome(world, job)))
    elif state in FINAL:
        values["EndTime"] = moment
        if state == "Faulted":
            run_logs.write(world, job, moment, str(result.get("Info")), "Error")
        if job["StartTime"] is not None:
            run_logs.write(world, job, moment, f"{job['ReleaseName']} execution ended")
    world.store.change(SET, job["Id"], values)
    events.of_job(world, job["Id"])


def ending(job: Row, outcome: Outcome) -> tuple[str, dict[str, SqlValue]]:
    """Return the state that an outcome brings, and the columns that come with it."""
    match outcome:
        case Done(output):
            text = job["InputArguments"] or "{}" if output is None else orjson.dumps(output).decode()
            return "Successful", {"OutputArguments": text}
        case Faulted(message):
            return "Faulted", {"Info": message}
        case Suspended():
            return "Suspended", {}


def as_shown(world: World, job: Row) -> dict[str, Any]:
    """Return a job as Orchestrator shows it when it is read by its key, without what is expanded."""
    entity = dict[str, Any]()
    for found in world.schema.sets[SET].type.properties.values():
        convert = shown(found.kind)
        value = job.get(found.name)
        if found.kind != "link":
            entity[found.name] = value if convert is None or value is None else convert(value)
    return entity


def _outcome(world: World, job: Row) -> Outcome:
    """Ask the program that started the emulator how a job ends; by itself its output is its input."""
    chosen = world.on_start(as_shown(world, job)) if world.on_start is not None else None
    if chosen is not None:
        return chosen
    return Faulted(_FAULTING) if job["ReleaseName"] in world.settings.faulting else Done()


def _seconds(world: World, timed: float) -> float:
    return 0.0 if world.settings.jobs == "instant" else timed


def _modified(moment: int) -> dict[str, SqlValue]:
    return {"LastModificationTime": moment}


def _plan(
    world: World,
    job: int,
    moment: int,
    seconds: float,
    state: str,
    result: Mapping[str, SqlValue] | None = None,
) -> None:
    due = moment + int(seconds * ticks.SECOND)
    text = orjson.dumps(result or {}).decode()
    world.store.connection.execute(
        "INSERT OR REPLACE INTO _runs VALUES (?, ?, ?, ?)", (job, due, state, text)
    )


def _forget(world: World, job: int) -> None:
    world.store.connection.execute("DELETE FROM _runs WHERE job = ?", (job,))
