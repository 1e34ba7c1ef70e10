"""Action Center and the activities that wait for it: tasks made, given, saved, completed; catalogs, notes, forms."""

from __future__ import annotations

from .steps import ODATA, SOME, Step, get, post

TASKS, GENERIC, FORMS = f"/odata/Tasks/{ODATA}", "/tasks/GenericTasks/", "/forms/TaskForms/"
CATALOGS = f"/odata/TaskCatalogs/{ODATA}"
LAYOUT = {"components": [{"type": "textfield", "key": "name", "input": True}]}
OPEN = {
    "title": "Approve 7",
    "type": "ExternalTask",
    "priority": "Medium",
    "taskCatalogName": "Approvals",
    "externalTag": "T-7",
    "data": {"Total": 7},
}


def put(path, body, status=200, **rest):
    return Step("PUT", path, body, status, **rest)


STEPS = [
    post(f"{CATALOGS}CreateTaskCatalog", {"Name": "Approvals", "Description": "d", "Encrypted": False}, 201, {"catalog": "Id"}),
    post(f"{CATALOGS}CreateTaskCatalog", {"Name": "approvals"}, 409),
    get(f"{CATALOGS}GetTaskCatalogExtendedDetails(taskCatalogId=$catalog)", holds={"AssociatedTasksCount": 0}),
    post(f"{GENERIC}CreateTask", OPEN, 201, {"task": "id", "key": "key"}, holds={"status": 0, "type": "ExternalTask", "priority": "Medium"}),
    post(f"{FORMS}CreateFormTask", {"title": "Fill in", "priority": "High", "taskCatalogName": "Approvals", "formLayout": LAYOUT, "data": {"name": ""}}, 201, {"form": "id"}, holds={"type": "FormTask"}),
    get(f"{FORMS}GetTaskFormById?taskId=$form", holds={"formLayout.components.0.key": "name"}),
    get(f"{TASKS}GetTasksAcrossFolders?$$filter=IsDeleted eq false and Status eq 'Unassigned'&$$orderby=Id&$$count=true", holds={"@odata.count": 2, "value.0.Title": "Approve 7", "value.1.Priority": "High"}),
    get("/odata/Tasks?$$filter=Type eq 'FormTask'", holds={"value.#": 1}),
    get(f"{TASKS}GetTaskUsers(organizationUnitId=$folder)", holds={"value.0.UserName": "ada"}),
    post(f"{TASKS}AssignTasks", {"taskAssignments": [{"TaskId": "$task", "UserNameOrEmail": "ada@acme.com"}]}, holds={"value.#": 0}),
    get(f"{GENERIC}GetTaskDataById?taskId=$task", holds={"status": 1, "assignedToUser.userName": "ada", "data.Total": 7}),
    post(f"{TASKS}AssignTasks", {"taskAssignments": [{"TaskId": "$task", "UserNameOrEmail": "nobody@acme.com"}]}, holds={"value.0.ErrorCode": 1002}),
    put(f"{GENERIC}SaveTaskData", {"taskId": "$task", "data": {"Total": 8}}, 204),
    put(f"{GENERIC}SaveTaskTags", {"taskId": "$task", "tags": [{"name": "urgent", "displayName": "urgent"}]}, 204),
    get(f"{GENERIC}GetTaskDataByKey?taskKey=$key", holds={"data.Total": 8, "tags.0.name": "urgent"}),
    post(f"/odata/TaskNotes/{ODATA}CreateTaskNote", {"TaskId": "$task", "Text": "called the customer"}, 201, holds={"Text": "called the customer"}),
    get(f"/odata/TaskNotes/{ODATA}GetByTaskId(taskId=$task)", holds={"value.#": 1}),
    post(f"{TASKS}ReassignTasks", {"taskAssignments": [{"TaskId": "$task", "UserId": "$bob"}]}, holds={"value.#": 0}),
    get("/odata/Tasks($task)?$$expand=AssignedToUser", holds={"Status": "Pending", "AssignedToUser.UserName": "bob"}),
    post(f"{TASKS}UnassignTasks", {"taskIds": ["$task"]}, holds={"value.#": 0}),
    post(f"{TASKS}AssignTasks", {"taskAssignments": [{"TaskId": "$task", "UserId": "$ada"}]}),
    post(f"{TASKS}EditTaskMetadata", {"TaskId": "$task", "Title": "Approve 8", "Priority": "Critical"}),
    get("/odata/Tasks($task)", holds={"Title": "Approve 8", "Priority": "Critical", "TaskCatalogName": "Approvals"}),
    post(f"{GENERIC}CompleteTask", {"taskId": "$task", "data": {"Total": 8, "ok": True}, "action": "Approve"}, 204),
    post(f"{GENERIC}CompleteTask", {"taskId": "$task", "data": {}, "action": "Approve"}, 400, holds={"errorCode": 1009}),
    get(f"{GENERIC}GetTaskDataById?taskId=$task", holds={"status": 2, "action": "Approve", "data.ok": True, "completedByUser.userName": "ada"}),
    get(f"/odata/TaskActivities/{ODATA}GetByTaskId(taskId=$task)", holds={"value.0.ActivityType": "Created", "value.#": SOME}),
    post(f"{FORMS}CompleteTask", {"taskId": "$form", "data": {"name": "Ada"}, "action": "submit"}, 204),
    get(f"{FORMS}GetTaskDataById?taskId=$form", holds={"status": 2, "data.name": "Ada"}),
    Step("DELETE", "/odata/TaskCatalogs($catalog)", status=409),
    post(f"{TASKS}DeleteTasks", {"taskIds": ["$task", "$form"]}, holds={"value.#": 0}),
    get(f"{GENERIC}GetTaskDataById?taskId=$task", 404),
    Step("DELETE", "/odata/TaskCatalogs($catalog)", status=204),
]  # fmt: skip
