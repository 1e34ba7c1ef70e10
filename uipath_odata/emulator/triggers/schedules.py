"""Schedules over time: planned by their cron expression, in their time zone, around the days of their calendar."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Refusal
from uipath_odata.emulator.life import audit, events, plans, starts
from uipath_odata.emulator.life.plans import Plan
from uipath_odata.emulator.triggers import maintenance, queue_triggers, time_zones
from uipath_odata.emulator.triggers.cron import Cron
from uipath_odata.emulator.world import World

SET = "ProcessSchedules"

# Orchestrator's guide, Time triggers: 10 launches that failed in a row, and none that succeeded in a day, disable one.
_MOST_FAILURES = 10
_TRIES_A_YEAR = 400
_ALL_ROBOTS, _SPECIFIC_ROBOTS = -1, 0


def proceed(world: World, plan: Plan) -> None:
    """Start the jobs of a schedule that is due and plan it anew; one that was just written is only planned."""
    found = world.store.find(SET, '"Id" = ? AND "Enabled" IS NOT 0', plan.key)
    if not found:
        return
    schedule, detail = found[0], {"since": world.now, **plan.detail}
    if schedule["QueueDefinitionId"] is not None:
        _launch(world, schedule, queue_triggers.wanted(world, schedule), detail)
        _plan(world, schedule, world.now + queue_triggers.PERIOD, detail)
        return
    if plan.due:
        _launch(world, schedule, _count(schedule), detail)
    with suppress(Refusal):  # rows of files are not checked: what can never run is not planned
        _plan(world, schedule, next_occurrence(world, schedule), detail)


def activate(world: World, schedule: Row) -> None:
    """Start as many jobs as the queue of a schedule wants now."""
    _launch(world, schedule, queue_triggers.wanted(world, schedule), {})


def check(world: World, schedule: Row) -> dict[str, SqlValue]:
    """Refuse a schedule that could never start its process, and return the columns that follow from the others."""
    release = starts.release(world, schedule, schedule.get(FOLDER))
    assigned: dict[str, SqlValue] = {
        **{f"Release{name}": release[name] for name in ("Id", "Key", "Name")},
        "PackageName": release["ProcessKey"],
        "TimeZoneIana": time_zones.iana(str(schedule.get("TimeZoneId"))),
    }
    if schedule.get("QueueDefinitionId") is not None:
        return assigned | queue_triggers.check(world, schedule)
    first = next_occurrence(world, schedule)
    if first is None:
        raise Refusal(
            f"The schedule {schedule.get('Name')} will never run: ScheduleWillNeverRun.", INVALID_ARGUMENT
        )
    return assigned | {"StartProcessNextOccurrence": first}


def next_occurrence(world: World, schedule: Row) -> int | None:
    """Return the next moment of a schedule in ticks; None where there is none, as for one that has ended."""
    cron, zone = str(schedule.get("StartProcessCron") or ""), str(schedule.get("TimeZoneId"))
    return next_time(world, cron, zone, schedule.get("CalendarId"), schedule.get("StopProcessDate"))


def next_time(world: World, text: str, zone: str, calendar: Any, last: int | None) -> int | None:
    """Return the next moment of a cron expression in a time zone, on no day that a calendar excludes, up to the last."""
    excluded, place, cron = _excluded(world, calendar), time_zones.zone(zone), _cron(world, text)
    start = datetime.fromtimestamp(ticks.to_epoch(world.now), place)
    for _ in range(_TRIES_A_YEAR):
        found = cron.after(start)
        if found is None:
            return None
        if found.date() not in excluded:
            moment = ticks.from_epoch(found.astimezone(UTC).timestamp())
            return moment if last is None or moment <= last else None
        start = found.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1, microseconds=-1)
    return None


def _cron(world: World, text: str) -> Cron:
    second = int(ticks.to_epoch(world.now)) % 60
    try:
        return Cron.parse(text, created_second=second)
    except ValueError as error:
        raise Refusal(f"The cron expression is not valid: InvalidCron. {error}", INVALID_ARGUMENT) from error


def _excluded(world: World, calendar: Any) -> frozenset[Any]:
    """Return the days on which a calendar lets nothing run; they are kept as instants at midnight."""
    found = world.store.find("Calendars", '"Id" = ?', calendar) if calendar is not None else []
    dates: list[str] = orjson.loads(found[0]["ExcludedDates"] or "[]") if found else []
    return frozenset(ticks.day_of(ticks.parse(date)) for date in dates)


def _plan(world: World, schedule: Row, due: int | None, detail: dict[str, Any]) -> None:
    enabled = world.store.find(SET, '"Id" = ? AND "Enabled" IS NOT 0', schedule["Id"])
    world.store.change(SET, schedule["Id"], {"StartProcessNextOccurrence": due if enabled else None})
    if due is not None and enabled:
        plans.add(world, "schedule", schedule["Id"], due, detail)


def _count(schedule: Row) -> int:
    return max(int(schedule["StartStrategy"] or 1), 1)


def _launch(world: World, schedule: Row, count: int, detail: dict[str, Any]) -> None:
    """Start jobs, all or none; tell of a failure, and disable what failed too often."""
    if count == 0 or maintenance.skips_triggers(world):
        return
    try:
        with world.store.transaction():
            _start(world, schedule, count)
    except Refusal as refusal:
        detail["failures"] = detail.get("failures", 0) + 1
        _failed(world, schedule, refusal, detail)
    else:
        detail.update(failures=0, succeeded=world.now)


def _start(world: World, schedule: Row, count: int) -> None:
    key = world.guid()
    shown = ("ReleaseName", "EntryPointPath", "JobPriority", "SpecificPriorityValue", "RuntimeType")
    info: dict[str, Any] = {name: schedule[name] for name in (*shown, "InputArguments", "InputFile")}
    info |= {"ReleaseKey": schedule["ReleaseKey"], "JobsCount": count, "BatchExecutionKey": key}
    info["ResumeOnSameContext"] = schedule["ResumeOnSameContext"]
    info["MachineRobots"] = orjson.loads(schedule["MachineRobots"] or "[]")
    robots = [each.get("Id") for each in orjson.loads(schedule["ExecutorRobots"] or "[]")]
    if schedule["QueueDefinitionId"] is None and schedule["StartStrategy"] == _ALL_ROBOTS:
        info["Strategy"] = "All"
    elif robots and schedule["StartStrategy"] in {None, _SPECIFIC_ROBOTS}:
        info |= {"Strategy": "Specific", "RobotIds": robots}
    source = "Queue" if schedule["QueueDefinitionId"] is not None else "Schedule"
    assigned: dict[str, SqlValue] = {
        "SourceType": source,
        "Source": schedule["Name"],
        "StartingScheduleId": schedule["Id"],
    }
    starts.start(world, info, schedule[FOLDER], **assigned)
    world.store.change(SET, schedule["Id"], {"ExternalJobKey": key})


def _failed(world: World, schedule: Row, refusal: Refusal, detail: dict[str, Any]) -> None:
    members = {"ProcessSchedule": {"Id": schedule["Id"], "Name": schedule["Name"]}, "Reason": refusal.message}
    events.tell(world, "schedule.failed", schedule[FOLDER], schedule["Key"], members)
    a_day_ago = world.now - ticks.DAY
    if detail["failures"] >= _MOST_FAILURES and detail.get("succeeded", detail.get("since", 0)) <= a_day_ago:
        world.store.change(SET, schedule["Id"], {"Enabled": 0})
        audit.note_own(world, "ProcessSchedules_SetEnabled", "Toggle", schedule)
