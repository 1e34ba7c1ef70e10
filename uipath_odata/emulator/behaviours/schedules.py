"""Schedules, which the product calls triggers, of processes and of test sets."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.http.answers import Answer, Refusal
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

_SET = "ProcessSchedules"


@answers("ProcessSchedules_SetEnabled")
def set_enabled(world: World, call: Call) -> Answer:
    """Switch schedules on or off: all of them or, where it is asked for, 207 with what went wrong with each."""
    sent, failed = body_of(world, call), dict[str, Any]()
    for schedule in items(sent, "scheduleIds"):
        try:
            existing(world, _SET, schedule, call.folder)
        except Refusal as refusal:
            if not sent.get("multistatusEnabled"):
                raise
            failed[str(schedule)] = {"Message": refusal.message, "ErrorCode": refusal.error_code}
        else:
            world.store.change(_SET, schedule, {"Enabled": bool(sent.get("enabled"))})
    if failed:
        return Answer(HTTPStatus.MULTI_STATUS, failed)
    return documents.value(call, "Edm.Boolean", content=True)


@answers("ProcessSchedules_GetRobotIdsForScheduleByKey")
def robot_ids(world: World, call: Call) -> Answer:
    """Return the Ids of the robots that a schedule starts its process on."""
    schedule = existing(world, _SET, int(call.arguments["key"]), call.folder)
    robots = [each.get("Id") for each in orjson.loads(schedule["ExecutorRobots"] or "[]")]
    return documents.value(call, "Collection(Edm.Int64)", robots)


@answers("TestSetSchedules_SetEnabled")
def set_test_sets_enabled(world: World, call: Call) -> Answer:
    """Switch schedules of test sets on or off."""
    sent = body_of(world, call)
    for schedule in sent["testSetScheduleIds"]:
        existing(world, "TestSetSchedules", schedule, call.folder)
        world.store.change("TestSetSchedules", schedule, {"Enabled": bool(sent.get("enabled"))})
    return documents.value(call, "Edm.Boolean", content=True)
