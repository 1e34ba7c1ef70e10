"""Right uses of entities: every line passes mypy --strict and pyright strict."""

from __future__ import annotations

import datetime as dt
from typing import Any, assert_type
from uuid import UUID

from uipath_odata import Expand, Expr, Instant, Predicate, Query, now
from uipath_odata.entities import (
    Environment,
    ExtendedMachine,
    Job,
    JobError,
    Machine,
    QueueItem,
    Release,
    ReleaseVersion,
    Robot,
    RobotLog,
    RobotWithLicense,
    Session,
    ValidationResult,
)
from uipath_odata.entities.enums import JobState
from uipath_odata.events import JobFaultedEvent, MachineCreatedEvent, SimpleJobEvent

assert_type(Session.id, Expr[int, Session])
robot: type[RobotWithLicense] = Session.robot
assert_type(Session.robot.name, Expr[str, object])
assert_type(Job.state, Expr[JobState, Job])
assert_type(Job.state == "Faulted", Predicate[Job])
assert_type(Job.key == UUID(int=1), Predicate[Job])
assert_type(Job.robot.id == None, Predicate[object])
assert_type(RobotLog.level >= "Error", Predicate[RobotLog])
assert_type(RobotLog.time_stamp > Instant.parse("2024-01-31T12:00:00Z"), Predicate[RobotLog])
assert_type(RobotLog.time_stamp > now() - dt.timedelta(hours=1), Predicate[RobotLog])
assert_type(QueueItem.specific_content, Expr[dict[str, Any], QueueItem])
assert_type(Robot.environments.any(lambda environment: environment.name == "Test"), Predicate[Robot])
assert_type(ValidationResult.errors.any(lambda text: text.contains("robot")), Predicate[ValidationResult])
assert_type(ValidationResult.error_codes.any(lambda code: code == "RobotBusy"), Predicate[ValidationResult])
assert_type(ExtendedMachine.name, Expr[str, ExtendedMachine])

Query(Job).filter((Job.state == "Faulted") | Job.release_name.contains("x"), Job.has_media_recorded)
Query(ExtendedMachine).filter(Machine.id > 5).select(Machine.name, ExtendedMachine.update_info)
Query(Session).select(Session.state, Session.robot.name).order_by(Session.reporting_time.desc(), Session.id)
Query(Release).expand(
    Release.release_versions, Expand(ReleaseVersion).filter(ReleaseVersion.version_number == "1").top(5)
)

session = Session(state="Available", robot=RobotWithLicense(name="x"), reporting_time=dt.datetime.now(dt.UTC))
session.job = Job(id=5)
assert_type(session.id, int | None)
assert_type(session.robot, RobotWithLicense | None)
assert_type(session.reporting_time, dt.datetime | None)
assert_type(Robot().environments, list[Environment] | None)
assert_type(Job().state, JobState | None)
machine: Machine = ExtendedMachine(name="m")

faulted = JobFaultedEvent(type="job.faulted", job=SimpleJobEvent(state="Faulted"))
assert_type(faulted.job, SimpleJobEvent | None)
assert_type(SimpleJobEvent().error, JobError | None)
assert_type(MachineCreatedEvent().event_time, dt.datetime | None)


def extra(job: Job) -> None:
    assert_type(job.extra, dict[str, Any])
    job.extra["Newest"] = 1


def outward(job: Job) -> None:
    assert_type(job.to_dict(), dict[str, Any])
    assert_type(job.to_dict(wire=True), dict[str, Any])
    assert_type(job.to_json(), bytes)
    assert_type(Job.from_dict({"Id": 1}), Job)
