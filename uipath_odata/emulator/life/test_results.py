"""Test cases as their jobs go: a test case passes where its job succeeds, and a test set where all its cases do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.rows.objects import of_row
from uipath_odata.emulator.world import World

RUNS, CASES = "TestSetExecutions", "TestCaseExecutions"
PROCESS_TYPE = "TestAutomationProcess"
FINAL = frozenset({"Passed", "Failed", "Cancelled"})

_STATUSES: Mapping[str, str] = MappingProxyType({
    "Running": "Running",
    "Stopping": "Cancelling",
    "Terminating": "Cancelling",
    "Successful": "Passed",
    "Faulted": "Failed",
    "Stopped": "Cancelled",
})  # fmt: skip


def follow(world: World, job: Row) -> None:
    """Let the test case of a job be where the job is."""
    status = _STATUSES.get(job["State"])
    if job["ProcessType"] != PROCESS_TYPE or status is None:
        return
    for case in world.store.find(CASES, '"JobId" = ?', job["Id"]):
        values: dict[str, SqlValue] = {
            "Status": status,
            **{
                name: job[name]
                for name in ("StartTime", "EndTime", "HostMachineName", "Info", "OutputArguments")
            },
        }
        robots = world.store.find("Robots", '"Id" = ?', job["Robot"])
        values["RobotName"] = robots[0]["Name"] if robots else None
        world.store.change(CASES, case["Id"], values)
        conclude(world, case["TestSetExecutionId"])


def conclude(world: World, run: int) -> None:
    """Let the run of a test set be what its latest test cases make of it."""
    cases = world.store.find(CASES, '"TestSetExecutionId" = ? ORDER BY "Id"', run)
    latest = {(case["TestCaseId"], case["ExecutionOrder"]): case["Status"] for case in cases}
    shown: list[dict[str, Any]] = [of_row(world, CASES, case) for case in cases]
    values: dict[str, SqlValue] = {"TestCaseExecutions": orjson.dumps(shown).decode()}
    statuses = set(latest.values())
    values["Status"] = _status(statuses)
    started = [case["StartTime"] for case in cases if case["StartTime"] is not None]
    values["StartTime"] = min(started, default=None)
    values["EndTime"] = world.now if statuses <= FINAL else None
    world.store.change(RUNS, run, values)


def _status(statuses: set[str]) -> str:
    if statuses <= FINAL:
        return next((each for each in ("Failed", "Cancelled") if each in statuses), "Passed")
    if "Cancelling" in statuses:
        return "Cancelling"
    return "Pending" if statuses == {"Pending"} else "Running"
