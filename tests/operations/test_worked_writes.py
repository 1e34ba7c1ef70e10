"""The writes of UiPath's API guide and of clients in the field, each as it is documented."""

from __future__ import annotations

import contextlib
import datetime as dt
import json

import pytest

from uipath_odata.entities import (
    Asset,
    AttendedRobot,
    ExtendedCalendar,
    LongVersionedEntity,
    MachineRobotSession,
    ProcessSchedule,
    QueueDefinition,
    QueueItemComment,
    QueueItemData,
    QueueRetentionSetting,
    UnattendedRobot,
    User,
)
from uipath_odata.errors import DecodeError

NAMESPACE = "UiPath.Server.Configuration.OData."
SINCE = dt.datetime(2024, 4, 4, 12, 0, 47, 264_000, tzinfo=dt.UTC)
STARTED = {"ReleaseKey": "e49c0012", "Strategy": "ModernJobsCount", "JobsCount": 1, "InputArguments": "{}"}
CONTENT = {"Type": "Customer", "Name@odata.type": "#String", "Name": "Ada", "Age": 36, "Vip": True}
ALERT = {"Message": "m", "Severity": "Error", "ProcessName": "p", "RobotName": "r"}
SCHEDULE = {
    "Name": "Weekly",
    "ReleaseId": 5,
    "ReleaseName": "r",
    "StartProcessCron": "0 0 0 ? 1/5 SUN *",
    "StartProcessCronDetails": '{"type":5,"advancedCronExpression":"0 0 0 ? 1/5 SUN *"}',
    "StartStrategy": 15,
    "ExecutorRobots": [],
    "MachineRobots": [{"MachineId": 1, "MachineName": "m", "RobotId": 2}],
    "TimeZoneId": "Tokyo Standard Time",
}

# method, path, body, what asks for it
WRITES = [
    (
        "POST",
        "/odata/Jobs/~StartJobs",
        {"startInfo": STARTED},
        lambda o: o.jobs.start_jobs(
            release_key="e49c0012", strategy="ModernJobsCount", jobs_count=1, input_arguments={}
        ),
    ),
    (
        "POST",
        "/odata/Jobs/~StartJobs",
        {
            "startInfo": STARTED
            | {
                "JobPriority": "Normal",
                "RuntimeType": "Unattended",
                "InputArguments": '{"status":"Sold"}',
            }
        },
        lambda o: o.jobs.start_jobs(
            release_key="e49c0012",
            strategy="ModernJobsCount",
            jobs_count=1,
            job_priority="Normal",
            runtime_type="Unattended",
            input_arguments='{"status":"Sold"}',
        ),
    ),
    (
        "POST",
        "/odata/Jobs/~StartJobs",
        {
            "startInfo": {
                "ReleaseKey": "e",
                "Strategy": "Specific",
                "RobotIds": [9826],
                "JobsCount": 0,
                "Source": "Manual",
            }
        },
        lambda o: o.jobs.start_jobs(
            release_key="e", strategy="Specific", robot_ids=(9826,), jobs_count=0, source="Manual"
        ),
    ),
    (
        "POST",
        "/odata/Jobs/~StopJobs",
        {"strategy": "SoftStop", "jobIds": [1, 2]},
        lambda o: o.jobs.stop_jobs(strategy="SoftStop", job_ids=[1, 2]),
    ),
    (
        "PUT",
        "/odata/QueueItems(7)",
        {"Name": "q", "SpecificContent": {}},
        lambda o: o.queue_items.replace(7, QueueItemData(name="q", specific_content={})),
    ),
    (
        "POST",
        "/odata/Queues/UiPathODataSvc.AddQueueItem",
        {
            "itemData": {
                "Name": "q",
                "Priority": "Normal",
                "SpecificContent": CONTENT,
                "DeferDate": "2024-04-04T12:00:47.264Z",
                "Reference": "r",
            }
        },
        lambda o: o.queues.add_queue_item(
            name="q", priority="Normal", specific_content=CONTENT, defer_date=SINCE, reference="r"
        ),
    ),
    (
        "POST",
        "/odata/Queues/UiPathODataSvc.BulkAddQueueItems",
        {
            "queueName": "q",
            "commitType": "ProcessAllIndependently",
            "queueItems": [{"SpecificContent": CONTENT, "Reference": "1"}, {"Reference": "2"}],
        },
        lambda o: o.queues.bulk_add_queue_items(
            queue_name="q",
            commit_type="ProcessAllIndependently",
            queue_items=[QueueItemData(specific_content=CONTENT, reference="1"), {"Reference": "2"}],
        ),
    ),
    (
        "POST",
        "/odata/Queues/UiPathODataSvc.StartTransaction",
        {"transactionData": {"Name": "q"}},
        lambda o: o.queues.start_transaction(name="q"),
    ),
    (
        "POST",
        "/odata/QueueItems/UiPathODataSvc.DeleteBulk",
        {"queueItems": [{"RowVersion": "AAAAAAAAB9E=", "Id": 1}]},
        lambda o: o.queue_items.delete_bulk(
            queue_items=[LongVersionedEntity(id=1, row_version="AAAAAAAAB9E=")]
        ),
    ),
    (
        "POST",
        "/odata/QueueItemComments",
        {"Text": "t", "QueueItemId": 5},
        lambda o: o.queue_item_comments.create(QueueItemComment(queue_item_id=5, text="t")),
    ),
    (
        "PUT",
        "/odata/QueueRetention(1)",
        {"Action": "Archive", "Period": 30, "BucketId": 4},
        lambda o: o.queue_retention.replace(
            1, QueueRetentionSetting(action="Archive", period=30, bucket_id=4)
        ),
    ),
    ("DELETE", "/odata/QueueRetention(6789)", None, lambda o: o.queue_retention.delete(6789)),
    ("DELETE", "/odata/ReleaseRetention(6789)", None, lambda o: o.release_retention.delete(6789)),
    (
        "POST",
        "/odata/Calendars",
        {"Name": "VacationCal", "TimeZoneId": "string", "ExcludedDates": ["2019-11-12T14:31:44.778Z"]},
        lambda o: o.calendars.create(
            ExtendedCalendar(
                name="VacationCal",
                time_zone_id="string",
                excluded_dates=[dt.datetime(2019, 11, 12, 14, 31, 44, 778_000, tzinfo=dt.UTC)],
            )
        ),
    ),
    (
        "POST",
        "/tasks/GenericTasks/CreateTask",
        {
            "type": "ExternalTask",
            "title": "t",
            "priority": "High",
            "data": {},
            "taskCatalogName": "c",
            "externalTag": "JIRA",
        },
        lambda o: o.generic_tasks.create_task(
            type="ExternalTask",
            title="t",
            priority="High",
            data={},
            task_catalog_name="c",
            external_tag="JIRA",
        ),
    ),
    (
        "POST",
        "/forms/TaskForms/CompleteTask",
        {"taskId": 195, "data": {"a": 1, "submit": True}, "action": "submit"},
        lambda o: o.task_forms.complete_task(task_id=195, data={"a": 1, "submit": True}, action="submit"),
    ),
    (
        "POST",
        "/odata/ProcessSchedules",
        SCHEDULE,
        lambda o: o.process_schedules.create(
            ProcessSchedule(
                name="Weekly",
                release_id=5,
                release_name="r",
                start_process_cron="0 0 0 ? 1/5 SUN *",
                start_process_cron_details={"type": 5, "advancedCronExpression": "0 0 0 ? 1/5 SUN *"},
                start_strategy=15,
                executor_robots=[],
                machine_robots=[MachineRobotSession(machine_id=1, machine_name="m", robot_id=2)],
                time_zone_id="Tokyo Standard Time",
            )
        ),
    ),
    ("DELETE", "/odata/Users(446)", None, lambda o: o.users.delete(446)),
    (
        "PUT",
        "/odata/Users(13)",
        {
            "Id": 13,
            "RobotProvision": {
                "UserName": "u",
                "ExecutionSettings": {},
                "RobotId": 5,
                "RobotType": "Attended",
            },
        },
        lambda o: o.users.replace(
            13,
            User(
                robot_provision=AttendedRobot(
                    user_name="u", robot_id=5, robot_type="Attended", execution_settings={}
                )
            ),
        ),
    ),
    (
        "PATCH",
        "/odata/Users(88)",
        {"UnattendedRobot": {"Password": "p"}},
        lambda o: o.users.update(88, unattended_robot=UnattendedRobot(password="p")),
    ),
    (
        "POST",
        "/odata/Users(7)/~AssignRoles",
        {"roleIds": [1]},
        lambda o: o.users.assign_roles(7, role_ids=[1]),
    ),
    (
        "POST",
        "/odata/Alerts/~RaiseProcessAlert",
        {"processAlert": ALERT},
        lambda o: o.alerts.raise_process_alert(
            message="m", severity="Error", process_name="p", robot_name="r"
        ),
    ),
    (
        "POST",
        "/odata/TaskCatalogs/~CreateTaskCatalog",
        {"Name": "n", "Description": "d"},
        lambda o: o.task_catalogs.create_task_catalog(name="n", description="d"),
    ),
    (
        "POST",
        "/odata/QueueDefinitions/~EditQueue",
        {"Id": 5, "Name": "q"},
        lambda o: o.queue_definitions.edit_queue(QueueDefinition(id=5, name="q")),
    ),
    (
        "POST",
        "/odata/Assets",
        {"Name": "a", "ValueType": "Text", "StringValue": "v"},
        lambda o: o.assets.create(Asset(name="a", value_type="Text", string_value="v")),
    ),
    (
        "PUT",
        "/odata/Assets(1)",
        {"Id": 1, "Name": "a", "ValueType": "Integer", "IntValue": 5},
        lambda o: o.assets.replace(1, Asset(name="a", value_type="Integer", int_value=5)),
    ),
    ("DELETE", "/odata/Assets(1)", None, lambda o: o.assets.delete(1)),
    ("DELETE", "/odata/TaskCatalogs(1)", None, lambda o: o.task_catalogs.delete(1)),
    ("POST", "/odata/Webhooks(1)/~Ping", None, lambda o: o.webhooks.ping(1)),
    ("PATCH", "/odata/Webhooks(1)", {"Enabled": False}, lambda o: o.webhooks.update(1, enabled=False)),
    ("PATCH", "/odata/Webhooks(1)", {"Secret": None}, lambda o: o.webhooks.update(1, {"Secret": None})),
    (
        "PUT",
        "/odata/Folders(1)/~MoveFolder?targetParentId=2",
        None,
        lambda o: o.folders.move_folder(1, target_parent_id=2),
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "write"), WRITES)
async def test_a_documented_write_comes_out_as_listed(method, path, body, write, scope, recorder):
    with contextlib.suppress(DecodeError):
        await write(scope(recorder).folder(id=202020))
    (request,) = recorder.sent
    target = f"{request.path}?{request.query}" if request.query else request.path
    assert (request.method, target) == (method, path.replace("~", NAMESPACE))
    assert (json.loads(request.body) if request.body else None) == body
    assert request.headers == {"X-UIPATH-OrganizationUnitId": "202020"}


async def test_an_alert_of_a_job_names_its_key_in_a_header(scope, recorder):
    key = "E49C0012-EE01-45E4-884C-0CE1F2AA6FBB"
    await scope(recorder).folder(id=5).alerts.raise_process_alert(ALERT, job_key=key)
    (request,) = recorder.sent
    assert request.headers == {"X-UIPATH-OrganizationUnitId": "5", "X-UIPATH-JobKey": key.lower()}
    assert json.loads(request.body) == {"processAlert": ALERT}
