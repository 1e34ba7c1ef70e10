"""Definitions of tasks, in versions: each change of a schema makes a new one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents, singletons
from uipath_odata.emulator.rows.reads import entity
from uipath_odata.emulator.rows.records import existing, of_path
from uipath_odata.emulator.rows.writes import add, body_of
from uipath_odata.emulator.world import Call, World

_SET = "TaskDefinitions"


@answers("TaskDefinitions_CreateTaskDefinition")
def create(world: World, call: Call) -> Answer:
    """Add a definition in its first version: 201 with it."""
    sent = body_of(world, call)
    if not sent.get("Name") or not sent.get("Properties"):
        raise Refusal(
            "The Name and Properties are required: TaskDefinitionPropertiesRequired.", INVALID_ARGUMENT
        )
    values: dict[str, SqlValue] = {"Name": sent["Name"], "Description": sent.get("Description")}
    definition = int(str(add(world, _SET, values | {"IsDeleted": 0}, None)))
    _release(world, definition, sent["Properties"])
    return entity(world, call, _SET, definition, HTTPStatus.CREATED)


@answers("TaskDefinitions_UpdateTaskDefinitionById")
def update(world: World, call: Call) -> Answer:
    """Describe a definition otherwise, or give it a new version."""
    sent, definition = body_of(world, call), of_path(world, call)["Id"]
    changes: dict[str, SqlValue] = {name: sent[name] for name in ("Name", "Description") if sent.get(name)}
    world.store.change(_SET, definition, {**changes, "LastModificationTime": world.now})
    if sent.get("Properties"):
        _release(world, definition, sent["Properties"])
    return Answer()


@answers("TaskDefinitions_GetTaskDefinitionVersionsById")
def versions(world: World, call: Call) -> Answer:
    """Return the versions of a definition, with who made them."""
    definition = existing(world, _SET, int(call.arguments["id"]))
    known = _versions(world, definition["Id"])
    created, changed = definition["CreationTime"], definition["LastModificationTime"]
    reply = {
        "TaskDefinitionName": definition["Name"],
        "TaskDefintionCurrentVersion": len(known),
        "TaskDefintionCreationDate": None if created is None else ticks.text(created),
        "TaskDefintionUpdationTime": None if changed is None else ticks.text(changed),
        "TaskDefintionVersions": known,
    }
    return documents.single(call, "TaskDefintionVersionDto", reply)


def _versions(world: World, definition: int) -> list[dict[str, Any]]:
    return list((singletons.read(world, f"{_SET} {definition}") or {"Versions": []})["Versions"])


def _release(world: World, definition: int, properties: dict[str, Any]) -> None:
    user, known, now = current_user.row(world), _versions(world, definition), ticks.text(world.now)
    number = len(known) + 1
    shown = {
        **properties,
        "version": number,
        "taskDefinitionKey": existing(world, _SET, definition)["Key"],
        "creationTime": now,
        "creatorUserId": user["Id"] if user else None,
        "creatorUserKey": user["Key"] if user else None,
        "id": number,
    }
    world.store.change(_SET, definition, {"Properties": orjson.dumps(shown).decode()})
    made = {"version": number, "creationDate": now, "userName": user["UserName"] if user else None}
    singletons.write(world, f"{_SET} {definition}", {"Versions": [*known, made]})
