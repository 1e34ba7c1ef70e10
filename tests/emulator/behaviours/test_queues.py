from __future__ import annotations

import pytest

FINANCE = {"OrganizationUnitId": "36886"}
ADD = "/odata/Queues/UiPathODataSvc.AddQueueItem"
BULK = "/odata/Queues/UiPathODataSvc.BulkAddQueueItems"
STRICT = {"Name": "Strict", "EnforceUniqueReference": True}


async def add(http, name="Strict", **item):
    return await http.send("POST", ADD, {"itemData": {"Name": name, **item}}, **FINANCE)


async def bulk(http, commit, *references, name="Strict"):
    items = [{"Name": name, "Reference": reference} for reference in references]
    body = {"queueName": name, "commitType": commit, "queueItems": items}
    return await http.send("POST", BULK, body, **FINANCE)


async def references(http):
    filtered = "/odata/QueueItems?$filter=QueueDefinition/Name eq 'Strict'&$orderby=Id&$select=Reference"
    return [row["Reference"] for row in await http.rows(filtered, **FINANCE)]


@pytest.fixture
async def strict(demo):
    assert (await demo.send("POST", "/odata/QueueDefinitions", STRICT, **FINANCE)).status == 201
    return demo


async def test_an_item_is_added_with_its_content_as_object_and_as_text(demo):
    content = {"Type": "Customer", "Name@odata.type": "#String", "Name": "Smith", "age": 5, "vip": True}
    reply = await add(
        demo, "invoices", SpecificContent=content, Reference="R-1", DeferDate="2031-01-01T00:00:00Z"
    )
    assert reply.status == 201
    assert reply.body["@odata.context"].endswith("#QueueItems/$entity")
    expected = {"Type": "Customer", "Name": "Smith", "age": 5, "vip": True}
    assert reply.body["SpecificContent"] == expected
    assert reply.body["SpecificData"] == (
        '{"DynamicProperties":{"Type":"Customer","Name":"Smith","age":5,"vip":true}}'
    )
    assert {
        name: reply.body[name] for name in ("Status", "Priority", "Reference", "RetryNumber", "DeferDate")
    } == {
        "Status": "New",
        "Priority": "Normal",
        "Reference": "R-1",
        "RetryNumber": 0,
        "DeferDate": "2031-01-01T00:00:00Z",
    }
    read = (await demo.get(f"/odata/QueueItems({reply.body['Id']})", **FINANCE)).body
    assert read == reply.body


async def test_an_item_for_no_queue_of_the_folder_is_refused(demo):
    reply = await add(demo, "Onboarding")
    assert (reply.status, reply.body["errorCode"]) == (404, 1002)
    nameless = await demo.send("POST", ADD, {"itemData": {}}, **FINANCE)
    assert (nameless.status, nameless.body["errorCode"]) == (404, 1002)


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"Colour": "red"}, "addQueueItemRequest must not be null"),
        ({"Priority": "Urgent"}, "addQueueItemRequest must not be null"),
        ({"Reference": "x" * 129}, "The field Reference must be a string with a maximum length of 128."),
        ({"SpecificContent": {"a.b": 1}}, "The property name 'a.b' of SpecificContent is not valid."),
    ],
)
async def test_an_item_that_does_not_fit_is_refused(demo, item, message):
    reply = await add(demo, "Invoices", **item)
    assert (reply.status, reply.body["message"]) == (400, message)
    missing = await demo.send("POST", ADD, {}, **FINANCE)
    assert (missing.status, missing.body["message"]) == (400, "The itemData field is required.")


async def test_a_reference_is_taken_once_until_its_item_is_deleted(strict):
    first = await add(strict, Reference="A")
    again = await add(strict, Reference="A")
    assert (again.status, again.body["errorCode"]) == (409, 1016)
    assert again.body["message"] == "Error creating Transaction. Duplicate Reference."
    assert [(await add(strict)).status for _ in range(2)] == [201, 201]
    assert (await strict.send("DELETE", f"/odata/QueueItems({first.body['Id']})", **FINANCE)).status == 204
    assert (await add(strict, Reference="A")).status == 201


@pytest.mark.parametrize(
    ("commit", "kept", "failed"),
    [
        ("ProcessAllIndependently", ["A", "B", "C"], [2, 4]),
        ("StopOnFirstFailure", ["A"], [2]),
        ("AllOrNothing", [], [2, 4]),
    ],
)
async def test_the_commit_type_says_what_a_failure_leaves(strict, commit, kept, failed):
    reply = await bulk(strict, commit, "A", "A", "B", "B", "C")
    assert (reply.status, reply.body["Success"]) == (200, False)
    assert reply.body["FailedItems"] == [
        {
            "Ordinal": ordinal,
            "ErrorCode": "DuplicateReference",
            "ErrorMessage": "Error creating Transaction. Duplicate Reference.",
        }
        for ordinal in failed
    ]
    assert await references(strict) == kept


async def test_items_that_all_fit_are_added_in_order(strict):
    reply = await bulk(strict, "AllOrNothing", "A", "B")
    assert (reply.status, reply.body["Success"], reply.body["FailedItems"]) == (200, True, [])
    assert await references(strict) == ["A", "B"]
    unknown = await bulk(strict, "AllOrNothing", "A", name="Nowhere")
    assert (unknown.status, unknown.body["errorCode"]) == (404, 1002)


async def test_queues_are_found_by_key_and_their_names_are_used_once(demo):
    queue = (await demo.rows("/odata/QueueDefinitions", **FINANCE))[0]
    found = f"/odata/QueueDefinitions/UiPath.Server.Configuration.OData.GetByKey(identifier={queue['Key']})"
    assert (await demo.get(found, **FINANCE)).body["Id"] == queue["Id"]
    unknown = found.replace(queue["Key"], "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb")
    assert (await demo.get(unknown, **FINANCE)).status == 404
    taken = await demo.send("POST", "/odata/QueueDefinitions", {"Name": "invoices"}, **FINANCE)
    assert (taken.status, taken.body["errorCode"]) == (409, 1001)


async def test_a_queue_is_edited_by_the_id_in_the_body(demo):
    path = "/odata/QueueDefinitions/UiPath.Server.Configuration.OData.EditQueue"
    edited = await demo.send("POST", path, {"Id": 71, "Name": "Bills", "MaxNumberOfRetries": 3}, **FINANCE)
    assert edited.status == 200
    read = (await demo.get("/odata/QueueDefinitions(71)", **FINANCE)).body
    assert (read["Name"], read["MaxNumberOfRetries"]) == ("Bills", 3)
    assert read["Key"]
    assert (await demo.send("POST", path, {"Name": "Bills"}, **FINANCE)).status == 404


async def test_a_queue_is_created_and_listed_by_the_unpublished_operations_too(demo):
    path = "/odata/QueueDefinitions/UiPath.Server.Configuration.OData."
    body = {"Name": "Made", "MaxNumberOfRetries": 2}
    made = await demo.send("POST", f"{path}CreateQueue", body, **FINANCE)
    assert (made.status, made.body["MaxNumberOfRetries"]) == (201, 2)
    listed = f"{path}ListQueues?$filter=QueueDefinitionName eq 'Made'&$top=2"
    (row,) = await demo.rows(listed, **FINANCE)
    assert (row["QueueDefinitionId"], row["ItemsToProcess"]) == (made.body["Id"], 0)
    assert (await demo.send("POST", f"{path}CreateQueue", body, **FINANCE)).status == 409


async def test_the_work_on_a_queue_is_counted(demo):
    path = "/odata/QueueProcessingRecords/UiPathODataSvc.RetrieveQueuesProcessingStatus"
    (row,) = await demo.rows(f"{path}?$filter=QueueDefinitionName eq 'Invoices'", **FINANCE)
    counted = "SELECT COUNT(*) FROM QueueItems WHERE QueueDefinitionId = 71 AND Status = ?"
    for name, status in (("ItemsToProcess", "New"), ("ItemsInProgress", "InProgress")):
        assert row[name] == demo.emulator.sql(counted, status)[0][0]
    assert row["SuccessfulTransactionsNo"] == demo.emulator.sql(counted, "Successful")[0][0]
    assert await demo.rows(f"{path}?$filter=ItemsToProcess lt 0", **FINANCE) == []


async def test_a_schema_of_a_queue_is_read_by_its_kind(empty):
    queue = empty.emulator.add.queue("Q", SpecificDataJsonSchema='{"type":"object"}')["Id"]
    path = f"/odata/QueueDefinitions({queue})/UiPathODataSvc.GetJsonSchemaDefinition(jsonSchemaType='{{}}')"
    folder = {"OrganizationUnitId": "1"}
    assert (await empty.get(path.format("SpecificData"), **folder)).body == {"type": "object"}
    assert (await empty.get(path.format("OutputData"), **folder)).status == 404
    assert (await empty.get(path.format("Other"), **folder)).status == 400


async def test_the_work_on_a_queue_is_counted_by_day_and_by_hour(emulators, clock):
    async with emulators(seed=None, clock=clock) as http:
        queue = http.emulator.add.queue("Q")["Id"]
        ended = [
            {
                "QueueDefinitionId": queue,
                "Status": "Successful",
                "StartProcessing": f"{day}:00Z",
                "EndProcessing": f"{day}:30Z",
            }
            for day in ("2024-05-13T10:00", "2024-05-14T10:00", "2024-05-14T11:00")
        ]
        http.emulator.insert("QueueItems", ended, folder=1)
        function = "/odata/QueueProcessingRecords/UiPathODataSvc.RetrieveLastDaysProcessingRecords"
        path = f"{function}(daysNo={{}},queueDefinitionId={queue})"
        days = await http.rows(path.format(3), OrganizationUnitId="1")
        assert [row["NumberOfSuccessfulTransactions"] for row in days] == [0, 1, 2]
        assert days[-1]["SuccessfulTransactionsProcessingTime"] == 30
        hours = await http.rows(path.format(1), OrganizationUnitId="1")
        assert (len(hours), sum(row["TotalNumberOfTransactions"] for row in hours)) == (24, 2)
