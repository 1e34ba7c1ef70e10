"""Starting, stopping, restarting and resuming jobs."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import attrs

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.places import FOLDER, FOLDER_PROPERTY
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal, conflict, not_found
from uipath_odata.emulator.life import events
from uipath_odata.emulator.life import jobs as job_states
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import by_guid, entity, listing
from uipath_odata.emulator.rows.records import existing, matching, of_path
from uipath_odata.emulator.rows.writes import add, body_of
from uipath_odata.emulator.world import Call, World

_MOST_AT_ONCE = 10_000
_FROM_START_INFO = (
    *(
        "BatchExecutionKey",
        "EntryPointPath",
        "EnvironmentVariables",
        "InputArguments",
        "InputFile",
        "ProfilingOptions",
    ),
    *(
        "Reference",
        "RemoteControlAccess",
        "ResumeOnSameContext",
        "SpecificPriorityValue",
        "TraceId",
        "ParentSpanId",
    ),
    *("RequiresUserInteraction", "RootSpanId", "FpsContext", "FpsProperties", "StopStrategy"),
)


_AGAIN = (
    *_FROM_START_INFO,
    *("JobPriority", "RuntimeType", "SourceType", "Source", "ReleaseName", "Release", "Robot"),
    *("Machine", "HostMachineName", "ProcessType", "Type"),
)


@answers("Jobs_StartJobs")
def start(world: World, call: Call) -> Answer:
    """Start as many jobs as the strategy says: 201 with the jobs, which are Pending."""
    info = body_of(world, call)["startInfo"]
    release = _release(world, info, call.folder)
    robots = _robots(world, info, call.folder)
    values = _values(world, info, release)
    started = [_start(world, {**values, **_placed(robot)}, release[FOLDER]) for robot in robots]
    places = ", ".join("?" for _ in started)
    answer = listing(world, call, Sql(f't."Id" IN ({places})', tuple(started)))
    return attrs.evolve(answer, status=HTTPStatus.CREATED)


@answers("Jobs_StopJobById")
def stop_one(world: World, call: Call) -> Answer:
    """Stop the job of the path."""
    strategy = body_of(world, call)["strategy"]
    _stop(world, of_path(world, call), strategy)
    return Answer()


@answers("Jobs_StopJobs")
def stop_several(world: World, call: Call) -> Answer:
    """Stop all jobs named, or none where one cannot be."""
    strategy = body_of(world, call)["strategy"]
    for job in items(body_of(world, call), "jobIds"):
        _stop(world, existing(world, job_states.SET, job, call.folder), strategy)
    return Answer()


@answers("Jobs_RestartJob")
def restart(world: World, call: Call) -> Answer:
    """Start a job again that has ended: a new one with the arguments of the old."""
    job = existing(world, job_states.SET, body_of(world, call).get("jobId"), call.folder)
    if job["State"] not in job_states.FINAL:
        raise conflict(f"The job {job['Id']} is {job['State']}: CannotRestartUnfinishedJob.")
    again = {name: job[name] for name in _AGAIN} | {"State": "Pending"}
    return entity(world, call, job_states.SET, _start(world, again, job[FOLDER]))


@answers("Jobs_ResumeJob")
def resume(world: World, call: Call) -> Answer:
    """Resume a suspended job."""
    key = str(body_of(world, call).get("jobKey")).lower()
    jobs = matching(world, job_states.SET, Sql('"Key" = ?', (key,)), call.folder)
    if not jobs:
        raise not_found(f"The job {key}")
    if jobs[0]["State"] != "Suspended":
        raise conflict(f"The job {key} is {jobs[0]['State']} and not Suspended.")
    job_states.resume(world, jobs[0])
    return entity(world, call, job_states.SET, jobs[0]["Id"])


@answers("Jobs_ValidateDynamicJob")
def validate_new(world: World, call: Call) -> Answer:
    """Say whether a job could be started so; nothing is started."""
    info = body_of(world, call)["startInfo"]
    errors = list[str]()
    try:
        _release(world, info, call.folder)
        _robots(world, info, call.folder)
    except Refusal as refusal:
        errors.append(refusal.message)
    return _validation(call, errors)


@answers("Jobs_ValidateExistingJobById")
def validate_existing(world: World, call: Call) -> Answer:
    """Say whether the robot of a job is still there and enabled."""
    robot = of_path(world, call)["Robot"]
    found = world.store.find("Robots", '"Id" = ? AND "Enabled" IS NOT 0', robot)
    return _validation(call, [] if robot is None or found else [f"The robot {robot} cannot take the job."])


def _release(world: World, info: Mapping[str, Any], folder: int | None) -> Row:
    column = "Key" if info.get("ReleaseKey") else "Name"
    wanted = info.get("ReleaseKey") or info.get("ReleaseName")
    found = matching(world, "Releases", Sql(f'"{column}" = ? COLLATE NOCASE', (wanted,)), folder)
    if not found:
        raise not_found(f"The release {wanted}")
    return found[0]


def _robots(world: World, info: Mapping[str, Any], folder: int | None) -> list[Row | None]:
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


def _values(world: World, info: Mapping[str, Any], release: Row) -> dict[str, SqlValue]:
    values: dict[str, SqlValue] = {name: info.get(name) for name in _FROM_START_INFO}
    runtime, source = info.get("RuntimeType") or "Unattended", info.get("Source") or "Manual"
    return values | {
        "State": "Pending",
        "BatchExecutionKey": values["BatchExecutionKey"] or world.guid(),
        "JobPriority": info.get("JobPriority") or release["JobPriority"] or "Normal",
        "RuntimeType": runtime,
        "Type": "Attended" if runtime == "Attended" else "Unattended",
        "SourceType": source,
        "Source": source,
        "Release": release["Id"],
        "ReleaseName": release["Name"],
        "ProcessType": release["ProcessType"] or "Process",
    }


def _placed(robot: Row | None) -> dict[str, SqlValue]:
    if robot is None:
        return {}
    return {"Robot": robot["Id"], "Machine": robot["MachineId"], "HostMachineName": robot["MachineName"]}


def _start(world: World, values: Mapping[str, SqlValue], folder: int | None) -> SqlValue:
    job = add(world, job_states.SET, values, folder)
    path = world.store.find("Folders", '"Id" = ?', folder)
    if path:
        names = {FOLDER_PROPERTY: folder, "OrganizationUnitFullyQualifiedName": path[0]["FullyQualifiedName"]}
        world.store.change(job_states.SET, job, names)
    events.of_job(world, int(str(job)))
    job_states.begin(world, int(str(job)))
    return job


def _stop(world: World, job: Row, strategy: str) -> None:
    if job["State"] in job_states.FINAL:
        name = "JobCannotBeTerminated" if strategy == "Kill" else "JobCannotBeCancelled"
        raise conflict(f"The job {job['Id']} has ended: {name}.")
    job_states.stop(world, job, strategy)


def _validation(call: Call, errors: list[str]) -> Answer:
    reply = {"IsValid": not errors, "Errors": errors, "ErrorCodes": list[str]()}
    return documents.single(call, "ValidationResultDto", reply)


answers("Jobs_GetByKey")(by_guid)
