"""What is kept beside tasks: activities, forms, definitions, permissions, and what jobs wait for."""

from __future__ import annotations

ODATA = "UiPath.Server.Configuration.OData."
FOLDER = {"OrganizationUnitId": "1"}


async def test_activities_of_a_task_are_listed_in_their_order(empty):
    empty.emulator.add.folder("F")
    users = [empty.emulator.add.user(name)["Id"] for name in ("ada", "bob")]
    task = (await empty.send("POST", "/tasks/GenericTasks/CreateTask", {"title": "T"}, **FOLDER)).body["id"]
    for user in users:
        give = {"taskAssignments": [{"TaskId": task, "UserId": user}]}
        await empty.send("POST", f"/odata/Tasks/{ODATA}AssignTasks", give, **FOLDER)
    await empty.send("PUT", "/tasks/GenericTasks/SaveTaskData", {"taskId": task, "data": {"a": 1}}, **FOLDER)
    done = {"taskId": task, "data": {"a": 2}, "action": "ok"}
    await empty.send("POST", "/tasks/GenericTasks/CompleteTask", done, **FOLDER)
    path = f"/odata/TaskActivities/{ODATA}GetByTaskId(taskId={task})"
    rows = await empty.rows(path, **FOLDER)
    kinds = ["Created", "Assigned", "Reassigned", "Saved", "Completed"]
    assert [row["ActivityType"] for row in rows] == kinds
    assert [row["TargetUser"] and row["TargetUser"]["UserName"] for row in rows][1:3] == ["ada", "bob"]
    last = await empty.rows(f"{path}?$orderby=Id desc&$top=1", **FOLDER)
    assert [row["ActivityType"] for row in last] == ["Completed"]


async def test_a_form_comes_with_its_layout(empty):
    empty.emulator.add.folder("F")
    body = {"title": "T", "formLayout": {"components": []}, "data": {"a": 1}}
    task = (await empty.send("POST", "/forms/TaskForms/CreateFormTask", body, **FOLDER)).body["id"]
    form = (await empty.get(f"/forms/TaskForms/GetTaskFormById?taskId={task}", **FOLDER)).body
    assert (form["formLayout"], form["data"]) == ({"components": []}, {"a": 1})
    other = (await empty.send("POST", "/tasks/GenericTasks/CreateTask", {"title": "G"}, **FOLDER)).body["id"]
    assert (await empty.get(f"/forms/TaskForms/GetTaskFormById?taskId={other}", **FOLDER)).status == 404


async def test_a_definition_has_versions(empty):
    body = {"Name": "D", "Properties": {"schema": "{}", "allowedActions": ["ok"]}}
    made = await empty.send(
        "POST", f"/odata/TaskDefinitions/{ODATA}CreateTaskDefinition?$expand=Properties", body
    )
    assert (made.status, made.body["Properties"]["version"]) == (201, 1)
    path = f"/odata/TaskDefinitions({made.body['Id']})"
    await empty.send("POST", f"{path}/{ODATA}UpdateTaskDefinition", body | {"Description": "more"})
    assert (await empty.get(f"{path}?$expand=Properties")).body["Properties"]["version"] == 2
    versions = f"/odata/TaskDefinitions/{ODATA}GetTaskDefinitionVersions(id={made.body['Id']})"
    found = (await empty.get(versions)).body
    assert (found["TaskDefintionCurrentVersion"], len(found["TaskDefintionVersions"])) == (2, 2)
    again = await empty.send("POST", f"/odata/TaskDefinitions/{ODATA}CreateTaskDefinition", body)
    assert (again.status, again.body["errorCode"]) == (409, 1001)


async def test_permissions_are_those_of_the_roles(empty):
    empty.emulator.add.folder("F")
    rights = [{"Name": "Tasks.View", "IsGranted": True}, {"Name": "Jobs.View", "IsGranted": True}]
    empty.emulator.insert("Roles", [{"Id": 3, "Name": "Worker", "Permissions": rights}])
    empty.emulator.add.user("ada", RolesList=["Worker"])
    rows = await empty.rows(f"/odata/Tasks/{ODATA}GetTaskPermissions", **FOLDER)
    assert [(row["Name"], row["RoleId"]) for row in rows] == [("Tasks.View", 3)]


async def test_what_a_job_waits_for_is_named(empty):
    empty.emulator.add.process("Bot")
    user = empty.emulator.add.user("ada")["Id"]
    job = empty.emulator.add.job("Bot")["Id"]
    empty.emulator.insert("Tasks", [{"Id": 7, "Title": "Approve", "AssignedToUserId": user}], folder=1)
    trigger = {"JobId": job, "TriggerType": "Task", "Status": "Ready", "ItemId": 7}
    empty.emulator.insert("JobTriggers", [trigger], folder=1)
    path = f"/odata/JobTriggers/{ODATA}GetWithWaitEvents(jobId={job})"
    (row,) = await empty.rows(path, **FOLDER)
    assert (row["ItemName"], row["UserName"], row["Status"]) == ("Approve", "ada", "Ready")
