"""Schedules, which the product calls triggers, of processes and of test sets."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import Answer, Refusal, conflict
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.records import existing, of_path
from uipath_odata.emulator.rows.writes import body_of, bound, create, replace, values_of
from uipath_odata.emulator.triggers import schedules, test_schedules
from uipath_odata.emulator.world import Call, World


@answers("ProcessSchedules_Post")
def add(world: World, call: Call) -> Answer:
    """Add a schedule of a process that the folder has, with a cron expression and a time zone that are valid."""
    return create(world, call, _checked(world, call, bound(world, call)))


@answers("ProcessSchedules_PutById")
def edit(world: World, call: Call) -> Answer:
    """Replace a schedule."""
    stored = of_path(world, call)
    return replace(world, call, _checked(world, call, {**bound(world, call), "Id": stored["Id"]}))


@answers("ProcessSchedules_ValidateProcessSchedule")
def validate(world: World, call: Call) -> Answer:
    """Say whether a schedule could be added so; nothing is."""
    sent, errors = body_of(world, call)["processSchedule"], list[str]()
    try:
        _checked(world, call, values_of(world, "ProcessScheduleDto", sent))
    except Refusal as refusal:
        errors.append(refusal.message)
    return documents.validation(call, errors)


@answers("ProcessSchedules_ActivateById")
def activate(world: World, call: Call) -> Answer:
    """Let the trigger of a queue start the jobs that the queue wants now."""
    schedule = of_path(world, call)
    if schedule["QueueDefinitionId"] is None:
        raise conflict(f"The schedule {schedule['Name']} has no queue: ScheduleNotAssociatedWithAQueue.")
    if not schedule["Enabled"]:
        raise conflict(f"The schedule {schedule['Name']} is disabled: ScheduleIsNotEnabled.")
    schedules.activate(world, schedule)
    return Answer()


@answers("ProcessSchedules_SetEnabled")
def set_enabled(world: World, call: Call) -> Answer:
    """Switch schedules on or off: all of them or, where it is asked for, 207 with what went wrong with each."""
    sent, failed = body_of(world, call), dict[str, Any]()
    for schedule in items(sent, "scheduleIds"):
        try:
            existing(world, schedules.SET, schedule, call.folder)
        except Refusal as refusal:
            if not sent.get("multistatusEnabled"):
                raise
            failed[str(schedule)] = {"Message": refusal.message, "ErrorCode": refusal.error_code}
        else:
            world.store.change(schedules.SET, schedule, {"Enabled": bool(sent.get("enabled"))})
    if failed:
        return Answer(HTTPStatus.MULTI_STATUS, failed)
    return documents.value(call, "Edm.Boolean", content=True)


@answers("ProcessSchedules_GetRobotIdsForScheduleByKey")
def robot_ids(world: World, call: Call) -> Answer:
    """Return the Ids of the robots that a schedule starts its process on."""
    schedule = existing(world, schedules.SET, int(call.arguments["key"]), call.folder)
    robots = [each.get("Id") for each in orjson.loads(schedule["ExecutorRobots"] or "[]")]
    return documents.value(call, "Collection(Edm.Int64)", robots)


@answers("TestSetSchedules_Post")
def add_for_test_set(world: World, call: Call) -> Answer:
    """Add a schedule of a test set that the folder has."""
    row: Row = {"Enabled": 1, **bound(world, call), FOLDER: call.folder}
    return create(world, call, {"Enabled": row["Enabled"], **test_schedules.check(world, row)})


@answers("TestSetSchedules_PutById")
def edit_for_test_set(world: World, call: Call) -> Answer:
    """Replace a schedule of a test set."""
    row: Row = {"Enabled": 1, **bound(world, call), FOLDER: call.folder}
    return replace(world, call, {"Enabled": row["Enabled"], **test_schedules.check(world, row)})


@answers("TestSetSchedules_SetEnabled")
def set_test_sets_enabled(world: World, call: Call) -> Answer:
    """Switch schedules of test sets on or off."""
    sent = body_of(world, call)
    for schedule in sent["testSetScheduleIds"]:
        existing(world, "TestSetSchedules", schedule, call.folder)
        world.store.change("TestSetSchedules", schedule, {"Enabled": bool(sent.get("enabled"))})
    return documents.value(call, "Edm.Boolean", content=True)


def _checked(world: World, call: Call, values: dict[str, SqlValue]) -> dict[str, SqlValue]:
    row: Row = {"Enabled": 1, **values, FOLDER: call.folder}
    return {"Enabled": row["Enabled"], **schedules.check(world, row)}
