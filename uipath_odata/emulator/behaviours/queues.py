"""Putting items into queues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import attrs

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http.answers import (
    DUPLICATE_REFERENCE,
    INVALID_ARGUMENT,
    NOT_FOUND,
    Answer,
    Refusal,
    not_found,
)
from uipath_odata.emulator.life import queue_items
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import by_guid, entity
from uipath_odata.emulator.rows.records import named, of_path
from uipath_odata.emulator.rows.writes import body_of, create, replace
from uipath_odata.emulator.world import Call, World

_SET = "QueueDefinitions"
_ERROR_NAMES = {
    DUPLICATE_REFERENCE: "DuplicateReference",
    INVALID_ARGUMENT: "InvalidArgument",
    NOT_FOUND: "ItemNotFound",
}


_SCHEMAS = {name.lower(): f"{name}JsonSchema" for name in ("SpecificData", "OutputData", "AnalyticsData")} | {
    "specific": "SpecificDataJsonSchema",
    "output": "OutputDataJsonSchema",
    "analytics": "AnalyticsDataJsonSchema",
}


class _Undone(Exception):
    """What takes a whole commit back."""


@answers("Queues_AddQueueItem")
def add_queue_item(world: World, call: Call) -> Answer:
    """Add one item: 201 with the item."""
    sent = body_of(world, call)["itemData"]
    queue = named(world, _SET, sent.get("Name") or "", call.folder)
    return entity(world, call, queue_items.SET, _add(world, queue, sent), HTTPStatus.CREATED)


@answers("Queues_BulkAddQueueItems")
def bulk_add_queue_items(world: World, call: Call) -> Answer:
    """Add several items: 200 in every case, with what failed and why.

    The commit types differ in what a failure leaves: all others, none, or those before it.
    """
    body = body_of(world, call)
    queue = named(world, _SET, body["queueName"], call.folder)
    commit, failed = body["commitType"], list[dict[str, Any]]()
    with suppress(_Undone), world.store.transaction():
        for failure in _failures(world, queue, items(body, "queueItems")):
            failed.append(failure)
            if commit == "StopOnFirstFailure":
                break
        if failed and commit == "AllOrNothing":
            raise _Undone
    message = "" if not failed else f"{len(failed)} items could not be added."
    reply = {"Success": not failed, "Message": message or None, "FailedItems": failed}
    return documents.single(call, "BulkOperationResponseDtoOfFailedQueueItemDto", reply)


@answers("QueueDefinitions_CreateQueue")
def create_queue(world: World, call: Call) -> Answer:
    """Add a queue."""
    return create(world, call)


@answers("QueueDefinitions_EditQueue")
def edit_queue(world: World, call: Call) -> Answer:
    """Replace a queue by its Id in the body."""
    key = body_of(world, call).get("Id")
    if key is None:
        raise not_found("The queue without an Id")
    return replace(world, attrs.evolve(call, arguments={"key": str(key)}))


@answers("QueueDefinitions_GetJsonSchemaDefinitionByIdAndJsonschematype")
def json_schema(world: World, call: Call) -> Answer:
    """Return a JSON schema of a queue, or 404 where it has none."""
    queue, kind = of_path(world, call), call.arguments["jsonSchemaType"]
    column = _SCHEMAS.get(kind.lower())
    if column is None:
        raise Refusal(f"{kind} is not a type of schema: InvalidQueueSchemaType.", INVALID_ARGUMENT)
    if not queue[column]:
        raise not_found(f"The {column} of the queue {queue['Name']}")
    return Answer(content=str(queue[column]).encode())


def _failures(world: World, queue: Row, items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Add the items one by one as the next failure is asked for."""
    for ordinal, sent in enumerate(items, 1):
        try:
            with world.store.transaction():
                _add(world, queue, sent)
        except Refusal as refusal:
            name = _ERROR_NAMES.get(refusal.error_code, "Unknown")
            yield {"Ordinal": ordinal, "ErrorCode": name, "ErrorMessage": refusal.message}


def _add(world: World, queue: Row, sent: Mapping[str, Any]) -> int:
    values = queue_items.taken_over(sent) | queue_items.content(sent.get("SpecificContent"))
    return queue_items.add(world, queue, values)


answers("QueueDefinitions_GetByKeyByIdentifier")(by_guid)
