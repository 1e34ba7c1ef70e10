from __future__ import annotations

import pytest

FOLDER = {"OrganizationUnitId": "1"}
NOW = 1_715_688_000.0  # 2024-05-14T12:00:00Z
START = "/odata/Queues/UiPathODataSvc.StartTransaction"


@pytest.fixture
async def work(emulators):
    """A queue that tries twice again, and a robot."""
    async with emulators(seed=None, clock=lambda: NOW) as http:
        http.emulator.insert("Folders", [{"Id": 1, "DisplayName": "F", "FullyQualifiedName": "F"}])
        queue = {"Id": 5, "Name": "Q", "AcceptAutomaticallyRetry": True, "MaxNumberOfRetries": 2}
        http.emulator.insert("QueueDefinitions", [queue | {"EnforceUniqueReference": True}], folder=1)
        key = "8e4ab84c-13ba-4b3d-9a1e-0f2d2b1f2c11"
        http.emulator.insert("Robots", [{"Id": 9, "Name": "R", "LicenseKey": key}], folder=1)
        yield http


async def add(http, reference, **item):
    body = {"itemData": {"Name": "Q", "Reference": reference, **item}}
    reply = await http.send("POST", "/odata/Queues/UiPathODataSvc.AddQueueItem", body, **FOLDER)
    assert reply.status == 201
    return reply.body["Id"]


async def start(http, **data):
    return await http.send("POST", START, {"transactionData": {"Name": "Q", **data}}, **FOLDER)


async def end(http, item, **result):
    path = f"/odata/Queues({item})/UiPathODataSvc.SetTransactionResult"
    return await http.send("POST", path, {"transactionResult": result}, **FOLDER)


async def read(http, item):
    return (await http.get(f"/odata/QueueItems({item})", **FOLDER)).body


async def test_items_with_a_deadline_come_first_and_each_kind_by_priority(work):
    """The order that Orchestrator's guide gives, Queues and Transactions."""
    await add(work, "low", Priority="Low")
    await add(work, "high", Priority="High")
    await add(work, "first normal")
    await add(work, "second normal")
    await add(work, "late", DueDate="2024-07-01T00:00:00Z")
    await add(work, "soon", DueDate="2024-06-01T00:00:00Z")
    await add(work, "due and high", Priority="High", DueDate="2024-08-01T00:00:00Z")
    await add(work, "put off", Priority="High", DeferDate="2024-05-14T12:00:00.0000001Z")
    await add(work, "no longer put off", Priority="Low", DeferDate="2024-05-14T12:00:00Z")
    given = []
    while (reply := await start(work)).status == 200:
        given.append(reply.body["Reference"])
    assert given == [
        *("due and high", "soon", "late"),
        *("high", "first normal", "second normal", "low", "no longer put off"),
    ]
    assert (reply.status, reply.body) == (204, None)


async def test_a_started_item_is_in_progress_with_its_robot(work):
    await add(work, "A", SpecificContent={"a": 1})
    reply = await start(work, RobotIdentifier="8E4AB84C-13BA-4B3D-9A1E-0F2D2B1F2C11")
    assert {
        name: reply.body[name] for name in ("Status", "StartProcessing", "RobotId", "SpecificContent")
    } == {
        "Status": "InProgress",
        "StartProcessing": "2024-05-14T12:00:00Z",
        "RobotId": 9,
        "SpecificContent": {"a": 1},
    }
    assert (await work.rows("/odata/QueueItems?$expand=Robot", **FOLDER))[0]["Robot"]["Name"] == "R"


async def test_an_item_can_be_chosen_by_its_reference(work):
    for reference in ("X-1", "Y-1", "Y-2"):
        await add(work, reference)
    assert (await start(work, Reference="Y")).status == 204
    assert (await start(work, Reference="Y-2")).body["Reference"] == "Y-2"
    assert (await start(work, Reference="Y", ReferenceFilterOption="StartsWith")).body["Reference"] == "Y-1"
    assert (await start(work, Reference="Y-1", ReferenceFilterOption="Equals")).status == 204


async def test_a_transaction_may_bring_its_own_item(work):
    await add(work, "waiting")
    reply = await start(work, Reference="brought", SpecificContent={"a": 1})
    assert (reply.status, reply.body["Reference"], reply.body["Status"]) == (200, "brought", "InProgress")
    assert (await start(work)).body["Reference"] == "waiting"
    assert (await start(work, Name="Nowhere")).status == 404


async def test_a_success_keeps_output_as_object_and_as_text(work):
    item = await add(work, "A")
    await start(work)
    path = f"/odata/QueueItems({item})/UiPathODataSvc.SetTransactionProgress"
    assert (await work.send("POST", path, {"progress": "half"}, **FOLDER)).status == 200
    assert (await read(work, item))["Progress"] == "half"
    assert (await end(work, item, IsSuccessful=True, Output={"total": 7}, Analytics={"x": "y"})).status == 200
    row = await read(work, item)
    assert (row["Status"], row["EndProcessing"]) == ("Successful", "2024-05-14T12:00:00Z")
    assert (row["Output"], row["OutputData"]) == ({"total": 7}, '{"DynamicProperties":{"total":7}}')
    assert (row["Analytics"], row["Progress"]) == ({"x": "y"}, "half")
    assert (await end(work, item, IsSuccessful=True)).status == 409
    assert (await work.send("POST", path, {"progress": "more"}, **FOLDER)).status == 409


async def test_what_the_application_failed_at_is_tried_again_as_often_as_the_queue_allows(work):
    item = await add(work, "A", Priority="High", SpecificContent={"a": 1})
    seen = []
    for _ in range(3):
        started = (await start(work)).body
        seen.append(
            (started["RetryNumber"], started["AncestorId"], started["Reference"], started["Priority"])
        )
        failure = {"Reason": "gone", "Type": "ApplicationException"}
        assert (await end(work, started["Id"], IsSuccessful=False, ProcessingException=failure)).status == 200
    assert seen == [(0, None, "A", "High"), (1, item, "A", "High"), (2, item + 1, "A", "High")]
    assert (await start(work)).status == 204
    rows = await work.rows("/odata/QueueItems?$orderby=Id", **FOLDER)
    assert [row["Status"] for row in rows] == ["Retried", "Retried", "Failed"]
    assert rows[0]["ProcessingException"]["Reason"] == "gone"
    history = f"/odata/QueueItems({item + 1})/UiPathODataSvc.GetItemProcessingHistory?$orderby=Id&$select=Id"
    assert [row["Id"] for row in await work.rows(history, **FOLDER)] == [item, item + 1, item + 2]
    last = f"/odata/QueueItems({item})/UiPath.Server.Configuration.OData.GetItemLastRetry"
    assert (await work.get(last, **FOLDER)).body["Id"] == item + 2
    by_key = f"/odata/QueueItems/UiPathODataSvc.GetItemLastRetryByKey(key={rows[0]['Key']})"
    assert (await work.get(by_key, **FOLDER)).body["Id"] == item + 2
    assert (await work.get(last.replace(str(item), str(item + 2)), **FOLDER)).status == 404


async def test_a_business_exception_stays_what_it_is(work):
    item = await add(work, "A")
    await start(work)
    await end(work, item, IsSuccessful=False, ProcessingException={"Type": "BusinessException"})
    row = await read(work, item)
    assert (row["Status"], row["ProcessingExceptionType"]) == ("Failed", "BusinessException")
    assert (await start(work)).status == 204


async def test_a_result_needs_an_item_in_progress(work):
    item = await add(work, "A")
    refused = await end(work, item, IsSuccessful=True)
    assert refused.status == 409
    assert "InvalidTransactionProgressStatus" in refused.body["message"]
    assert (await end(work, 99, IsSuccessful=True)).status == 404
    assert (await read(work, item))["Status"] == "New"


async def test_a_result_tells_progress_and_when_to_try_again(work):
    item = await add(work, "A")
    await start(work)
    failure = {"IsSuccessful": False, "ProcessingException": {"Reason": "locked"}, "Progress": "2 of 3"}
    await end(work, item, **failure, OperationId="op-1", DeferDate="2031-01-01T00:00:00Z")
    row = await read(work, item)
    assert (row["Status"], row["Progress"], row["OperationId"]) == ("Retried", "2 of 3", "op-1")
    (again,) = await work.rows(f"/odata/QueueItems?$filter=AncestorId eq {item}", **FOLDER)
    assert (again["DeferDate"], again["DueDate"]) == ("2031-01-01T00:00:00Z", None)
    assert (await start(work)).status == 204


async def test_a_robot_nobody_knows_takes_an_item_all_the_same(work):
    await add(work, "A")
    reply = await start(work, RobotIdentifier="e49c0012-ee01-45e4-884c-0ce1f2aa6fbb")
    assert (reply.status, reply.body["RobotId"]) == (200, None)


@pytest.mark.parametrize("retries", [True, False])
async def test_an_item_that_nobody_ends_is_abandoned_after_a_day_and_retried_where_the_queue_says_so(
    work, retries
):
    work.emulator.sql('UPDATE "QueueDefinitions" SET "RetryAbandonedItems" = ?', retries)
    item = await add(work, "A")
    await start(work)
    work.emulator.clock.advance(hours=23, minutes=59)
    assert (await read(work, item))["Status"] == "InProgress"
    work.emulator.clock.advance(days=2)
    given_up = await read(work, item)
    assert (given_up["Status"], given_up["EndProcessing"]) == ("Abandoned", "2024-05-15T12:00:00Z")
    again = [row for row in await work.rows("/odata/QueueItems", **FOLDER) if row["Id"] != item]
    expected = [("New", item, 1, "A")] if retries else []
    assert [
        (row["Status"], row["AncestorId"], row["RetryNumber"], row["Reference"]) for row in again
    ] == expected


@pytest.mark.parametrize(
    ("result", "status"),
    [
        ({"IsSuccessful": True, "Output": {"a": "x" * 102_390}}, 200),
        ({"IsSuccessful": True, "Output": {"a": "x" * 102_400}}, 400),
        ({"IsSuccessful": True, "Analytics": {"a": "x" * 10_240}}, 400),
        ({"IsSuccessful": True, "Progress": "x" * 104_858}, 400),
        ({"IsSuccessful": False, "ProcessingException": {"Reason": "x" * 102_401}}, 400),
    ],
)
async def test_what_a_result_holds_has_its_longest_size(work, result, status):
    item = await add(work, "A")
    await start(work)
    assert (await end(work, item, **result)).status == status
    assert ((await read(work, item))["Status"] == "InProgress") == (status == 400)


async def test_an_item_holds_half_a_megabyte(work):
    body = {"itemData": {"Name": "Q", "SpecificContent": {"a": "x" * 512_000}}}
    reply = await work.send("POST", "/odata/Queues/UiPathODataSvc.AddQueueItem", body, **FOLDER)
    assert reply.status == 400
    assert "QueueItemContentSizeExceeded" in reply.body["message"]
