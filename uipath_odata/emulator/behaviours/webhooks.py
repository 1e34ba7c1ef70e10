"""Webhooks: pings and events of one's own, which go to those that want them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson

from uipath_odata.emulator.data.json_values import is_object
from uipath_odata.emulator.http.answers import Answer, Refusal
from uipath_odata.emulator.life import events
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.records import of_path
from uipath_odata.emulator.world import Call, World

# Orchestrator's guide, Types of Events.
_EVENTS = {
    "Job": ("created", "started", "completed", "faulted", "stopped", "suspended", "resumed"),
    "Queue": ("created", "updated", "deleted"),
    "QueueItem": (
        "added",
        "transactionAbandoned",
        "transactionCompleted",
        "transactionFailed",
        "transactionStarted",
    ),
    "Process": ("created", "updated", "deleted"),
    "Robot": ("created", "updated", "deleted", "status"),
    "Schedule": ("failed",),
    "Task": ("created", "assignmentChanged", "completed", "deleted", "saved", "forwarded"),
}


@answers("Webhooks_PingById")
def ping(world: World, call: Call) -> Answer:
    """Accept a ping of a webhook: 202 with the event that it would get."""
    webhook = of_path(world, call)
    event = _event(world, call, "ping", webhook["Key"])
    return documents.single(call, "PingEventDto", event, HTTPStatus.ACCEPTED)


@answers("Webhooks_TriggerCustom")
def trigger(world: World, call: Call) -> Answer:
    """Accept an event of one's own: 202 with the event."""
    try:
        data: Any = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        data = None
    if not is_object(data):
        raise Refusal("eventData must not be null")
    event = _event(world, call, "custom", members={"EventData": data})
    return documents.single(call, "CustomEventDto", event, HTTPStatus.ACCEPTED)


@answers("Webhooks_GetEventTypes")
def event_types(world: World, call: Call) -> Answer:
    """List the kinds of events."""
    rows = [
        {"Name": f"{group[0].lower()}{group[1:]}.{name}", "Group": group}
        for group, names in _EVENTS.items()
        for name in names
    ]
    return documents.listing(world, call, "WebhookEventTypeDto", rows)


def _event(
    world: World, call: Call, kind: str, key: str | None = None, members: dict[str, Any] | None = None
) -> dict[str, Any]:
    return events.tell(world, kind, call.folder, key, members or {})
