"""Starting, stopping, restarting and resuming jobs."""

from __future__ import annotations

from http import HTTPStatus

import attrs

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http.answers import Answer, Refusal, conflict, not_found
from uipath_odata.emulator.life import jobs as job_states
from uipath_odata.emulator.life import starts
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import by_guid, entity, listing
from uipath_odata.emulator.rows.records import existing, matching, of_path
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World


@answers("Jobs_StartJobs")
def start(world: World, call: Call) -> Answer:
    """Start as many jobs as the strategy says: 201 with the jobs, which are Pending."""
    info = body_of(world, call)["startInfo"]
    started = starts.start(world, info, call.folder)
    places = ", ".join("?" for _ in started)
    answer = listing(world, call, Sql(f't."Id" IN ({places})', started))
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
    return entity(world, call, job_states.SET, starts.again(world, job))


@answers("Jobs_ResumeJob")
def resume(world: World, call: Call) -> Answer:
    """Resume a suspended job, with other arguments where some are given."""
    sent = body_of(world, call)
    key = str(sent.get("jobKey")).lower()
    jobs = matching(world, job_states.SET, Sql('"Key" = ?', (key,)), call.folder)
    if not jobs:
        raise not_found(f"The job {key}")
    if jobs[0]["State"] != "Suspended":
        raise conflict(f"The job {key} is {jobs[0]['State']} and not Suspended.")
    if sent.get("inputArguments"):
        world.store.change(job_states.SET, jobs[0]["Id"], {"InputArguments": sent["inputArguments"]})
    job_states.resume(world, jobs[0])
    return entity(world, call, job_states.SET, jobs[0]["Id"])


@answers("Jobs_ValidateDynamicJob")
def validate_new(world: World, call: Call) -> Answer:
    """Say whether a job could be started so; nothing is started."""
    info = body_of(world, call)["startInfo"]
    errors = list[str]()
    try:
        starts.release(world, info, call.folder)
        starts.robots(world, info, call.folder)
    except Refusal as refusal:
        errors.append(refusal.message)
    return documents.validation(call, errors)


@answers("Jobs_ValidateExistingJobById")
def validate_existing(world: World, call: Call) -> Answer:
    """Say whether the robot of a job is still there and enabled."""
    robot = of_path(world, call)["Robot"]
    found = world.store.find("Robots", '"Id" = ? AND "Enabled" IS NOT 0', robot)
    return documents.validation(
        call, [] if robot is None or found else [f"The robot {robot} cannot take the job."]
    )


def _stop(world: World, job: Row, strategy: str) -> None:
    if job["State"] in job_states.FINAL:
        name = "JobCannotBeTerminated" if strategy == "Kill" else "JobCannotBeCancelled"
        raise conflict(f"The job {job['Id']} has ended: {name}.")
    job_states.stop(world, job, strategy)


answers("Jobs_GetByKey")(by_guid)
