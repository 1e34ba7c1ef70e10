"""What happened, as webhooks are told of it. Names and members: Orchestrator's guide, Types of Events, and its schema."""

from __future__ import annotations

from typing import Any

import attrs

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.json_values import is_object, of_text
from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.data.values import shown_whole
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.world import Call, World

_OF_STATES = {
    "Pending": "job.created",
    "Running": "job.started",
    "Successful": "job.completed",
    "Faulted": "job.faulted",
    "Stopped": "job.stopped",
    "Suspended": "job.suspended",
    "Resumed": "job.resumed",
}
_OF_STATUSES = {
    "New": "queueItem.added",
    "InProgress": "queueItem.transactionStarted",
    "Successful": "queueItem.transactionCompleted",
    "Failed": "queueItem.transactionFailed",
    "Abandoned": "queueItem.transactionAbandoned",
}
_FAILED = "queueItem.transactionFailed"
_OF_ACTIVITIES = {
    "Created": ("task.created", "WebhookTaskCreatedDto"),
    **dict.fromkeys(
        ("Assigned", "Reassigned", "Unassigned"),
        ("task.assignmentChanged", "WebhookTaskAssignmentChangedDto"),
    ),
    "Completed": ("task.completed", "WebhookTaskCompletedDto"),
    "Deleted": ("task.deleted", "WrappedTaskDeletedDto"),
    "Saved": ("task.saved", "WrappedTaskSavedDto"),
    "Forwarded": ("task.forwarded", "WrappedTaskForwardedDto"),
}
_OF_SETS = {
    "QueueDefinitions": ("queue", "Queues", "QueueDefinitionEventDto"),
    "Releases": ("process", "Releases", "WrappedReleaseDto"),
    "Robots": ("robot", "Robots", "WrappedRobotDto"),
}
_OF_ACTIONS = {"create": "created", "replace": "updated", "update": "updated", "delete": "deleted"}


@attrs.frozen
class Event:
    """One event with its body, before the members that differ from webhook to webhook; ``moment`` is the clock's."""

    type: str
    body: dict[str, Any]
    moment: float


def of_job(world: World, job: int) -> None:
    """Tell that a job has come into its state."""
    row = world.store.find("Jobs", '"Id" = ?', job)[0]
    kind = _OF_STATES.get(row["State"])
    if kind is None:
        return
    shown = _shown(world, "Jobs", "SimpleJobEventDto", row)
    shown["OutputArguments"] = of_text(row["OutputArguments"])
    shown["Robot"] = _linked(world, "Robots", "SimpleRobotEventDto", row["Robot"])
    shown["Release"] = _linked(world, "Releases", "SimpleReleaseEventDto", row["Release"])
    several = kind in {"job.created", "job.stopped"}
    tell(world, kind, row[FOLDER], row["Key"], {"Jobs": [shown]} if several else {"Job": shown})


def of_item(world: World, item: int, status: object, before: object = None) -> None:
    """Tell that a queue item has come into a status, once in each folder that its queue is in."""
    kind = _FAILED if (before, status) == ("InProgress", "Retried") else _OF_STATUSES.get(str(status))
    if kind is None:
        return
    row = world.store.find("QueueItems", '"Id" = ?', item)[0]
    queue = _linked(world, "QueueDefinitions", "QueueDefinitionEventDto", row["QueueDefinitionId"])
    shown = _shown(world, "QueueItems", "QueueItemSimpleEventDto", row)
    several = kind in {"queueItem.added", "queueItem.transactionAbandoned"}
    members = {"QueueItems": [shown]} if several else {"QueueItem": shown}
    for folder in (row[FOLDER], *_shared_to(world, row["QueueDefinitionId"])):
        tell(world, kind, folder, row["Key"], {"Queue": queue, **members})


def of_task(world: World, task: int, activity: str) -> None:
    """Tell that something was done with a task."""
    told = _OF_ACTIVITIES.get(activity)
    if told is not None:
        row = world.store.find("Tasks", '"Id" = ?', task)[0]
        tell(world, told[0], row[FOLDER], row["Key"], {"Tasks": [_shown(world, "Tasks", told[1], row)]})


def note(world: World, call: Call, answer: Answer) -> None:
    """Tell of a queue, process or robot that a request has made, changed or removed."""
    group, _, action = call.operation.name.partition(".")
    happened = _OF_ACTIONS.get(action)
    if group not in _OF_SETS or happened is None:
        return
    name, member, type_name = _OF_SETS[group]
    shown = answer.body.get("Id") if is_object(answer.body) else None
    key = shown if action == "create" else int(call.arguments["key"])
    found = world.store.find(group, '"Id" = ?', key)
    entity = _shown(world, group, type_name, found[0]) if found else {"Id": key}
    guid = found[0].get("Key") if found else None
    tell(world, f"{name}.{happened}", call.folder, guid, {member: [entity]})


def tell(
    world: World, kind: str, folder: int | None, key: str | None, members: dict[str, Any]
) -> dict[str, Any]:
    """Put an event into the outbox and return its body, which names the user unless no user caused it."""
    user = None if world.acts_by_itself else current_user.row(world)
    by = {"UserId": user["Id"], "UserKey": user["Key"]} if user else {}
    body = {
        "Type": kind,
        "EventId": world.guid().replace("-", ""),
        "Timestamp": ticks.text(world.now),
        "EventTime": ticks.text(world.now),
        "EntityKey": key,
        "TenantId": 1,
        "OrganizationUnitId": folder,
        **by,
        **members,
    }
    world.store.outbox.append(Event(kind, body, ticks.to_epoch(world.now)))
    return body


def _shared_to(world: World, queue: int) -> list[int]:
    where = "set_name = 'QueueDefinitions' AND id = ? ORDER BY folder"
    return [row["folder"] for row in world.store.find("_shares", where, queue)]


def _linked(world: World, set_name: str, type_name: str, key: Any) -> dict[str, Any] | None:
    found = world.store.find(set_name, '"Id" = ?', key)
    return _shown(world, set_name, type_name, found[0]) if found else None


def _shown(world: World, set_name: str, type_name: str, row: Row) -> dict[str, Any]:
    """Return the members of an event's type that a row has, secrets excepted: events have none of them."""
    columns, shown = world.schema.sets[set_name].row, dict[str, Any]()
    for found in world.schema.types[type_name].properties.values():
        column = columns.find(found.name)
        if column is not None and column.kind != "link":
            value = row[column.name]
            shown[found.name] = None if value is None else shown_whole(column.kind, value)
    return shown
