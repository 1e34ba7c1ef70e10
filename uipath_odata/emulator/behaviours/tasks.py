"""Tasks for people: made and completed at /tasks and /forms, assigned and removed at /odata/Tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import attrs
import orjson

from uipath_odata.emulator.behaviours import task_activities, task_documents
from uipath_odata.emulator.behaviours.task_documents import SET, of_folder
from uipath_odata.emulator.behaviours.users import roles_of
from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal, not_found
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents, singletons
from uipath_odata.emulator.rows.reads import by_guid, listing
from uipath_odata.emulator.rows.records import existing, matching, named
from uipath_odata.emulator.rows.writes import add, body_of
from uipath_odata.emulator.world import Behaviour, Call, World

_DONE = Answer(HTTPStatus.NO_CONTENT)


def creating(kind: str) -> Behaviour:
    """Return what makes tasks of a kind: 201 with the task."""

    def create(world: World, call: Call) -> Answer:
        sent, user = body_of(world, call), current_user.row(world)
        texts = {"Title": "title", "TaskCatalogName": "taskCatalogName", "ExternalTag": "externalTag"}
        values: dict[str, SqlValue] = {column: sent.get(name) for column, name in texts.items()}
        values |= {
            "Status": "Unassigned",
            "Type": sent.get("type") or kind,
            "Priority": sent.get("priority") or "Low",
            "ParentOperationId": sent.get("parentOperationId"),
            "FormLayoutId": sent.get("formLayoutId"),
            "Tags": orjson.dumps(items(sent, "tags")).decode(),
            "CreatorUserId": user["Id"] if user else None,
            "CreatorUser": task_documents.user_column(world, user),
            "IsCompleted": 0,
            "IsDeleted": 0,
        }
        task = int(str(add(world, SET, values, _folder(world, sent, call))))
        task_documents.save(world, task, sent.get("data"))
        if sent.get("formLayout") is not None:
            singletons.write(world, f"TaskForm {task}", {"formLayout": sent["formLayout"]})
        task_activities.note(world, task, "Created")
        shown = task_documents.shown(world, task, str(call.operation.result))
        return Answer(HTTPStatus.CREATED, shown)

    return create


@answers("AppTasks_GetAppTaskById", "GenericTasks_GetTaskDataById", "TaskForms_GetTaskDataById")
def by_id(world: World, call: Call) -> Answer:
    """Return a task with its data."""
    task = of_folder(world, parameters.number(call, "taskId"), call.folder)
    return Answer(body=task_documents.shown(world, task["Id"], str(call.operation.result)))


@answers("TaskForms_GetTaskFormById")
def form(world: World, call: Call) -> Answer:
    """Return a task of a form with the layout of the form, or 404 for a task of another kind."""
    task = of_folder(world, parameters.number(call, "taskId"), call.folder)
    if task["Type"] != "FormTask":
        raise not_found(f"The task {task['Id']} with a form")
    layout = singletons.read(world, f"TaskForm {task['Id']}") or {"formLayout": None}
    return Answer(body=task_documents.shown(world, task["Id"], "TaskFormDto") | layout)


@answers("Tasks_GetTaskPermissions")
def permissions(world: World, call: Call) -> Answer:
    """List what the roles of the current user permit to do with tasks."""
    user = current_user.row(world)
    roles = [named(world, "Roles", name, None) for name in roles_of(user)] if user else []
    rows = [
        {"Id": 0, "RoleId": role["Id"], "IsGranted": True, "Scope": "Folder", **each}
        for role in roles
        for each in orjson.loads(role["Permissions"] or "[]")
        if str(each.get("Name")).startswith("Task")
    ]
    return documents.listing(world, call, "PermissionDto", rows)


@answers("AppTasks_GetAppTaskByKey", "GenericTasks_GetTaskDataByKey")
def by_key(world: World, call: Call) -> Answer:
    """Return the task with this GUID, with its data."""
    key = parameters.needed(call, "taskKey").lower()
    found = matching(world, SET, Sql('"Key" = ? AND "IsDeleted" IS NOT 1', (key,)), call.folder)
    if not found:
        raise not_found(f"The task {key}")
    return Answer(body=task_documents.shown(world, found[0]["Id"], str(call.operation.result)))


@answers("AppTasks_CompleteAppTask", "GenericTasks_CompleteTask", "TaskForms_CompleteTask")
def complete(world: World, call: Call) -> Answer:
    """Complete a task with its data and the action that was chosen."""
    sent = body_of(world, call)
    _complete(world, of_folder(world, sent.get("taskId"), call.folder), sent)
    return _DONE


@answers("TaskForms_BulkCompleteTasks")
def complete_several(world: World, call: Call) -> Answer:
    """Complete several tasks alike; 200 with those that could not be."""
    sent = body_of(world, call)
    return Answer(
        body=_each(world, call, sent["taskIds"], lambda task: _complete(world, task, sent), camel=True)
    )


@answers("AppTasks_SaveAppTasksData", "GenericTasks_SaveTaskData", "TaskForms_SaveTaskData")
def save_data(world: World, call: Call) -> Answer:
    """Keep what somebody has filled in so far."""
    sent = body_of(world, call)
    task = _open(of_folder(world, sent.get("taskId"), call.folder))["Id"]
    task_documents.save(world, task, sent.get("data"))
    task_activities.note(world, task, "Saved")
    return _DONE


@answers("TaskForms_BulkUpdateTasks")
def save_several(world: World, call: Call) -> Answer:
    """Keep the same data in several tasks; 200 with those that it could not be kept in."""
    sent = body_of(world, call)

    def keep(task: Row) -> None:
        task_documents.save(world, _open(task)["Id"], sent.get("data"))

    return Answer(body=_each(world, call, sent["taskIds"], keep, camel=True))


@answers("GenericTasks_SaveTaskTags")
def save_tags(world: World, call: Call) -> Answer:
    """Set these tags of a task and no others."""
    sent = body_of(world, call)
    task = of_folder(world, sent.get("taskId"), call.folder)
    world.store.change(SET, task["Id"], {"Tags": orjson.dumps(items(sent, "tags")).decode()})
    return _DONE


@answers(
    "AppTasks_SaveAndReassignAppTasks", "GenericTasks_SaveAndReassignTask", "TaskForms_SaveAndReassignTask"
)
def save_and_reassign(world: World, call: Call) -> Answer:
    """Assign a task to somebody else, on request with data."""
    sent = body_of(world, call)
    task = _open(of_folder(world, sent.get("TaskId"), call.folder))
    if sent.get("SaveData"):
        task_documents.save(world, task["Id"], sent.get("Data"))
    _assign(world, task, sent)
    task_activities.note(world, task["Id"], "Forwarded", _user(world, sent)["Id"])
    return _DONE


@answers("Tasks_AssignTasks", "Tasks_ReassignTasks")
def assign(world: World, call: Call) -> Answer:
    """Assign tasks to users; 200 with those that could not be given."""
    errors = list[dict[str, Any]]()
    for sent in body_of(world, call)["taskAssignments"]:

        def give(task: Row, sent: Mapping[str, Any] = sent) -> None:
            _assign(world, _open(task), sent)

        errors += _each(world, call, [sent.get("TaskId")], give)
    return documents.value(call, "Collection(TaskOperationErrorResponse)", errors)


@answers("Tasks_UnassignTasks")
def unassign(world: World, call: Call) -> Answer:
    """Take tasks from their users; 200 with those that could not be taken."""

    def take(task: Row) -> None:
        nobody = dict.fromkeys(("AssignedToUserId", "AssignedToUser", "TaskAssigneeName"))
        world.store.change(SET, _open(task)["Id"], {"Status": "Unassigned", **nobody})
        task_activities.note(world, task["Id"], "Unassigned")

    return documents.value(
        call,
        "Collection(TaskOperationErrorResponse)",
        _each(world, call, body_of(world, call)["taskIds"], take),
    )


@answers("Tasks_DeleteTasks")
def delete_several(world: World, call: Call) -> Answer:
    """Remove tasks; 200 with those that could not be removed."""

    def remove(task: Row) -> None:
        world.store.change(SET, task["Id"], {"IsDeleted": 1, "DeletionTime": world.now})
        task_activities.note(world, task["Id"], "Deleted")

    return documents.value(
        call,
        "Collection(TaskOperationErrorResponse)",
        _each(world, call, body_of(world, call)["taskIds"], remove),
    )


@answers("Tasks_EditTaskMetadata")
def edit_metadata(world: World, call: Call) -> Answer:
    """Change what is said about a task, not what it holds."""
    sent = body_of(world, call)
    task = of_folder(world, sent.get("TaskId"), call.folder)
    values: dict[str, SqlValue] = {
        name: sent[name] for name in ("Title", "Priority") if sent.get(name) is not None
    }
    if sent.get("TaskCatalogId") is not None:
        values["TaskCatalogName"] = existing(world, "TaskCatalogs", sent["TaskCatalogId"], call.folder)[
            "Name"
        ]
    if sent.get("UnsetTaskCatalog"):
        values["TaskCatalogName"] = None
    world.store.change(SET, task["Id"], values | {"LastModificationTime": world.now})
    return Answer()


@answers("Tasks_Get")
def present(world: World, call: Call) -> Answer:
    """List the tasks of the folder that are not deleted."""
    return listing(world, call, Sql('t."IsDeleted" IS NOT 1'))


@answers("Tasks_GetTasksAcrossFolders", "Tasks_GetTasksAcrossFoldersForAdmin")
def across_folders(world: World, call: Call) -> Answer:
    """List the tasks of all folders that are not deleted."""
    return present(world, attrs.evolve(call, folder=None))


def _folder(world: World, sent: Mapping[str, Any], call: Call) -> int | None:
    """Find the folder of a task of an app, which may stand in the body; the header counts first."""
    path = sent.get("folderPath")
    if call.folder is not None or not path:
        return call.folder
    found = matching(world, "Folders", Sql('"FullyQualifiedName" = ?', (path,)), None)
    if not found:
        raise not_found(f"The folder {path}")
    return int(found[0]["Id"])


def _open(task: Row) -> Row:
    if task["Status"] == "Completed":
        raise Refusal(f"The task {task['Id']} is completed.", INVALID_ARGUMENT)
    return task


def _complete(world: World, task: Row, sent: Mapping[str, Any]) -> None:
    _open(task)
    if sent.get("data") is not None:
        task_documents.save(world, task["Id"], sent["data"])
    user = current_user.row(world)
    values: dict[str, SqlValue] = {
        "Status": "Completed",
        "IsCompleted": 1,
        "Action": sent.get("action"),
        "CompletionTime": world.now,
        "LastModifierUserId": user["Id"] if user else None,
        "LastModifierUser": task_documents.user_column(world, user),
    }
    world.store.change(SET, task["Id"], values)
    task_activities.note(world, task["Id"], "Completed")


def _assign(world: World, task: Row, sent: Mapping[str, Any]) -> None:
    user = _user(world, sent)
    values = {"Status": "Pending", "AssignedToUserId": user["Id"], "LastAssignedTime": world.now}
    person = {"AssignedToUser": task_documents.user_column(world, user), "TaskAssigneeName": user["FullName"]}
    world.store.change(SET, task["Id"], {**values, **person})
    kind = "Assigned" if task["AssignedToUserId"] is None else "Reassigned"
    task_activities.note(world, task["Id"], kind, user["Id"])


def _user(world: World, sent: Mapping[str, Any]) -> Row:
    if sent.get("UserId") is not None:
        return existing(world, "Users", sent["UserId"])
    name = sent.get("UserNameOrEmail") or next(iter(items(sent, "AssigneeNamesOrEmails")), "")
    found = world.store.find(
        "Users", '"UserName" = ? COLLATE NOCASE OR "EmailAddress" = ? COLLATE NOCASE', name, name
    )
    if not found:
        raise not_found(f"The user {name}")
    return found[0]


def _each(
    world: World, call: Call, tasks: list[Any], act: Callable[[Row], None], *, camel: bool = False
) -> list[dict[str, Any]]:
    """Act on tasks one by one and give an error for each that it does not go with."""
    errors = list[dict[str, Any]]()
    names = ("taskId", "errorCode", "errorMessage") if camel else ("TaskId", "ErrorCode", "ErrorMessage")
    for task in tasks:
        try:
            act(of_folder(world, task, call.folder))
        except Refusal as refusal:
            errors.append(dict(zip(names, (task, refusal.error_code, refusal.message), strict=True)))
    return errors


answers("AppTasks_CreateAppTask")(creating("AppTask"))
answers("GenericTasks_CreateTask")(creating("ExternalTask"))
answers("TaskForms_CreateFormTask")(creating("FormTask"))
answers("Tasks_GetByKeyByIdentifier")(by_guid)
