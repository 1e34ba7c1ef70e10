"""Items of queues: how they are made and changed, what their history tells, and when they are tried again or abandoned."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.places import FOLDER, FOLDER_PROPERTY
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import DUPLICATE_REFERENCE, INVALID_ARGUMENT, Refusal, conflict
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.life import events, plans
from uipath_odata.emulator.life.plans import Plan
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
# Orchestrator's release notes of June 2024 have the sizes: characters of texts, bytes of objects as JSON.
_LONGEST: Mapping[str, tuple[int, str]] = MappingProxyType({
    "SpecificContent": (500 * 1024, "QueueItemContentSizeExceeded"),
    "Output": (100 * 1024, "QueueItemOutputDataSizeExceeded"),
    "Analytics": (10 * 1024, "QueueItemAnalyticsDataSizeExceeded"),
    "Progress": (104_857, "QueueItemProgressDataSizeExceeded"),
    "Reason": (102_400, "QueueProcessingExceptionFieldSizeExceeded"),
    "Details": (102_400, "QueueProcessingExceptionFieldSizeExceeded"),
})  # fmt: skip
_INHERITED = (
    *("Priority", "DueDate", "RiskSlaDate", "Reference", "SpecificContent", "SpecificData"),
    *("ParentOperationId", "Encrypted"),
)
# Orchestrator's guide, Queue Item Statuses: approximately 24 hours in progress.
_PATIENCE = ticks.DAY


def content(sent: Mapping[str, Any] | None) -> dict[str, SqlValue]:
    """Store what an item holds as an object and as text; ``Name@odata.type`` only says of what type ``Name`` is.

    Orchestrator's guide (Add Queue Item): names hold none of ``: . , @ "``.
    """
    kept = {name: value for name, value in (sent or {}).items() if not name.endswith("@odata.type")}
    for name in kept:
        if _FORBIDDEN_IN_NAMES & set(name):
            raise Refusal(f"The property name '{name}' of SpecificContent is not valid.", INVALID_ARGUMENT)
    _require_short("SpecificContent", kept)
    return {"SpecificContent": _text(kept), "SpecificData": _text({"DynamicProperties": kept})}


def outcome(name: str, sent: Mapping[str, Any] | None) -> dict[str, SqlValue]:
    """Store ``Output`` or ``Analytics`` as an object and as text; nothing where nothing was sent."""
    if sent is None:
        return {}
    _require_short(name, sent)
    return {name: _text(sent), f"{name}Data": _text({"DynamicProperties": sent})}


def progress(text: str | None) -> dict[str, SqlValue]:
    """Store how far an item is; nothing where nothing was sent."""
    if text is None:
        return {}
    _require_short("Progress", text)
    return {"Progress": text}


def exception(sent: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return why an item failed, as an application exception unless it says otherwise."""
    for name in ("Reason", "Details"):
        _require_short(name, (sent or {}).get(name) or "")
    return {"Reason": None, "Details": None, "Type": "ApplicationException", **(sent or {})}


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
    _wake_triggers(world, queue["Id"])
    return item


def change(world: World, item: Row, action: str, values: Mapping[str, SqlValue]) -> None:
    """Change an item, give it a new RowVersion, and tell of it in its history."""
    world.store.change(SET, item["Id"], {**values, "RowVersion": _row_version(world)})
    tell(
        world, item["Id"], action, {"Status": item["Status"], "ReviewStatus": item["ReviewStatus"], **values}
    )
    if values.get("Status") not in {None, item["Status"]}:
        events.of_item(world, item["Id"], values["Status"], item["Status"])


def begin(world: World, item: Row, values: Mapping[str, SqlValue]) -> None:
    """Let an item be in progress from now on; it is abandoned where nobody ends it within a day."""
    started: dict[str, SqlValue] = {"Status": "InProgress", "StartProcessing": world.now}
    change(world, item, "Status", {**started, **values})
    plans.add(world, "queue_item", item["Id"], world.now + _PATIENCE)


def abandon(world: World, plan: Plan) -> None:
    """Abandon an item that is still in progress; queues that retry abandoned items get it again."""
    found = world.store.find(SET, '"Id" = ? AND "Status" = \'InProgress\'', plan.key)
    if found:
        change(world, found[0], "Status", {"Status": "Abandoned", "EndProcessing": world.now})
        try_again(world, found[0], {}, switch="RetryAbandonedItems")


def try_again(
    world: World,
    item: Row,
    values: Mapping[str, SqlValue],
    switch: Literal["AcceptAutomaticallyRetry", "RetryAbandonedItems"] = "AcceptAutomaticallyRetry",
) -> bool:
    """Put an item into its queue once more, as a new one, and return whether the queue allows that."""
    queue = world.store.find("QueueDefinitions", '"Id" = ?', item["QueueDefinitionId"])[0]
    if not queue[switch] or item["RetryNumber"] >= (queue["MaxNumberOfRetries"] or 0):
        return False
    spent = (world.now - (item["StartProcessing"] or world.now)) // ticks.SECOND
    again: dict[str, SqlValue] = {name: item[name] for name in _INHERITED} | dict(values)
    again |= {
        "RetryNumber": item["RetryNumber"] + 1,
        "AncestorId": item["Id"],
        "AncestorUniqueKey": item["UniqueKey"],
        "SecondsInPreviousAttempts": (item["SecondsInPreviousAttempts"] or 0) + spent,
    }
    add(world, {**queue, "EnforceUniqueReference": 0}, again)
    return True


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


def _wake_triggers(world: World, queue: int) -> None:
    """Let the triggers of a queue look at it now."""
    for trigger in world.store.find("ProcessSchedules", '"QueueDefinitionId" = ?', queue):
        plans.hasten(world, "schedule", trigger["Id"])


def _require_short(name: str, value: str | Mapping[str, Any]) -> None:
    longest, error = _LONGEST[name]
    if (len(value) if isinstance(value, str) else len(orjson.dumps(value))) > longest:
        raise Refusal(f"The {name} of a queue item is longer than {longest}: {error}.", INVALID_ARGUMENT)


def _row_version(world: World) -> str:
    return base64.b64encode(next(world.row_versions).to_bytes(8, "big")).decode()


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
