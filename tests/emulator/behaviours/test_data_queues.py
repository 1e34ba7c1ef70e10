from __future__ import annotations

import orjson
import pytest

FINANCE = {"OrganizationUnitId": "36886"}
ACTION = "/api/TestDataQueueActions/"


@pytest.fixture
async def queue(demo):
    body = {"Name": "Data", "ContentJsonSchema": "{}"}
    assert (await demo.send("POST", "/odata/TestDataQueues", body, **FINANCE)).status == 201
    added = await demo.send(
        "POST", f"{ACTION}AddItem", {"queueName": "data", "content": {"camelCase": 1}}, **FINANCE
    )
    assert (added.status, added.body["content"], added.body["isConsumed"]) == (201, {"camelCase": 1}, False)
    more = {"queueName": "Data", "items": [{"n": 2}, {"n": 3}]}
    reply = await demo.send("POST", f"{ACTION}BulkAddItems", more, **FINANCE)
    assert (reply.status, reply.body) == (200, 2)
    return demo


async def act(http, name, method="POST", **body):
    return await http.send(method, ACTION + name, body, **FINANCE)


async def counts(http):
    row = (await http.rows("/odata/TestDataQueues", **FINANCE))[0]
    return row["ItemsCount"], row["ConsumedItemsCount"]


async def test_the_next_item_is_given_once_it_is_consumed(queue):
    seen = [
        (await act(queue, "GetNextItem", queueName="Data", setConsumed=take)).body
        for take in (False, True, True)
    ]
    assert [item["content"] for item in seen] == [{"camelCase": 1}, {"camelCase": 1}, {"n": 2}]
    assert [item["isConsumed"] for item in seen] == [False, True, True]
    assert await counts(queue) == (3, 2)
    await act(queue, "GetNextItem", queueName="Data", setConsumed=True)
    assert (await act(queue, "GetNextItem", queueName="Data", setConsumed=True)).status == 204
    assert (await act(queue, "GetNextItem", queueName="None", setConsumed=True)).status == 404


async def test_items_are_consumed_by_hand_and_made_new_again(queue):
    rows = await queue.rows("/odata/TestDataQueueItems?$orderby=Id", **FINANCE)
    assert [orjson.loads(row["ContentJson"]) for row in rows] == [{"camelCase": 1}, {"n": 2}, {"n": 3}]
    assert (await act(queue, "SetItemsConsumed", itemIds=[rows[0]["Id"]], isConsumed=True)).status == 200
    assert await counts(queue) == (3, 1)
    assert (await act(queue, "SetAllItemsConsumed", queueName="Data", isConsumed=True)).status == 202
    assert await counts(queue) == (3, 3)
    await act(queue, "SetAllItemsConsumed", queueName="Data", isConsumed=False)
    assert await counts(queue) == (3, 0)


async def test_items_are_deleted_by_id_and_all_together(queue):
    first = (await queue.rows("/odata/TestDataQueueItems?$orderby=Id", **FINANCE))[0]["Id"]
    assert (await queue.send("DELETE", f"{ACTION}DeleteItems", [first], **FINANCE)).status == 204
    assert await counts(queue) == (2, 0)
    assert (await queue.send("DELETE", f"{ACTION}DeleteItems", {"ids": []}, **FINANCE)).status == 400
    assert (await queue.send("DELETE", f"{ACTION}DeleteAllItems?queueName=Data", **FINANCE)).status == 202
    assert await counts(queue) == (0, 0)


async def test_an_item_needs_content(queue):
    assert (await act(queue, "AddItem", queueName="Data")).status == 400
    taken = await queue.send(
        "POST", "/odata/TestDataQueues", {"Name": "DATA", "ContentJsonSchema": "{}"}, **FINANCE
    )
    assert (taken.status, taken.body["errorCode"]) == (409, 1001)
