"""Runs of test sets: one job for each test case and each variation of its data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import Refusal
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.life import starts
from uipath_odata.emulator.life.test_results import CASES, PROCESS_TYPE, RUNS, conclude
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.rows.writes import add
from uipath_odata.emulator.world import World

_TEST_SET_EMPTY = 3204


def begin(
    world: World,
    test_set: Row,
    folder: int | None,
    options: Mapping[str, Any],
    **assigned: SqlValue,
) -> int:
    """Start a run of a test set and return its Id; refuse one without test cases."""
    cases = _chosen(world, test_set, options)
    if not cases:
        raise Refusal(f"The test set {test_set['Name']} is empty: TestSetEmpty.", _TEST_SET_EMPTY)
    user = current_user.row(world)
    values: dict[str, SqlValue] = {
        "Name": test_set["Name"],
        "TestSetId": test_set["Id"],
        "TestSet": test_set["Id"],
        "Status": "Pending",
        "TriggerType": options.get("triggerType") or "Manual",
        "BatchExecutionKey": options.get("batchExecutionKey") or world.guid(),
        "CoverageStatus": "NotRequested" if not test_set["EnableCoverage"] else "Pending",
        "EnforceExecutionOrder": int(bool(options.get("enforceExecutionOrder"))),
        "CreatorUserId": user["Id"] if user else None,
        "RunId": 1,
        **assigned,
    }
    run = int(str(add(world, RUNS, values, folder)))
    for order, (case, arguments) in enumerate(cases, 1):
        start_case(world, existing(world, RUNS, run), case, arguments, folder, {**options, "order": order})
    conclude(world, run)
    return run


def start_case(
    world: World,
    run: Row,
    case: Mapping[str, Any],
    arguments: Any,
    folder: int | None,
    options: Mapping[str, Any],
) -> int:
    """Start one test case as a job and return the Id of its execution."""
    text = arguments if isinstance(arguments, str | None) else orjson.dumps(arguments).decode()
    info: dict[str, Any] = {
        "ReleaseId": case.get("ReleaseId"),
        "InputArguments": text,
        "RuntimeType": options.get("runtimeType") or "TestAutomation",
        "BatchExecutionKey": run["BatchExecutionKey"],
        "EntryPointPath": case.get("EntryPointPath"),
    }
    if options.get("robotId") is not None:
        info |= {"Strategy": "Specific", "RobotIds": [options["robotId"]]}
    (job,) = starts.start(world, info, folder, ProcessType=PROCESS_TYPE)
    started = existing(world, "Jobs", job)
    values: dict[str, SqlValue] = {
        "TestSetExecutionId": run["Id"],
        "TestSetExecution": run["Id"],
        "TestCaseId": case.get("Id"),
        "JobId": started["Id"],
        "JobKey": started["Key"],
        "VersionNumber": case.get("VersionNumber"),
        "EntryPointPath": case.get("EntryPointPath"),
        "Status": "Pending",
        "InputArguments": text,
        "RuntimeType": started["RuntimeType"],
        "HasAssertions": 0,
        "RunId": options.get("run") or run["RunId"],
        "ExecutionOrder": options.get("order"),
    }
    return int(str(add(world, CASES, values, folder)))


def cases_of(test_set: Row) -> list[dict[str, Any]]:
    """Return the enabled test cases of a test set, numbered where they have no Id."""
    cases = [each for each in orjson.loads(test_set["TestCases"] or "[]") if each.get("Enabled") is not False]
    return [{**case, "Id": case.get("Id") or number} for number, case in enumerate(cases, 1)]


def _chosen(world: World, test_set: Row, options: Mapping[str, Any]) -> list[tuple[dict[str, Any], Any]]:
    """Return the test cases with their arguments, once for each variation that the options have of one."""
    named = {str(each.get("uniqueId")).lower(): each for each in items(options, "testCases")}
    chosen = list[tuple[dict[str, Any], Any]]()
    for case in cases_of(test_set):
        definitions = world.store.find("TestCaseDefinitions", '"Id" = ?', case.get("DefinitionId"))
        unique = str(definitions[0]["UniqueId"]).lower() if definitions else ""
        if unique not in named and options.get("executeOnlySpecifiedTestCases"):
            continue
        entry = definitions[0]["Name"] if definitions else None
        variations = items(named.get(unique, {}), "inputArgumentsVariations") or [None]
        chosen += [({"EntryPointPath": entry, **case}, each) for each in variations]
    return chosen
