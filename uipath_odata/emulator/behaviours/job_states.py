"""Jobs over time: Pending, Running, then Successful or Faulted, each at its moment of the emulator's clock.

A job enters its states when the clock has passed their moments, whenever somebody looks, and with the times of the moments.
"""

from __future__ import annotations

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.world import World

SET = "Jobs"
FINAL = frozenset({"Successful", "Faulted", "Stopped"})

_STOPPING = {"SoftStop": "Stopping", "Kill": "Terminating"}
_SECONDS_TO_STOP = 1.0


def advance(world: World) -> None:
    """Let the jobs be in the states that the time has brought them to."""
    while due := world.store.find("_runs", "due <= ? ORDER BY due, job LIMIT 100", world.now):
        for run in due:
            jobs = world.store.find(SET, '"Id" = ?', run["job"])
            if jobs:
                _enter(world, jobs[0], run["state"], run["due"])
            else:
                _forget(world, run["job"])


def begin(world: World, job: int) -> None:
    """Let a pending job wait for its robot."""
    _plan(world, job, world.now, world.settings.job_pending, "Running")


def resume(world: World, job: Row) -> None:
    """Resume a suspended job."""
    world.store.change(SET, job["Id"], {"State": "Resumed", "ResumeTime": world.now, **_modified(world.now)})
    begin(world, job["Id"])


def stop(world: World, job: Row, strategy: str) -> None:
    """Stop a job: at once where it waits, a second later where it runs."""
    if job["State"] in {"Pending", "Suspended", "Resumed"}:
        _enter(world, job, "Stopped", world.now)
        return
    state = {"State": _STOPPING[strategy], "StopStrategy": strategy, **_modified(world.now)}
    world.store.change(SET, job["Id"], state)
    _plan(world, job["Id"], world.now, _SECONDS_TO_STOP, "Stopped")


def _enter(world: World, job: Row, state: str, moment: int) -> None:
    values: dict[str, SqlValue] = {"State": state, **_modified(moment)}
    if state == "Running":
        values["StartTime"] = moment
        _plan(world, job["Id"], moment, world.settings.job_running, _end(world, job))
    else:
        values |= {"EndTime": moment, **_result(job, state)}
        _forget(world, job["Id"])
    world.store.change(SET, job["Id"], values)


def _end(world: World, job: Row) -> str:
    return "Faulted" if job["ReleaseName"] in world.settings.faulting else "Successful"


def _result(job: Row, state: str) -> dict[str, SqlValue]:
    """Return what a job ends with: the output of a process is its input."""
    if state == "Successful":
        return {"OutputArguments": job["InputArguments"] or "{}"}
    return {"Info": "The emulator was told that this process faults."} if state == "Faulted" else {}


def _modified(moment: int) -> dict[str, SqlValue]:
    return {"LastModificationTime": moment}


def _plan(world: World, job: int, moment: int, seconds: float, state: str) -> None:
    due = moment + int(seconds * ticks.SECOND)
    world.store.connection.execute("INSERT OR REPLACE INTO _runs VALUES (?, ?, ?)", (job, due, state))


def _forget(world: World, job: int) -> None:
    world.store.connection.execute("DELETE FROM _runs WHERE job = ?", (job,))
