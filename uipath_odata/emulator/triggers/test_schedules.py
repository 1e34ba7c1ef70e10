"""Schedules of test sets, on the same clock as those of processes."""

from __future__ import annotations

from contextlib import suppress

from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Refusal
from uipath_odata.emulator.life import plans
from uipath_odata.emulator.life.plans import Plan
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.triggers import maintenance, test_runs, time_zones
from uipath_odata.emulator.triggers.schedules import next_time
from uipath_odata.emulator.world import World

SET = "TestSetSchedules"


def proceed(world: World, plan: Plan) -> None:
    """Start the test set of a schedule that is due and plan it anew; one that was just written is only planned."""
    found = world.store.find(SET, '"Id" = ? AND "Enabled" IS NOT 0', plan.key)
    if not found:
        return
    schedule = found[0]
    if plan.due and not maintenance.skips_triggers(world):
        with suppress(Refusal), world.store.transaction():
            test_set = existing(world, "TestSets", schedule["TestSetId"])
            options = {"triggerType": "Scheduled"}
            test_runs.begin(world, test_set, schedule[FOLDER], options, ScheduleId=schedule["Id"])
    with suppress(Refusal):
        due = _next(world, schedule)
        world.store.change(SET, schedule["Id"], {"NextOccurrence": due})
        if due is not None:
            plans.add(world, "test_schedule", schedule["Id"], due)


def check(world: World, schedule: Row) -> dict[str, SqlValue]:
    """Refuse a schedule that could never start its test set, and return the columns that follow from the others."""
    test_set = existing(world, "TestSets", schedule.get("TestSetId"), schedule.get(FOLDER))
    first = _next(world, schedule)
    if first is None:
        raise Refusal(
            f"The schedule {schedule.get('Name')} will never run: ScheduleWillNeverRun.", INVALID_ARGUMENT
        )
    zone = time_zones.iana(str(schedule.get("TimeZoneId")))
    return {"TestSetName": test_set["Name"], "TimeZoneIana": zone, "NextOccurrence": first}


def _next(world: World, schedule: Row) -> int | None:
    cron, zone = str(schedule.get("CronExpression") or ""), str(schedule.get("TimeZoneId"))
    return next_time(world, cron, zone, schedule.get("CalendarId"), schedule.get("DisableDate"))
