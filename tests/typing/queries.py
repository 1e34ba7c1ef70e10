"""Right uses of queries: every line passes mypy --strict and pyright strict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, assert_type
from uuid import UUID

from uipath_odata import (
    Expand,
    Expr,
    Instant,
    ListPage,
    Predicate,
    Query,
    now,
    parse_filter,
    path,
    properties_of,
    raw_filter,
)
from uipath_odata.entities import (
    ExtendedMachine,
    Job,
    Machine,
    QueueProcessingStatus,
    Release,
    ReleaseVersion,
    RobotLog,
    Session,
    User,
)
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.odata.rows.decode import decode

SINCE = dt.datetime(2024, 1, 31, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)

assert_type(Query(Job), Query[Job])
assert_type(
    Query(Job).filter(Job.id == 5).select(Job.id).expand(Job.robot).order_by(Job.id).top(5).skip(1),
    Query[Job],
)
assert_type(Query(Job).options, dict[str, str])
assert_type(Query(Job).query_string, str)
assert_type(decode(Job, [{"Id": 5}]), list[Job])

assert_type(Job.id.in_([1, 2, None]), Predicate[Job])
assert_type(Job.id.in_(number for number in range(5)), Predicate[Job])
assert_type(Job.state.in_(["Faulted", "Stopped"]), Predicate[Job])
assert_type(Job.key.in_({UUID(int=1)}), Predicate[Job])
assert_type(Job.state != None, Predicate[Job])
assert_type((Job.id > 5) & (Job.id <= 7) | ~(Job.info == "x"), Predicate[Job])
assert_type(Job.has_media_recorded & Job.has_video_recorded, Predicate[Job])
assert_type(~Job.has_media_recorded | (Job.id == 5), Predicate[Job])
assert_type((Job.id == 5) & Job.has_media_recorded, Predicate[Job])
assert_type(Job.id == Job.release.id, Predicate[Job])
assert_type(Job.info >= "x", Predicate[Job])

assert_type(Job.info.tolower().toupper().trim(), Expr[str, Job])
assert_type(Job.info.length() + Job.info.indexof("x"), Expr[int, Job])
assert_type(Job.info.substring(1).substring(0, length=5).concat("x"), Expr[str, Job])
assert_type(
    Job.info.contains(Job.reference) | Job.info.startswith("x") | Job.info.endswith("x"), Predicate[Job]
)

assert_type((Job.id + 1) * 2 - Job.release.id, Expr[int, Job])
assert_type(1 + (2 - (3 * (4 / (5 % Job.id)))), Expr[int, Job])
assert_type(QueueProcessingStatus.processing_mean_time.round() > 2.5, Predicate[QueueProcessingStatus])
assert_type(Job.id.floor() + Job.id.ceiling(), Expr[int, Job])

assert_type(Job.start_time > SINCE, Predicate[Job])
assert_type(Job.start_time <= Instant.parse("2024-01-31T12:00:00Z"), Predicate[Job])
assert_type((Job.end_time - Job.start_time) > HOUR, Predicate[Job])
assert_type(Job.start_time + HOUR > now(), Predicate[Job])
assert_type(Job.start_time + (Job.end_time - Job.start_time) > now() - HOUR, Predicate[Job])
assert_type(Job.start_time.date() == dt.date(2024, 1, 31), Predicate[Job])
assert_type(Job.start_time.time() < dt.time(12), Predicate[Job])
assert_type(Job.start_time.year() == 2024, Predicate[Job])

assert_type(Release.tags.any(), Predicate[Release])
assert_type(Release.tags.all(lambda tag: (tag.name == "x") & (tag.value != None)), Predicate[Release])
assert_type(Release.release_versions.any(lambda version: version.id.in_([1, 2])), Predicate[Release])
assert_type(User.roles_list.any(lambda role: role.startswith("Admin")), Predicate[User])

new: Expr[Any] = path("Robot/NewProperty")
condition: Predicate = new.contains("x")
assert_type(path("New").contains("x") & (path("New") > 5) & (path("New") == None), Predicate[object])
assert_type(raw_filter("New has 'x'") & (Job.id == 5), Predicate[Job])
assert_type((Job.robot.name == "x") & (Job.id == 5) | (path("New") == 5), Predicate[Job])

Query(Job).filter((Job.robot.name == "x") & (Job.release.current_version.id == 5), Job.robot.id == Job.id)
Query(ExtendedMachine).filter((Machine.id > 5) & (ExtendedMachine.name == "x"), Machine.name == "y")
Query(Job).filter(path("Flag") == True, raw_filter("A eq 1"), Job.has_media_recorded)
Query(Job).select(Job.state, Job.robot.name, Job.release, path("New"))
Query(Job).expand(Job.robot, Job.release.current_version, path("New"))
Query(Release).expand(
    Release.release_versions, Expand(ReleaseVersion).order_by(ReleaseVersion.id.desc()).top(5)
)
Query(Job).order_by(Job.robot.name, Job.id.desc(), Job.info.length().asc())
Query(RobotLog).filter(
    RobotLog.level >= "Error", RobotLog.level.in_(["Warn", "Fatal"]), RobotLog.time_stamp > SINCE
)

session = decode(Session, [{}])[0]
if session.robot is not None and session.robot.name is not None:
    assert_type(session.robot.name.upper(), str)
if session.reporting_time is not None:
    assert_type(session.reporting_time - SINCE, dt.timedelta)


def running() -> Predicate[Job]:
    return (Job.robot.name == "x") & (Job.state == "Running")


conditions: list[Predicate] = [running(), Session.id == 5]
Query(Job).filter(*conditions, running())
expression: Expr[int] = Job.id

assert_type(
    parse_filter(Job, "State eq 'Faulted'", allow=[Job.state, Job.robot, Job.robot.name]), Predicate[Job]
)
Query(Job).filter(
    parse_filter(Job, "Id eq 1", allow=properties_of(Job).values(), max_length=500, max_depth=4)
)


async def pages(jobs: BoundQuery[Job, Job]) -> None:
    page = await jobs.page(size=50, after=None, total=True)
    assert_type(page, ListPage[Job])
    assert_type(page.to_json(), bytes)
    assert_type(page.to_dict(wire=True), dict[str, Any])
    assert_type(page.rows, Sequence[Job])
    assert_type(page.next, str | None)
    assert_type(page.total, int | None)
    assert_type(page.stable, bool)
    assert_type((await jobs.dicts().page()).rows, Sequence[dict[str, Any]])
