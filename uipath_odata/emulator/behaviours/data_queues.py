"""Queues of test data: items that are given out one by one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson

from uipath_odata.emulator.data.json_values import is_list, of_text
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.http import parameters
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows.records import existing, named
from uipath_odata.emulator.rows.writes import add, body_of
from uipath_odata.emulator.world import Call, World

_SET, _QUEUES = "TestDataQueueItems", "TestDataQueues"
_COUNT = (
    'UPDATE "TestDataQueues" SET ("ItemsCount", "ConsumedItemsCount") ='
    ' (SELECT COUNT(*), coalesce(SUM("IsConsumed"), 0) FROM "TestDataQueueItems" WHERE "TestDataQueueId" = ?)'
    ' WHERE "Id" = ?'
)


@answers("TestDataQueueActions_AddItem")
def add_item(world: World, call: Call) -> Answer:
    """Add an item: 201 with it."""
    sent = body_of(world, call)
    queue = named(world, _QUEUES, sent["queueName"], call.folder)
    item = _add(world, queue, sent.get("content"), call.folder)
    _count(world, queue["Id"])
    return Answer(HTTPStatus.CREATED, _shown(existing(world, _SET, item)))


@answers("TestDataQueueActions_BulkAddItems")
def add_items(world: World, call: Call) -> Answer:
    """Add several items and give their number."""
    sent = body_of(world, call)
    queue = named(world, _QUEUES, sent["queueName"], call.folder)
    for content in sent["items"]:
        _add(world, queue, content, call.folder)
    _count(world, queue["Id"])
    return Answer(content=orjson.dumps(len(sent["items"])))


@answers("TestDataQueueActions_GetNextItem")
def next_item(world: World, call: Call) -> Answer:
    """Return the oldest item that is not consumed and, if asked, consume it; 204 when there is none."""
    sent = body_of(world, call)
    queue = named(world, _QUEUES, sent["queueName"], call.folder)
    where = '"TestDataQueueId" = ? AND "IsConsumed" IS NOT 1 ORDER BY "Id" LIMIT 1'
    found = world.store.find(_SET, where, queue["Id"])
    if not found:
        return Answer(HTTPStatus.NO_CONTENT)
    if sent.get("setConsumed"):
        world.store.change(_SET, found[0]["Id"], {"IsConsumed": 1})
        _count(world, queue["Id"])
    return Answer(body=_shown(existing(world, _SET, found[0]["Id"])))


@answers("TestDataQueueActions_SetItemsConsumed")
def set_consumed(world: World, call: Call) -> Answer:
    """Mark items as consumed, or as new."""
    sent = body_of(world, call)
    for item in sent["itemIds"]:
        queue = existing(world, _SET, item, call.folder)["TestDataQueueId"]
        world.store.change(_SET, item, {"IsConsumed": bool(sent.get("isConsumed"))})
        _count(world, queue)
    return Answer()


@answers("TestDataQueueActions_SetAllItemsConsumed")
def set_all_consumed(world: World, call: Call) -> Answer:
    """Mark all items of a queue as consumed, or as new."""
    sent = body_of(world, call)
    queue = named(world, _QUEUES, sent["queueName"], call.folder)["Id"]
    update = 'UPDATE "TestDataQueueItems" SET "IsConsumed" = ? WHERE "TestDataQueueId" = ?'
    world.store.connection.execute(update, (bool(sent.get("isConsumed")), queue))
    _count(world, queue)
    return Answer(HTTPStatus.ACCEPTED)


@answers("TestDataQueueActions_DeleteItems")
def delete_items(world: World, call: Call) -> Answer:
    """Remove items by their Ids, which are the body."""
    try:
        items: Any = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        items = None
    if not is_list(items):
        raise Refusal("itemIds must not be null")
    for item in items:
        queue = existing(world, _SET, item, call.folder)["TestDataQueueId"]
        world.store.delete(world.schema.sets[_SET], item, call.folder)
        _count(world, queue)
    return Answer(HTTPStatus.NO_CONTENT)


@answers("TestDataQueueActions_DeleteAllItems")
def delete_all_items(world: World, call: Call) -> Answer:
    """Remove all items of a queue."""
    queue = named(world, _QUEUES, parameters.needed(call, "queueName"), call.folder)["Id"]
    world.store.connection.execute('DELETE FROM "TestDataQueueItems" WHERE "TestDataQueueId" = ?', (queue,))
    _count(world, queue)
    return Answer(HTTPStatus.ACCEPTED)


def _add(world: World, queue: Row, content: Any, folder: int | None) -> int:
    if content is None:
        raise Refusal("The content field is required.", INVALID_ARGUMENT)
    text = orjson.dumps(content).decode()
    row = {"TestDataQueueId": queue["Id"], "ContentJson": text, "IsConsumed": 0}
    return int(str(add(world, _SET, row, folder)))


def _shown(row: Row) -> dict[str, Any]:
    return {
        "testDataQueueId": row["TestDataQueueId"],
        "content": of_text(row["ContentJson"]),
        "isConsumed": bool(row["IsConsumed"]),
        "id": row["Id"],
    }


def _count(world: World, queue: int) -> None:
    world.store.connection.execute(_COUNT, (queue, queue))
