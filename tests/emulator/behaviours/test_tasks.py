from __future__ import annotations

import pytest

FINANCE, SHARED = {"OrganizationUnitId": "36886"}, {"OrganizationUnitId": "36885"}
GENERIC = "/tasks/GenericTasks/"
ODATA = "/odata/Tasks/UiPath.Server.Configuration.OData."


async def create(http, path=f"{GENERIC}CreateTask", **fields):
    body = {"type": "ExternalTask", "title": "Approve", "priority": "High", "data": {"Total": 5}} | fields
    return await http.send("POST", path, body, **FINANCE)


async def read(http, task, path=f"{GENERIC}GetTaskDataById"):
    return (await http.get(f"{path}?taskId={task}", **FINANCE)).body


async def act(http, name, **body):
    return await http.send("POST", ODATA + name, body, **FINANCE)


async def test_a_task_is_shown_in_camel_case_with_the_status_as_a_number(demo):
    tags = [{"Name": "a", "DisplayName": "a"}]
    reply = await create(demo, externalTag="JIRA", taskCatalogName="Invoices", tags=tags)
    assert reply.status == 201
    expected = {
        "title": "Approve",
        "status": 0,
        "type": "ExternalTask",
        "priority": "High",
        "externalTag": "JIRA",
        "data": {"Total": 5},
    }
    expected |= {
        "tags": [{"name": "a", "displayName": "a"}],
        "assignedToUser": None,
        "organizationUnitId": 36886,
        "isDeleted": False,
    }
    assert {name: reply.body[name] for name in expected} == expected
    assert await read(demo, reply.body["id"]) == reply.body
    by_key = f"{GENERIC}GetTaskDataByKey?taskKey={reply.body['key'].upper()}"
    assert (await demo.get(by_key, **FINANCE)).body == reply.body


async def test_the_same_task_is_an_entity_with_names_for_enums(demo):
    task = (await create(demo)).body
    row = (await demo.get(f"/odata/Tasks({task['id']})", **FINANCE)).body
    assert (row["Title"], row["Status"], row["Type"], row["Priority"]) == (
        "Approve",
        "Unassigned",
        "ExternalTask",
        "High",
    )
    found = f"{ODATA}GetByKey(identifier={task['key']})"
    assert (await demo.get(found, **FINANCE)).body["Id"] == task["id"]


@pytest.mark.parametrize(
    ("family", "created", "completed", "got", "kind"),
    [
        ("/tasks/GenericTasks/", "CreateTask", "CompleteTask", "GetTaskDataById", "ExternalTask"),
        ("/forms/TaskForms/", "CreateFormTask", "CompleteTask", "GetTaskDataById", "FormTask"),
        ("/tasks/AppTasks/", "CreateAppTask", "CompleteAppTask", "GetAppTaskById", "AppTask"),
    ],
)
async def test_each_family_makes_and_completes_its_tasks(demo, family, created, completed, got, kind):
    body = {"title": "T", "data": {"a": 1}} | ({"appId": "x", "appVersion": 1} if "App" in family else {})
    task = (await demo.send("POST", family + created, body, **FINANCE)).body
    assert task["type"] == kind
    done = {"taskId": task["id"], "data": {"b": 2}, "action": "submit"}
    assert (await demo.send("POST", family + completed, done, **FINANCE)).status == 204
    after = await read(demo, task["id"], family + got)
    assert (after["status"], after["data"], after["action"]) == (2, {"b": 2}, "submit")
    assert after["completionTime"]
    assert (await demo.send("POST", family + completed, done, **FINANCE)).status == 400


async def test_data_and_tags_are_saved_until_the_task_is_completed(demo):
    task = (await create(demo)).body["id"]
    saved = {"taskId": task, "data": {"Total": 6, "camelCase": True}}
    assert (await demo.send("PUT", f"{GENERIC}SaveTaskData", saved, **FINANCE)).status == 204
    tags = {"taskId": task, "tags": [{"Name": "late"}]}
    assert (await demo.send("PUT", f"{GENERIC}SaveTaskTags", tags, **FINANCE)).status == 204
    after = await read(demo, task)
    assert (after["data"], after["tags"], after["status"]) == (saved["data"], [{"name": "late"}], 0)
    await demo.send("POST", f"{GENERIC}CompleteTask", {"taskId": task}, **FINANCE)
    assert (await read(demo, task))["data"] == saved["data"]
    assert (await demo.send("PUT", f"{GENERIC}SaveTaskData", saved, **FINANCE)).status == 400


@pytest.mark.parametrize(
    ("method", "name", "body"),
    [
        ("POST", "CompleteTask", {"taskId": 5}),
        ("PUT", "SaveTaskData", {"taskId": 5, "data": {}}),
        ("PUT", "SaveTaskTags", {"taskId": 5}),
        ("POST", "SaveAndReassignTask", {"TaskId": 5, "UserId": 45}),
        ("GET", "GetTaskDataById?taskId=5", None),
        ("GET", "GetTaskDataByKey?taskKey=e49c0012-ee01-45e4-884c-0ce1f2aa6fbb", None),
    ],
)
async def test_a_task_that_does_not_exist_in_the_folder_is_not_found(demo, method, name, body):
    assert (await demo.send(method, GENERIC + name, body, **FINANCE)).status == 404
    task = (await create(demo)).body["id"]
    assert (await demo.get(f"{GENERIC}GetTaskDataById?taskId={task}", **SHARED)).status == 404
    assert (await demo.get(f"{GENERIC}GetTaskDataById?taskId={task}")).status == 200


async def test_tasks_are_given_to_users_and_taken_from_them(demo):
    task = (await create(demo)).body["id"]
    both = [
        {"TaskId": task, "UserId": 45},
        {"TaskId": 5, "UserId": 45},
        {"TaskId": task, "UserNameOrEmail": "nobody"},
    ]
    reply = await act(demo, "AssignTasks", taskAssignments=both)
    assert [(error["TaskId"], error["ErrorCode"]) for error in reply.rows] == [(5, 1002), (task, 1002)]
    after = await read(demo, task)
    assert (after["status"], after["assignedToUser"]["userName"]) == (1, "john.smith")
    again = [{"TaskId": task, "UserNameOrEmail": "unattended.owner"}]
    assert (await act(demo, "ReassignTasks", taskAssignments=again)).rows == []
    assert (await read(demo, task))["assignedToUser"]["id"] == 88
    assert (await act(demo, "UnassignTasks", taskIds=[task])).rows == []
    after = await read(demo, task)
    assert (after["status"], after["assignedToUser"]) == (0, None)
    over = {"TaskId": task, "UserId": 45, "SaveData": True, "Data": {"x": 1}}
    assert (await demo.send("POST", f"{GENERIC}SaveAndReassignTask", over, **FINANCE)).status == 204
    after = await read(demo, task)
    assert (after["assignedToUserId"], after["data"]) == (45, {"x": 1})


async def test_deleted_tasks_are_gone_from_every_list(demo):
    kept, gone = [(await create(demo)).body["id"] for _ in range(2)]
    assert (await act(demo, "DeleteTasks", taskIds=[gone])).rows == []
    assert [row["Id"] for row in await demo.rows("/odata/Tasks", **FINANCE)] == [kept]
    for name in ("GetTasksAcrossFolders", "GetTasksAcrossFoldersForAdmin"):
        assert [row["Id"] for row in await demo.rows(f"{ODATA}{name}", **SHARED)] == [kept]
    assert (await demo.get(f"{GENERIC}GetTaskDataById?taskId={gone}", **FINANCE)).status == 404


async def test_several_form_tasks_are_saved_and_completed_alike(demo):
    tasks = []
    for _ in range(2):
        made = await demo.send(
            "POST", "/forms/TaskForms/CreateFormTask", {"title": "T", "data": {}}, **FINANCE
        )
        tasks.append(made.body["id"])
    every = {"taskIds": [*tasks, 5], "data": {"x": 1}}
    saved = await demo.send("PUT", "/forms/TaskForms/BulkUpdateTasks", every, **FINANCE)
    assert [(error["taskId"], error["errorCode"]) for error in saved.body] == [(5, 1002)]
    done = await demo.send("POST", "/forms/TaskForms/BulkCompleteTasks", every | {"action": "ok"}, **FINANCE)
    assert [error["taskId"] for error in done.body] == [5]
    seen = [await read(demo, task, "/forms/TaskForms/GetTaskDataById") for task in tasks]
    assert [(task["status"], task["data"], task["action"]) for task in seen] == [(2, {"x": 1}, "ok")] * 2


async def test_catalogs_hold_tasks_and_are_not_removed_with_them(demo):
    path = "/odata/TaskCatalogs/UiPath.Server.Configuration.OData."
    made = await demo.send(
        "POST", f"{path}CreateTaskCatalog", {"Name": "Invoices", "Encrypted": False}, **FINANCE
    )
    assert (made.status, made.body["Name"]) == (201, "Invoices")
    key = made.body["Id"]
    task = (await create(demo, taskCatalogName="Invoices")).body["id"]
    details = f"{path}GetTaskCatalogExtendedDetails(taskCatalogId={key})"
    assert (await demo.get(details, **FINANCE)).body["AssociatedTasksCount"] == 1
    update = f"/odata/TaskCatalogs({key})/UiPath.Server.Configuration.OData.UpdateTaskCatalog"
    assert (await demo.send("POST", update, {"Name": "Bills"}, **FINANCE)).status == 200
    assert (await demo.get(f"/odata/Tasks({task})", **FINANCE)).body["TaskCatalogName"] == "Bills"
    used = await demo.send("DELETE", f"/odata/TaskCatalogs({key})", **FINANCE)
    assert (used.status, used.body["errorCode"]) == (409, 1013)
    unset = {"TaskId": task, "UnsetTaskCatalog": True, "Title": "New", "Priority": "Critical"}
    assert (await demo.send("POST", f"{ODATA}EditTaskMetadata", unset, **FINANCE)).status == 200
    row = (await demo.get(f"/odata/Tasks({task})", **FINANCE)).body
    assert (row["Title"], row["Priority"], row["TaskCatalogName"]) == ("New", "Critical", None)
    await demo.send("POST", f"{ODATA}EditTaskMetadata", {"TaskId": task, "TaskCatalogId": key}, **FINANCE)
    assert (await demo.get(f"/odata/Tasks({task})", **FINANCE)).body["TaskCatalogName"] == "Bills"
    await act(demo, "DeleteTasks", taskIds=[task])
    assert (await demo.send("DELETE", f"/odata/TaskCatalogs({key})", **FINANCE)).status == 204
