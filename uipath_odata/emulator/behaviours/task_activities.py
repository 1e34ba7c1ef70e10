"""What was done with tasks, by whom and when."""

from __future__ import annotations

from typing import Any

from uipath_odata.emulator.behaviours.task_documents import SET, of_folder
from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.life import events
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.world import Call, World


def note(world: World, task: int, kind: str, target: int | None = None) -> None:
    """Note, and tell webhooks, that the current user did something with a task, for another user where one is named."""
    user = current_user.row(world)
    values = (task, kind, user["Id"] if user else None, target, world.now, world.guid())
    world.store.connection.execute("INSERT INTO _task_activities VALUES (NULL, ?, ?, ?, ?, ?, ?)", values)
    events.of_task(world, task, kind)


@answers("TaskActivities_GetByTaskId")
def of_task(world: World, call: Call) -> Answer:
    """List what was done with a task, first things first."""
    task = of_folder(world, int(call.arguments["taskId"]), call.folder)
    rows = world.store.find("_task_activities", "task = ? ORDER BY id", task["Id"])
    return documents.listing(
        world, call, "TaskActivityDto", [_shown(world, row, existing(world, SET, task["Id"])) for row in rows]
    )


def _shown(world: World, row: Row, task: Row) -> dict[str, Any]:
    return {
        "Id": row["id"],
        "Key": row["key"],
        "TenantId": 1,
        "OrganizationUnitId": task["OrganizationUnitId"],
        "TaskId": task["Id"],
        "TaskKey": task["Key"],
        "ActivityType": row["kind"],
        "CreatorUserId": row["creator"],
        "TargetUserId": row["target"],
        "CreationTime": ticks.text(row["created"]),
        "CreatorUser": _user(world, row["creator"]),
        "TargetUser": _user(world, row["target"]),
    }


def _user(world: World, user: int | None) -> dict[str, Any] | None:
    found = world.store.find("Users", '"Id" = ?', user)
    return (
        {name: found[0][name] for name in ("Id", "Name", "Surname", "UserName", "EmailAddress")}
        if found
        else None
    )
