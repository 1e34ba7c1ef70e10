"""What UiPath's own clients ask and no published schema lists, or other than it says."""

from __future__ import annotations

import uuid

import pytest

FINANCE = {"OrganizationUnitId": "36886"}


async def test_the_current_user_has_a_personal_workspace_or_none(demo):
    path = "/odata/Users/UiPath.Server.Configuration.OData.GetCurrentUserExtended?$select=PersonalWorkspace&$expand=PersonalWorkspace"
    before = (await demo.get(path)).body
    assert before["PersonalWorkspace"] is None
    row = {"Id": 9, "Key": str(uuid.uuid4()), "Name": "x's workspace", "OwnerId": before["Id"]}
    demo.emulator.insert("PersonalWorkspaces", [row])
    expected = {"Id": 9, "Key": row["Key"], "FullyQualifiedName": "x's workspace"}
    assert (await demo.get(path)).body["PersonalWorkspace"] == expected


@pytest.mark.parametrize("quote", ["", "'"])
async def test_a_bucket_is_found_by_its_identifier(demo, quote):
    bucket = demo.emulator.add.bucket("files", folder=36886)
    path = f"/odata/Buckets/UiPath.Server.Configuration.OData.GetByKey(identifier={quote}{bucket['Identifier']}{quote})"
    assert (await demo.get(path, **FINANCE)).body["Id"] == bucket["Id"]


async def test_a_task_of_an_app_names_its_folder_in_the_body_and_its_type_by_number(demo):
    body = {
        "title": "T",
        "appId": str(uuid.uuid4()),
        "folderPath": "Shared/Finance",
        "type": 6,
        "unknown": {"a": 1},
    }
    task = await demo.send("POST", "/tasks/AppTasks/CreateAppTask", body)
    assert (task.status, task.body["type"], task.body["organizationUnitId"]) == (201, "AppTask", 36886)
    wrong = await demo.send("POST", "/tasks/AppTasks/CreateAppTask", body | {"folderPath": "Nowhere"})
    assert wrong.status == 404


START = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        (
            "/odata/Robots",
            {"Descriptoin": "x"},
            "Descriptoin: RobotDto has no such member: did you mean Description?",
        ),
        ("/odata/Robots", {"Name": 5}, "Name: 5 is not a text"),
        ("/odata/Robots", [], "it is not a JSON object, as a RobotDto is"),
        ("/odata/Robots", {"Id": 2**63}, f"Id: {2**63} is not a whole number of 64 bits"),
        ("/odata/Robots", {"Enabled": "yes"}, "Enabled: 'yes' is not true or false"),
        (START, {"startInfo": {"ReleaseKey": 5}}, "startInfo.ReleaseKey: 5 is not a text"),
        (START, {"startInfo": {"RobotIds": 5}}, "startInfo.RobotIds: it is not a list"),
        (
            START,
            {"startInfo": {"RobotIds": [1, "a"]}},
            "startInfo.RobotIds.1: 'a' is not a whole number of 64 bits",
        ),
        (
            "/tasks/GenericTasks/CreateTask",
            {"priority": 7},
            "priority: 7 is not one of Low, Medium, High, Critical",
        ),
    ],
)
async def test_a_refused_body_says_which_member_it_was_in_the_hint(demo, path, body, why):
    reply = await demo.send("POST", path, body, **FINANCE)
    assert (reply.status, reply.body["message"][-17:]) == (400, " must not be null")
    assert reply.headers["X-Emulator-Hint"].partition(" because of ")[2] == why


@pytest.mark.parametrize("name", ["AssignTasks", "ReassignTasks", "UnassignTasks"])
async def test_tasks_are_given_without_a_folder_and_by_its_users(demo, name):
    task = await demo.send("POST", "/tasks/GenericTasks/CreateTask", {"title": "T"}, **FINANCE)
    assign = {"taskAssignments": [{"TaskId": task.body["id"], "UserId": 45}]}
    body = {"taskIds": [task.body["id"]]} if name == "UnassignTasks" else assign
    reply = await demo.send("POST", f"/odata/Tasks/UiPath.Server.Configuration.OData.{name}", body)
    assert reply.status == 200


async def test_notes_are_kept_beside_a_task(demo):
    task = (await demo.send("POST", "/tasks/GenericTasks/CreateTask", {"title": "T"}, **FINANCE)).body["id"]
    notes = "/odata/TaskNotes/UiPath.Server.Configuration.OData."
    for text in ("first", "second"):
        made = await demo.send("POST", f"{notes}CreateTaskNote", {"TaskId": task, "Text": text}, **FINANCE)
        assert (made.status, made.body["CreatorUser"]["UserName"]) == (201, "john.smith")
    rows = await demo.rows(f"{notes}GetByTaskId(taskId={task})", **FINANCE)
    assert [row["Text"] for row in rows] == ["first", "second"]


async def test_a_payload_resumes_the_job_that_waits_for_it(demo):
    inbox = str(uuid.uuid4())
    release = demo.emulator.sql("SELECT Id, Name FROM Releases LIMIT 1")[0]
    job = {
        "Id": 5,
        "Key": str(uuid.uuid4()),
        "State": "Suspended",
        "Release": release[0],
        "ReleaseName": release[1],
    }
    demo.emulator.insert("Jobs", [job], folder=36886)
    trigger = {"Id": 1, "JobId": 5, "ItemKey": inbox, "TriggerType": "Api", "Status": "New"}
    demo.emulator.insert("JobTriggers", [trigger])
    path = f"/odata/JobTriggers/UiPath.Server.Configuration.OData.GetByJobKey(jobKey={job['Key']})"
    assert [row["ItemKey"] for row in await demo.rows(path, **FINANCE)] == [inbox]
    statuses = [
        (
            await demo.send(
                "POST", f"/api/JobTriggers/DeliverPayload/{inbox}", {"payload": {"a": 1}}, **FINANCE
            )
        ).status
        for _ in range(2)
    ]
    assert statuses == [202, 208]
    assert (await demo.get(f"/api/JobTriggers/GetPayload/{inbox}")).body == {"payload": {"a": 1}}
    assert demo.emulator.jobs.get(5)["State"] == "Resumed"
