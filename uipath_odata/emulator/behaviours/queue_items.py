"""Items of queues as rows: how they are made, changed and told of in their history."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import orjson

from uipath_odata.emulator.behaviours import current_user
from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.places import FOLDER, FOLDER_PROPERTY
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import DUPLICATE_REFERENCE, INVALID_ARGUMENT, Refusal, conflict
from uipath_odata.emulator.life import events
from uipath_odata.emulator.world import World

SET = "QueueItems"

_FORBIDDEN_IN_NAMES = frozenset(':.,@"')
_TAKEN_OVER = (
    "Priority",
    "DeferDate",
    "DueDate",
    "RiskSlaDate",
    "Reference",
    "Progress",
    "ParentOperationId",
)


def content(sent: Mapping[str, Any] | None) -> dict[str, SqlValue]:
    """Store what an item holds as an object and as text; ``Name@odata.type`` only says of what type ``Name`` is.

    Orchestrator's guide (Add Queue Item): names hold none of ``: . , @ "``.
    """
    kept = {name: value for name, value in (sent or {}).items() if not name.endswith("@odata.type")}
    for name in kept:
        if _FORBIDDEN_IN_NAMES & set(name):
            raise Refusal(f"The property name '{name}' of SpecificContent is not valid.", INVALID_ARGUMENT)
    return {"SpecificContent": _text(kept), "SpecificData": _text({"DynamicProperties": kept})}


def outcome(name: str, sent: Mapping[str, Any] | None) -> dict[str, SqlValue]:
    """Store ``Output`` or ``Analytics`` as an object and as text; nothing where nothing was sent."""
    if sent is None:
        return {}
    return {name: _text(sent), f"{name}Data": _text({"DynamicProperties": sent})}


def taken_over(sent: Mapping[str, Any]) -> dict[str, SqlValue]:
    """Return the columns that come from the request as they are, date-times as ticks."""
    values = {name: sent.get(name) for name in _TAKEN_OVER}
    moments = {name: ticks.parse(value) for name, value in values.items() if value and name.endswith("Date")}
    return {**values, "Priority": values["Priority"] or "Normal", **moments}


def add(world: World, queue: Row, values: Mapping[str, SqlValue]) -> int:
    """Put a new item into a queue and return its Id; refuse a reference that the queue may hold only once."""
    if queue["EnforceUniqueReference"] and values.get("Reference"):
        _refuse_duplicate(world, queue["Id"], str(values["Reference"]))
    row: dict[str, SqlValue] = {
        "QueueDefinitionId": queue["Id"],
        "QueueDefinition": queue["Id"],
        "Status": "New",
        "ReviewStatus": "None",
        "Priority": "Normal",
        "RetryNumber": 0,
        "Encrypted": queue["Encrypted"] or 0,
        "CreationTime": world.now,
        "Key": world.guid(),
        "UniqueKey": world.guid(),
        "RowVersion": _row_version(world),
        FOLDER: queue[FOLDER],
        FOLDER_PROPERTY: queue[FOLDER],
    }
    item = int(str(world.store.create(world.schema.sets[SET], row | dict(values))))
    tell(world, item, "Create", {"Status": "New", "ReviewStatus": "None"})
    events.of_item(world, item, "New")
    return item


def change(world: World, item: Row, action: str, values: Mapping[str, SqlValue]) -> None:
    """Change an item, give it a new RowVersion, and tell of it in its history."""
    world.store.change(SET, item["Id"], {**values, "RowVersion": _row_version(world)})
    tell(
        world, item["Id"], action, {"Status": item["Status"], "ReviewStatus": item["ReviewStatus"], **values}
    )
    if values.get("Status") not in {None, item["Status"]}:
        events.of_item(world, item["Id"], values["Status"])


def tell(world: World, item: int, action: str, state: Mapping[str, SqlValue]) -> None:
    """Add an event to an item's history."""
    user = current_user.row(world)
    event = {
        "QueueItemId": item,
        "Timestamp": ticks.text(world.now),
        "Action": action,
        "Status": state["Status"],
        "ReviewStatus": state["ReviewStatus"],
        "ReviewerUserId": state.get("ReviewerUserId"),
        "UserId": user["Id"] if user else None,
        "UserName": user["UserName"] if user else None,
    }
    world.store.insert("QueueItemEvents", [event])


def _refuse_duplicate(world: World, queue: int, reference: str) -> None:
    """Refuse a reference that an item of the queue has which is not deleted."""
    where = '"QueueDefinitionId" = ? AND "Reference" = ? AND "Status" <> \'Deleted\''
    if world.store.find(SET, where, queue, reference):
        raise conflict("Error creating Transaction. Duplicate Reference.", DUPLICATE_REFERENCE)


def _row_version(world: World) -> str:
    return base64.b64encode(next(world.row_versions).to_bytes(8, "big")).decode()


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
