from __future__ import annotations

import datetime as dt
import functools
from uuid import UUID

import attrs
import pytest

from uipath_odata import Expand, Instant, Query, path
from uipath_odata.entities import (
    Asset,
    Environment,
    ExtendedCalendar,
    Job,
    QueueItem,
    QueueItemEvent,
    Release,
    ReleaseVersion,
    Robot,
    RobotLog,
    Session,
    SimpleRelease,
    SimpleRobot,
    Task,
    Tenant,
    Webhook,
)
from uipath_odata.errors import QueryError
from uipath_odata.odata.query import options_of

SESSIONS = Query(Session).top(10)
HEARTBEAT = Instant.parse("2018-03-05T03:48:04.147Z")
JOB = UUID("e49c0012-ee01-45e4-884c-0ce1f2aa6fbb")
URL = "http://documentation.azurewebsites.net/webhook/documentation"


def options(**texts):
    return {f"${name}": text for name, text in texts.items()}


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        # The requests of the API guide, "Robots Requests" and "Consuming Cloud API".
        (SESSIONS.filter(Session.robot.id == 749).select(Session.state),
         options(top="10", filter="Robot/Id eq 749", select="State")),
        (SESSIONS.filter(Session.robot.name == "DocBot").select(Session.state),
         options(top="10", filter="Robot/Name eq 'DocBot'", select="State")),
        (SESSIONS.filter(Session.state == "Available", Session.reporting_time > HEARTBEAT)
         .select(Session.robot).expand(Session.robot),
         options(top="10", filter="State eq 'Available' and ReportingTime gt 2018-03-05T03:48:04.147Z", select="Robot",
                 expand="Robot")),
        (SESSIONS.filter(Session.state == "Disconnected").expand(Session.robot),
         options(top="10", filter="State eq 'Disconnected'", expand="Robot")),
        (Query(Robot), {}),
        (Query(RobotLog).top(100).skip(200).filter(RobotLog.robot_name == "DocBot"),
         options(top="100", skip="200", filter="RobotName eq 'DocBot'")),
        (Query(RobotLog).top(1000).skip(2000), options(top="1000", skip="2000")),
        # Those of its other pages, and of clients in the field.
        (Query(Job).top(3).filter(Job.robot.id == 749), options(top="3", filter="Robot/Id eq 749")),
        (Query(Job).filter(Job.creation_time >= Instant.parse("2024-04-04T12:00:47.264Z"), Job.process_type == "Process")
         .expand(Job.robot, Job.machine, Job.release).order_by(Job.creation_time.desc()),
         options(filter="CreationTime ge 2024-04-04T12:00:47.264Z and ProcessType eq 'Process'",
                 expand="Robot,Machine,Release", orderby="CreationTime desc")),
        (Query(QueueItem).filter(QueueItem.queue_definition_id == 102135).expand(QueueItem.robot, QueueItem.reviewer_user)
         .order_by(QueueItem.id.desc()),
         options(filter="QueueDefinitionId eq 102135", expand="Robot,ReviewerUser", orderby="Id desc")),
        (Query(QueueItemEvent).order_by(QueueItemEvent.timestamp).top(10), options(orderby="Timestamp", top="10")),
        (Query(ExtendedCalendar).filter(ExtendedCalendar.name == "BankHoliday"), options(filter="Name eq 'BankHoliday'")),
        (Query(Environment).top(10), options(top="10")),
        (Query(Release).filter(Release.name == "all_activities_DocEnv"), options(filter="Name eq 'all_activities_DocEnv'")),
        (Query(Task).top(2), options(top="2")),
        (Query(Tenant).filter(Tenant.is_active), options(filter="IsActive eq true")),
        (Query(Webhook).filter(Webhook.url == URL), options(filter=f"Url eq '{URL}'")),
        (Query(QueueItem).top(100).skip(0).filter(QueueItem.queue_definition_id == 1, QueueItem.status == "New")
         .order_by(QueueItem.id.desc()).expand(QueueItem.robot, QueueItem.reviewer_user),
         options(top="100", skip="0", filter="QueueDefinitionId eq 1 and Status eq 'New'", orderby="Id desc",
                 expand="Robot,ReviewerUser")),
        (Query(QueueItem).filter(QueueItem.id.in_([1, 2, 3])), options(filter="Id in (1,2,3)")),
        (Query(RobotLog).top(1000).skip(0).order_by(RobotLog.time_stamp.desc())
         .filter(RobotLog.time_stamp >= HEARTBEAT, RobotLog.level >= "Info", RobotLog.job_key == JOB),
         options(top="1000", skip="0", orderby="TimeStamp desc",
                 filter=f"TimeStamp ge 2018-03-05T03:48:04.147Z and Level ge '2' and JobKey eq {JOB}")),
        (Query(Asset).top(1000).skip(0).expand(Asset.user_values).filter(path("ValueType") == "Secret"),
         options(top="1000", skip="0", expand="UserValues", filter="ValueType eq 'Secret'")),
        (Query(Robot).filter(Robot.type == "Unattended", Robot.provision_type == "Manual").expand(path("User")),
         options(filter="Type eq 'Unattended' and ProvisionType eq 'Manual'", expand="User")),
        # The README's.
        (Query(Job).filter((Job.state == "Faulted") | Job.release_name.contains("O'Brien")),
         options(filter="State eq 'Faulted' or contains(ReleaseName,'O''Brien')")),
    ],
)  # fmt: skip
def test_the_documented_requests_come_out_exactly(query, asked):
    assert query.options == asked


VERSIONS = (
    Expand(ReleaseVersion)
    .filter(ReleaseVersion.version_number == "1")
    .order_by(ReleaseVersion.id.desc())
    .top(5)
)


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (Query(Job).select(Job.state, Job.robot.name), options(select="State", expand="Robot($select=Name)")),
        (Query(Job).select(Job.robot.name, Job.robot.id, Job.release.name),
         options(expand="Robot($select=Name,Id),Release($select=Name)")),
        (Query(Job).select(Job.state).select(Job.state, Job.id), options(select="State,Id")),
        (Query(Job).expand(Job.robot).expand(Job.robot), options(expand="Robot")),
        (Query(Job).expand(Job.robot).select(Job.robot.name), options(expand="Robot($select=Name)")),
        (Query(Job).select(path("New"), path("Robot/New")), options(select="New", expand="Robot($select=New)")),
        (Query(Job).expand(path("Machine")), options(expand="Machine")),
        (Query(Session).expand(Session.robot.user), options(expand="Robot($expand=User)")),
        (Query(Session).expand(Session.robot, Session.robot.user, Session.job),
         options(expand="Robot($expand=User),Job")),
        (Query(Session).select(Session.robot.user.name), options(expand="Robot($expand=User($select=Name))")),
        (Query(Release).expand(Release.release_versions, VERSIONS),
         options(expand="ReleaseVersions($filter=VersionNumber eq '1';$orderby=Id desc;$top=5)")),
        (Query(Release).expand(Release.current_version, Release.release_versions, Expand(ReleaseVersion).skip(1)),
         options(expand="CurrentVersion,ReleaseVersions($skip=1)")),
        (Query(Session).expand(Session.job, Expand(Job).select(Job.state).expand(Job.robot, Expand(SimpleRobot).select(SimpleRobot.name))),
         options(expand="Job($select=State;$expand=Robot($select=Name))")),
        (Query(Session).expand(Session.job, Expand(Job).select(Job.state)).select(Session.job.id),
         options(expand="Job($select=Id,State)")),
        (Query(Session).expand(path("Job"), Expand(Job).top(1)), options(expand="Job($top=1)")),
        (Query(Job).order_by(Job.robot.name, Job.id.asc(), Job.info.length().desc()),
         options(orderby="Robot/Name,Id,length(Info) desc")),
        (Query(Job).order_by(Job.id).order_by(Job.state), options(orderby="Id,State")),
        (Query(Job).top(0), options(top="0")),
        (Query(Job).top(5).top(6).skip(1).skip(2), options(top="6", skip="2")),
    ],
)  # fmt: skip
def test_select_and_expand_make_one_tree(query, asked):
    assert query.options == asked


def test_an_option_of_an_ordered_enum_reaches_into_expand():
    query = Query(Job).expand(path("Logs"), Expand(RobotLog).filter(RobotLog.level > "Info"))
    assert options_of(query) == {"$expand": "Logs($filter=Level gt '2')"}
    assert options_of(query, "name") == {"$expand": "Logs($filter=Level gt 'Info')"}


def test_expanding_three_levels_deep_is_refused():
    with pytest.raises(
        QueryError, match="is expanded 3 levels deep and Orchestrator allows 2: read it separately"
    ):
        Query(Session).expand(path("Job/Robot/User")).options  # noqa: B018
    with pytest.raises(QueryError, match="3 levels deep"):
        Query(Session).select(path("Job/Robot/User/Name")).query_string  # noqa: B018


def test_queries_are_values_and_composing_leaves_the_first_one_alone():
    first = Query(Job).filter(Job.state == "Faulted")
    second = first.select(Job.id).expand(Job.robot).order_by(Job.id).top(1).skip(2)
    assert first.options == options(filter="State eq 'Faulted'")
    assert first == Query(Job).filter(Job.state == "Faulted")
    assert len({first, Query(Job).filter(Job.state == "Faulted"), second}) == 2
    assert first != Query(Job).filter(Job.state == "Running")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        first.limit = 5


def test_an_instant_and_its_datetime_ask_the_same():
    moment = dt.datetime(2018, 3, 5, 3, 48, 4, 147_000, tzinfo=dt.UTC)
    assert Query(Session).filter(Session.reporting_time > moment) == Query(Session).filter(
        Session.reporting_time > HEARTBEAT
    )


def test_the_query_string_is_the_options_encoded():
    query = SESSIONS.filter(Session.robot.name == "DocBot").select(Session.state)
    assert query.query_string == "$filter=Robot/Name%20eq%20%27DocBot%27&$select=State&$top=10"


@pytest.mark.parametrize(
    "query",
    [
        Query(Release).expand(path("A/B/C/D")),
        Query(Job)
        .expand(Job.release, Expand(SimpleRelease).select(SimpleRelease.id))
        .expand(Job.release, Expand(SimpleRelease).select(SimpleRelease.name)),
        Query(Job).filter(
            functools.reduce(lambda inner, _: ~(inner | (Job.id == 2)), range(5_000), Job.id == 1)
        ),
    ],
)
def test_a_query_that_cannot_be_sent_still_shows_itself(query):
    with pytest.raises(QueryError):
        _ = query.options
    assert repr(query).startswith("<Query ")
    assert ": " in repr(query)
