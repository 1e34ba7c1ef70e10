"""What people write beside tasks, and who they may be given to."""

from __future__ import annotations

from http import HTTPStatus

import orjson

from uipath_odata.emulator.behaviours import task_documents
from uipath_odata.emulator.behaviours.task_documents import of_folder
from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World


@answers("TaskNotes_CreateTaskNote")
def add(world: World, call: Call) -> Answer:
    """Add a note to a task: 201 with the note."""
    sent, user = body_of(world, call), current_user.row(world)
    task = of_folder(world, sent.get("TaskId"), call.folder)
    ((number,),) = world.store.rows("SELECT coalesce(max(id), 0) + 1 FROM _task_notes")
    note = {
        "Id": number,
        "Key": world.guid(),
        "TaskId": task["Id"],
        "Text": sent.get("Text"),
        "OrganizationUnitId": task["OrganizationUnitId"],
        "CreatorUserId": user["Id"] if user else None,
        "CreatorUser": task_documents.user_entity(world, user["Id"]) if user else None,
        "CreationTime": ticks.text(world.now),
    }
    text = orjson.dumps(note).decode()
    world.store.connection.execute("INSERT INTO _task_notes VALUES (?, ?, ?)", (number, task["Id"], text))
    return documents.single(call, "TaskNoteDto", note, HTTPStatus.CREATED)


@answers("TaskNotes_GetByTaskId")
def of_task(world: World, call: Call) -> Answer:
    """List the notes of a task, the oldest first."""
    task = of_folder(world, int(call.arguments["taskId"]), call.folder)
    notes = world.store.find("_task_notes", "task = ? ORDER BY id", task["Id"])
    return documents.listing(world, call, "TaskNoteDto", [orjson.loads(each["note"]) for each in notes])


@answers("Tasks_GetTaskUsersByOrganizationunitid")
def users(world: World, call: Call) -> Answer:
    """List the users of a folder, to whom its tasks may be given."""
    folder = existing(world, "Folders", int(call.arguments["organizationUnitId"]))
    found = world.store.rows(
        "SELECT DISTINCT user FROM _folder_users WHERE folder = ? ORDER BY user", (folder["Id"],)
    )
    rows = [task_documents.user_entity(world, user) for (user,) in found]
    return documents.listing(world, call, "UserLoginInfoDto", rows)
