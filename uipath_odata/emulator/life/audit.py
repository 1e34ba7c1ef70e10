"""The audit log of what requests change: who, when, which kind of thing, which one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.data.schema import Operation
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.world import Call, World

SET = "AuditLogs"

_ITSELF = "System Administrator"

_COMPONENTS: Mapping[str, str] = MappingProxyType({
    "QueueDefinitions": "Queues",
    "Releases": "Processes",
    "Processes": "Packages",
    "ProcessSchedules": "Schedules",
})  # fmt: skip
"""Sets that the audit log calls otherwise; the others have their own names there."""

_ACTIONS: Mapping[str, str] = MappingProxyType({
    "create": "Create",
    "replace": "Update",
    "update": "Update",
    "delete": "Delete",
    "DeleteBulk": "Delete",
    "StartJobs": "StartJob",
    "StopJob": "StopJob",
    "StopJobs": "StopJob",
    "ResumeJob": "ResumeJob",
    "UploadPackage": "Upload",
    "AssignTasks": "Assign",
    "UnassignTasks": "Unassign",
    "AssignUsers": "Associate",
    "ToggleEnabledStatus": "Toggle",
    "MoveFolder": "Move",
})  # fmt: skip
"""What operations do in the words of the audit log; what is not here leaves no entry."""


def note(world: World, call: Call, answer: Answer) -> None:
    """Add the entries of a request that was carried out: one for each entity that it answers with, or is about."""
    component = _component(world, call.operation)
    action = _ACTIONS.get(call.operation.name.partition(".")[2])
    if component is None or action is None:
        return
    user = current_user.row(world)
    for entity in _entities(call, answer):
        _add(world, call.operation, component, action, entity, user)


def note_own(world: World, operation_id: str, action: str, entity: Mapping[str, Any]) -> None:
    """Add an entry of what Orchestrator does by itself to an entity, in the name of its system administrator."""
    operation = next(each for each in world.schema.operations if each.id == operation_id)
    component = _component(world, operation)
    if component is not None:
        _add(world, operation, component, action, entity, None)


def _add(
    world: World,
    operation: Operation,
    component: str,
    action: str,
    entity: Mapping[str, Any],
    user: Row | None,
) -> None:
    name = user["UserName"] if user else _ITSELF
    shown = entity.get("Name") or entity.get("DisplayName") or entity.get("ReleaseName")
    key = entity.get("Id") if isinstance(entity.get("Id"), int) else None
    entry = {
        "ServiceName": operation.id.partition("_")[0],
        "MethodName": operation.id.partition("_")[2],
        "ExecutionTime": ticks.text(world.now),
        "Action": action,
        "Component": component,
        "DisplayName": shown,
        "EntityId": key,
        "OperationText": f"User {name}: {action} {component} {shown or key or ''}".strip(),
        "UserName": name,
        "UserType": "User",
        "UserId": user["Id"] if user else None,
        "Entities": [{"EntityId": key, "EntityName": operation.set_name, "Action": action}],
    }
    world.store.insert(SET, [entry])


def _component(world: World, operation: Operation) -> str | None:
    known = world.schema.sets[SET].type.properties["component"].members
    name = _COMPONENTS.get(operation.set_name, operation.set_name)
    return name if name in known else None


def _entities(call: Call, answer: Answer) -> list[dict[str, Any]]:
    if is_object(answer.body) and is_list(answer.body.get("value")):
        return [each for each in answer.body["value"] if is_object(each)] or [{}]
    shown = answer.body if is_object(answer.body) else {}
    key = call.arguments.get("key", "")
    return [{"Id": int(key) if key.isdigit() else None, **shown}]
