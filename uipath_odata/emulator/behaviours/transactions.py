"""Queue items while robots work on them: started, in progress, ended, and tried again."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http.answers import Answer, conflict
from uipath_odata.emulator.life import queue_items
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.reads import entity
from uipath_odata.emulator.rows.records import existing, matching, named
from uipath_odata.emulator.rows.writes import body_of
from uipath_odata.emulator.world import Call, World

# Orchestrator's guide, Queues and Transactions: items with a deadline come first, by priority, then by the deadline;
# the others follow by priority, then first in first out.
_NEXT = (
    '"QueueDefinitionId" = ? AND "Status" = \'New\' AND coalesce("DeferDate" <= ?, TRUE)'
    ' AND (? IS NULL OR "Reference" = ? OR (? AND substr("Reference", 1, length(?)) = ?))'
    " ORDER BY \"DueDate\" IS NULL, CASE \"Priority\" WHEN 'High' THEN 0 WHEN 'Low' THEN 2 ELSE 1 END,"
    ' "DueDate", "Id" LIMIT 1'
)


@answers("Queues_StartTransaction")
def start(world: World, call: Call) -> Answer:
    """Hand the next new item of a queue to a robot, or the one that the request brings; 204 when there is none."""
    sent = body_of(world, call)["transactionData"]
    queue = named(world, "QueueDefinitions", sent.get("Name") or "", call.folder)
    robot = _robot(world, sent.get("RobotIdentifier"))
    if sent.get("SpecificContent") is None:
        item = _next(world, queue, sent)
    else:
        values = queue_items.taken_over(sent) | queue_items.content(sent["SpecificContent"])
        item = existing(world, queue_items.SET, queue_items.add(world, queue, values))
    if item is None:
        return Answer(HTTPStatus.NO_CONTENT)
    queue_items.begin(world, item, {"Robot": robot, "RobotId": robot} if robot else {})
    return entity(world, call, queue_items.SET, item["Id"])


@answers("QueueItems_SetTransactionProgressById")
def set_progress(world: World, call: Call) -> Answer:
    """Note how far an item in progress is."""
    item = _in_progress(world, call)
    queue_items.change(world, item, "Edit", queue_items.progress(body_of(world, call).get("progress")))
    return Answer()


@answers("Queues_SetTransactionResultById")
def set_result(world: World, call: Call) -> Answer:
    """End an item in progress; one that failed by the application is put into its queue again, as often as that allows."""
    sent, item = body_of(world, call)["transactionResult"], _in_progress(world, call)
    exception = None if sent.get("IsSuccessful") else queue_items.exception(sent.get("ProcessingException"))
    values: dict[str, SqlValue] = {
        "Status": "Failed" if exception else "Successful",
        "EndProcessing": world.now,
    }
    values |= queue_items.progress(sent.get("Progress"))
    if sent.get("OperationId") is not None:
        values["OperationId"] = sent["OperationId"]
    for name in ("Output", "Analytics"):
        values |= queue_items.outcome(name, sent.get(name))
    if exception:
        values |= {
            "ProcessingException": orjson.dumps(exception).decode(),
            "ProcessingExceptionType": exception["Type"],
        }
        again = {name: ticks.parse(sent[name]) for name in ("DeferDate", "DueDate") if sent.get(name)}
        # Only what the application failed at may go well another time; a business exception stays what it is.
        if exception["Type"] == "ApplicationException" and queue_items.try_again(world, item, again):
            values["Status"] = "Retried"
    queue_items.change(world, item, "Status", values)
    return Answer()


def _next(world: World, queue: Row, sent: Mapping[str, Any]) -> Row | None:
    reference = sent.get("Reference")
    starts_with = sent.get("ReferenceFilterOption") == "StartsWith"
    given = (reference, reference, starts_with, reference, reference)
    rows = world.store.find(queue_items.SET, _NEXT, queue["Id"], world.now, *given)
    return rows[0] if rows else None


def _robot(world: World, license_key: str | None) -> int | None:
    if license_key is None:
        return None
    robots = matching(world, "Robots", Sql('"LicenseKey" = ? COLLATE NOCASE', (license_key,)), None)
    return robots[0]["Id"] if robots else None


def _in_progress(world: World, call: Call) -> Row:
    item = existing(world, queue_items.SET, int(call.arguments["key"]), call.folder)
    if item["Status"] != "InProgress":
        raise conflict(
            f"The transaction is {item['Status']} and not InProgress: InvalidTransactionProgressStatus."
        )
    return item
