"""Jobs as they are started: by requests, by triggers, and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.places import FOLDER, FOLDER_PROPERTY
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Refusal, not_found
from uipath_odata.emulator.life import events, jobs
from uipath_odata.emulator.rows.records import existing, matching
from uipath_odata.emulator.rows.writes import add
from uipath_odata.emulator.world import World

_MOST_AT_ONCE = 10_000
_FROM_START_INFO = (
    *("BatchExecutionKey", "EntryPointPath", "EnvironmentVariables", "InputArguments", "InputFile"),
    *("ProfilingOptions", "Reference", "RemoteControlAccess", "ResumeOnSameContext"),
    *("SpecificPriorityValue", "TraceId", "ParentSpanId", "RequiresUserInteraction", "RootSpanId"),
    *("FpsContext", "FpsProperties", "StopStrategy"),
)
_AGAIN = (
    *_FROM_START_INFO,
    *("JobPriority", "RuntimeType", "SourceType", "Source", "ReleaseName", "Release", "Robot"),
    *("Machine", "HostMachineName", "ProcessType", "Type"),
)


def start(
    world: World, info: Mapping[str, Any], folder: int | None, **assigned: SqlValue
) -> tuple[SqlValue, ...]:
    """Start as many jobs as a StartProcessDto says, with the columns assigned, and return their Ids."""
    found = release(world, info, folder)
    values = _values(world, info, found) | assigned
    chosen = robots(world, info, folder)
    started = tuple(_begin(world, {**values, **_placed(robot)}, found[FOLDER]) for robot in chosen)
    for attachment in items(info, "Attachments"):
        _attach(world, attachment, started)
    return started


def again(world: World, job: Row) -> SqlValue:
    """Start a job with the arguments of another one and return its Id."""
    return _begin(world, {name: job[name] for name in _AGAIN} | {"State": "Pending"}, job[FOLDER])


def release(world: World, info: Mapping[str, Any], folder: int | None) -> Row:
    """Find the process that a request names by its key, Id or name, or refuse with 404."""
    named = [(name, info[f"Release{name}"]) for name in ("Key", "Id", "Name") if info.get(f"Release{name}")]
    column, wanted = named[0] if named else ("Name", None)
    found = matching(world, "Releases", Sql(f'"{column}" = ? COLLATE NOCASE', (wanted,)), folder)
    if not found:
        raise not_found(f"The release {wanted}")
    return found[0]


def robots(world: World, info: Mapping[str, Any], folder: int | None) -> list[Row | None]:
    """Return the robot of each job to start; None where any may take it."""
    match info.get("Strategy") or "ModernJobsCount":
        case "Specific":
            return [
                existing(world, "Robots", each, folder) for each in _some(info.get("RobotIds"), "RobotIds")
            ]
        case "All":
            return list(_some(matching(world, "Robots", Sql("TRUE"), folder), "Robots"))
        case "RobotCount":
            return [None] * _count(info.get("NoOfRobots"))
        case _:
            pairs = [each.get("RobotId") for each in items(info, "MachineRobots")]
            chosen = [existing(world, "Robots", each, folder) if each else None for each in pairs] or [None]
            return [chosen[number % len(chosen)] for number in range(_count(info.get("JobsCount")))]


def _count(asked: int | None) -> int:
    if asked is not None and not 0 <= asked <= _MOST_AT_ONCE:
        raise Refusal(f"The field JobsCount must be between 0 and {_MOST_AT_ONCE}.", INVALID_ARGUMENT)
    return asked or 1


def _some(given: list[Any] | None, name: str) -> list[Any]:
    if not given:
        raise Refusal(f"The {name} field is required.", INVALID_ARGUMENT)
    return given


def _values(world: World, info: Mapping[str, Any], found: Row) -> dict[str, SqlValue]:
    values: dict[str, SqlValue] = {name: info.get(name) for name in _FROM_START_INFO}
    runtime, source = info.get("RuntimeType") or "Unattended", info.get("Source") or "Manual"
    return values | {
        "State": "Pending",
        "BatchExecutionKey": values["BatchExecutionKey"] or world.guid(),
        "InputArguments": info.get("InputArguments") or found["InputArguments"],
        "JobPriority": info.get("JobPriority") or found["JobPriority"] or "Normal",
        "RuntimeType": runtime,
        "Type": "Attended" if runtime == "Attended" else "Unattended",
        "SourceType": source,
        "Source": source,
        "Release": found["Id"],
        "ReleaseName": found["Name"],
        "ProcessType": found["ProcessType"] or "Process",
    }


def _placed(robot: Row | None) -> dict[str, SqlValue]:
    if robot is None:
        return {}
    return {"Robot": robot["Id"], "Machine": robot["MachineId"], "HostMachineName": robot["MachineName"]}


def _begin(world: World, values: Mapping[str, SqlValue], folder: int | None) -> SqlValue:
    job = add(world, jobs.SET, values, folder)
    path = world.store.find("Folders", '"Id" = ?', folder)
    if path:
        names = {FOLDER_PROPERTY: folder, "OrganizationUnitFullyQualifiedName": path[0]["FullyQualifiedName"]}
        world.store.change(jobs.SET, job, names)
    events.of_job(world, int(str(job)))
    jobs.begin(world, int(str(job)))
    return job


def _attach(world: World, attachment: Mapping[str, Any], started: tuple[SqlValue, ...]) -> None:
    """Link an attachment to each of the jobs."""
    key = str(attachment.get("attachmentId")).lower()
    existing(world, "Attachments", key)
    for job in started:
        row = world.store.find(jobs.SET, '"Id" = ?', job)[0]
        link = (world.guid(), key, row["Key"], attachment.get("category"), world.now)
        world.store.connection.execute("INSERT INTO _job_attachments VALUES (?, ?, ?, ?, ?)", link)
