"""The reads of UiPath's API guide and of clients in the field, each as it is documented."""

from __future__ import annotations

import contextlib
import datetime as dt
from urllib.parse import parse_qsl
from uuid import UUID

import pytest

from uipath_odata import raw_filter
from uipath_odata.entities import (
    Asset,
    ExtendedCalendar,
    ExtendedRobot,
    Folder,
    Job,
    QueueItem,
    QueueItemEvent,
    Release,
    RobotLog,
    Tenant,
    Webhook,
)
from uipath_odata.errors import DecodeError

NAMESPACE = "UiPath.Server.Configuration.OData."
KEY = "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"
SINCE = dt.datetime(2024, 4, 4, 12, 0, 47, 264_000, tzinfo=dt.UTC)

# path, options, what asks for it
READS = [
    ("/odata/Settings/~GetLicense", {}, lambda o: o.settings.get_license()),
    (
        "/odata/Jobs",
        {"$top": "3", "$filter": "Robot/Id eq 749"},
        lambda o: o.jobs.filter(Job.robot.id == 749).top(3),
    ),
    ("/odata/Jobs", {"$top": "100"}, lambda o: o.jobs.top(100)),
    (
        "/odata/Jobs",
        {
            "$top": "10",
            "$filter": "CreationTime ge 2024-04-04T12:00:47.264Z and ProcessType eq 'Process'",
            "$expand": "Robot,Machine,Release",
            "$orderby": "CreationTime desc",
        },
        lambda o: (
            o.jobs.filter((Job.creation_time >= SINCE) & (Job.process_type == "Process"))
            .expand(Job.robot, Job.machine, Job.release)
            .order_by(Job.creation_time.desc())
            .top(10)
        ),
    ),
    ("/odata/Jobs(302140031)", {}, lambda o: o.jobs.get(302140031)),
    (
        "/odata/QueueItems",
        {
            "$top": "100",
            "$skip": "0",
            "$filter": "QueueDefinitionId eq 1 and Status eq 'New'",
            "$expand": "Robot,ReviewerUser",
            "$orderby": "Id desc",
        },
        lambda o: (
            o.queue_items.filter(QueueItem.queue_definition_id == 1, QueueItem.status == "New")
            .expand(QueueItem.robot, QueueItem.reviewer_user)
            .order_by(QueueItem.id.desc())
            .top(100)
            .skip(0)
        ),
    ),
    (
        "/odata/QueueItems",
        {"$top": "3", "$filter": "Id in (1,2,3)"},
        lambda o: o.queue_items.filter(QueueItem.id.in_([1, 2, 3])).top(3),
    ),
    ("/odata/QueueItems(299605865)", {}, lambda o: o.queue_items.get(299605865)),
    (
        "/odata/QueueItemEvents/~GetQueueItemEventsHistory(queueItemId=1050203)",
        {"$orderby": "Timestamp", "$top": "10"},
        lambda o: (
            o.queue_item_events.get_queue_item_events_history(1050203)
            .order_by(QueueItemEvent.timestamp)
            .top(10)
        ),
    ),
    (
        "/odata/Assets/~GetRobotAssetByRobotId(robotId=5,assetName='O''Neill')",
        {},
        lambda o: o.assets.get_robot_asset_by_robot_id(robot_id=5, asset_name="O'Neill"),
    ),
    (
        "/odata/Assets/~GetFiltered",
        {"$top": "1000", "$expand": "UserValues", "$filter": "ValueType eq 'Secret'"},
        lambda o: (
            o.assets.get_filtered().filter(Asset.value_type == "Secret").expand(Asset.user_values).top(1000)
        ),
    ),
    (
        "/odata/Calendars",
        {"$top": "1", "$filter": "Name eq 'BankHoliday'"},
        lambda o: o.calendars.filter(ExtendedCalendar.name == "BankHoliday").first(),
    ),
    ("/odata/Environments", {"$top": "10"}, lambda o: o.environments.top(10)),
    (
        "/odata/Releases",
        {"$top": "1", "$filter": "Name eq 'all_activities_DocEnv'"},
        lambda o: o.releases.filter(Release.name == "all_activities_DocEnv").top(1),
    ),
    ("/odata/Roles(259)", {}, lambda o: o.roles.get(259)),
    ("/odata/Tasks", {"$top": "2"}, lambda o: o.tasks.top(2)),
    ("/odata/Tenants(99)", {}, lambda o: o.tenants.get(99)),
    (
        "/odata/QueueItems/~GetReviewers",
        {"$top": "1000", "$skip": "0", "$filter": "(Type eq 'DirectoryUser')"},
        lambda o: (
            o.queue_items.get_reviewers().filter(raw_filter("Type eq 'DirectoryUser'")).top(1000).skip(0)
        ),
    ),
    (
        "/odata/QueueDefinitions/~GetFoldersForQueue(id=1)",
        {},
        lambda o: o.queue_definitions.get_folders_for_queue(id=1),
    ),
    (
        "/odata/AuditLogs/~GetAuditLogDetails(auditLogId=1)",
        {},
        lambda o: o.audit_logs.get_audit_log_details(audit_log_id=1),
    ),
    (
        "/odata/Settings/~GetExecutionSettingsConfiguration(scope=0)",
        {},
        lambda o: o.settings.get_execution_settings_configuration(scope=0),
    ),
    (
        "/odata/PersonalWorkspaces/~GetPersonalWorkspace",
        {},
        lambda o: o.personal_workspaces.get_personal_workspace(),
    ),
    (
        "/odata/Robots/~FindAllAcrossFolders",
        {"$top": "5", "$filter": "(Type eq '2' and ProvisionType eq '1')", "$expand": "User"},
        lambda o: (
            o.robots.find_all_across_folders()
            .filter(raw_filter("Type eq '2' and ProvisionType eq '1'"))
            .expand(ExtendedRobot.user)
            .top(5)
        ),
    ),
    ("/odata/ProcessSchedules(1)", {}, lambda o: o.process_schedules.get(1)),
    (
        "/odata/ProcessSchedules/~GetRobotIdsForSchedule(key=1)",
        {},
        lambda o: o.process_schedules.get_robot_ids_for_schedule(key=1),
    ),
    (
        "/odata/Folders",
        {"$filter": "DisplayName eq 'Shared'", "$top": "1"},
        lambda o: o.folders.filter(Folder.display_name == "Shared").first(),
    ),
    (
        "/odata/Tenants",
        {"$filter": "IsActive eq true", "$top": "5"},
        lambda o: o.tenants.filter(Tenant.is_active == True).top(5),
    ),
    (
        "/odata/Webhooks",
        {"$filter": "Url eq 'http://documentation.azurewebsites.net/webhook/documentation'", "$top": "5"},
        lambda o: o.webhooks.filter(
            Webhook.url == "http://documentation.azurewebsites.net/webhook/documentation"
        ).top(5),
    ),
    (
        "/odata/RobotLogs",
        {
            "$filter": "TimeStamp ge 2024-04-04T12:00:47.264Z and Level ge '2' and JobKey eq " + KEY,
            "$orderby": "TimeStamp desc",
            "$top": "1000",
            "$skip": "0",
        },
        lambda o: (
            o.robot_logs.filter(
                RobotLog.time_stamp >= SINCE, RobotLog.level >= "Info", RobotLog.job_key == UUID(KEY)
            )
            .order_by(RobotLog.time_stamp.desc())
            .top(1000)
            .skip(0)
        ),
    ),
    (
        "/odata/Assets",
        {"$top": "1000", "$skip": "0", "$expand": "UserValues"},
        lambda o: o.assets.expand(Asset.user_values).top(1000).skip(0),
    ),
    ("/odata/Users/~GetCurrentUser", {}, lambda o: o.users.get_current_user()),
]


@pytest.mark.parametrize(("path", "options", "read"), READS, ids=[f"{path}?{len(o)}" for path, o, _ in READS])
async def test_a_documented_read_comes_out_as_listed(path, options, read, scope, recorder, made):
    with contextlib.suppress(DecodeError):
        query = read(scope(recorder.answer({"value": []})))
        await (query.to_list() if hasattr(query, "to_list") else query)
    request = recorder.sent[0]
    assert (request.method, request.body) == ("GET", None)
    assert request.path == path.replace("~", NAMESPACE)
    assert dict(parse_qsl(request.query, keep_blank_values=True)) == options


@pytest.mark.parametrize(
    ("path", "list_"),
    [
        ("/odata/Jobs", lambda o: o.jobs),
        ("/odata/QueueItems", lambda o: o.queue_items),
        ("/odata/Machines", lambda o: o.machines),
        ("/odata/PersonalWorkspaces", lambda o: o.personal_workspaces),
        (
            "/odata/QueueItems?$filter=QueueDefinitionId%20eq%20102135&$expand=Robot,ReviewerUser&$orderby=Id%20desc",
            lambda o: (
                o.queue_items.filter(QueueItem.queue_definition_id == 102135)
                .expand(QueueItem.robot, QueueItem.reviewer_user)
                .order_by(QueueItem.id.desc())
            ),
        ),
    ],
)
def test_a_documented_list_without_an_end_is_what_the_user_asked_for(path, list_, scope, recorder):
    assert str(list_(scope(recorder)).url).partition("orchestrator_")[2] == path
