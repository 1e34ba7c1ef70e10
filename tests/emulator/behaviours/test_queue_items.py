from __future__ import annotations

import pytest

FINANCE = {"OrganizationUnitId": "36886"}
ACTIONS = "/odata/QueueItems/UiPathODataSvc."
EVENTS = "/odata/QueueItemEvents/UiPath.Server.Configuration.OData.GetQueueItemEventsHistory(queueItemId={})"
COMMENTS = (
    "/odata/QueueItemComments/UiPath.Server.Configuration.OData.GetQueueItemCommentsHistory(queueItemId={})"
)


async def some(http, status):
    rows = await http.rows(f"/odata/QueueItems?$filter=Status eq '{status}'&$top=2", **FINANCE)
    return [{"Id": row["Id"], "RowVersion": row["RowVersion"]} for row in rows]


async def read(http, item):
    return (await http.get(f"/odata/QueueItems({item['Id']})", **FINANCE)).body


async def test_put_replaces_what_an_item_holds(demo):
    (item, _), (running, _) = await some(demo, "Successful"), await some(demo, "InProgress")
    path = f"/odata/QueueItems({item['Id']})"
    body = {"Name": "Invoices", "Priority": "High", "SpecificContent": None, "Reference": "new"}
    assert (await demo.send("PUT", path, body, **FINANCE)).status == 200
    row = await read(demo, item)
    assert (row["SpecificContent"], row["Priority"], row["Reference"], row["Status"]) == (
        {},
        "High",
        "new",
        "Successful",
    )
    assert row["RowVersion"] != item["RowVersion"]
    other = await demo.send("PUT", path, body | {"Name": "Onboarding"}, **FINANCE)
    assert (other.status, other.body["errorCode"]) == (400, 1009)
    busy = await demo.send("PUT", f"/odata/QueueItems({running['Id']})", body, **FINANCE)
    assert busy.status == 409


async def test_items_are_deleted_if_nobody_changed_them_meanwhile(demo):
    (changed, stale), (running, _) = await some(demo, "New"), await some(demo, "InProgress")
    body = {
        "queueItems": [changed, stale | {"RowVersion": "AAAAAAAAAAE="}, running, {"Id": 5, "RowVersion": ""}]
    }
    reply = await demo.send("POST", f"{ACTIONS}DeleteBulk", body, **FINANCE)
    assert reply.status == 200
    assert (reply.body["Success"], reply.body["FailedItems"]) == (False, [stale["Id"], running["Id"], 5])
    assert [(await read(demo, item))["Status"] for item in (changed, stale)] == ["Deleted", "New"]
    again = await demo.send("POST", f"{ACTIONS}DeleteBulk", {"queueItems": [stale]}, **FINANCE)
    assert (again.body["Success"], again.body["FailedItems"], again.body["Message"]) == (True, [], None)


async def test_failed_items_are_reviewed_and_retried_by_hand(demo):
    (failed, other), (good, _) = await some(demo, "Failed"), await some(demo, "Successful")
    review = f"{ACTIONS}SetItemReviewStatus"
    reply = await demo.send("POST", review, {"status": "Verified", "queueItems": [failed, good]}, **FINANCE)
    assert (reply.body["Success"], reply.body["FailedItems"]) == (False, [good["Id"]])
    assert (await read(demo, failed))["ReviewStatus"] == "Verified"
    await demo.send("POST", review, {"status": "Retried", "queueItems": [other]}, **FINANCE)
    row = await read(demo, other)
    assert (row["Status"], row["ReviewStatus"]) == ("Retried", "Retried")
    (copy,) = await demo.rows(f"/odata/QueueItems?$filter=ManualAncestorId eq {other['Id']}", **FINANCE)
    assert (copy["Status"], copy["ManualRetryNumber"], copy["Reference"]) == ("New", 1, row["Reference"])
    assert copy["SpecificContent"] == row["SpecificContent"]
    assert (
        await demo.send("POST", review, {"status": "Nice", "queueItems": [failed]}, **FINANCE)
    ).status == 400


async def test_reviewers_are_named_and_listed(demo):
    (failed, _) = await some(demo, "Failed")
    assign = {"userId": 45, "queueItems": [failed]}
    assert (await demo.send("POST", f"{ACTIONS}SetItemReviewer", assign, **FINANCE)).body["Success"]
    path = "/odata/QueueItems?$filter=ReviewerUserId eq 45&$expand=ReviewerUser($select=UserName)&$select=Id"
    assert await demo.rows(path, **FINANCE) == [
        {"Id": failed["Id"], "ReviewerUser": {"UserName": "john.smith"}}
    ]
    nobody = {"queueItems": [{"Id": failed["Id"], "RowVersion": (await read(demo, failed))["RowVersion"]}]}
    assert (await demo.send("POST", f"{ACTIONS}UnsetItemReviewer", nobody, **FINANCE)).body["Success"]
    assert await demo.rows(path, **FINANCE) == []
    assert (
        await demo.send("POST", f"{ACTIONS}SetItemReviewer", assign | {"userId": 5}, **FINANCE)
    ).status == 404
    listed = "/odata/QueueItems/UiPath.Server.Configuration.OData.GetReviewers()?$top=1000&$skip=0"
    assert len(await demo.rows(f"{listed}&$filter=(Type eq 'User')", **FINANCE)) == 2
    assert await demo.rows(f"{listed}&$filter=(Type eq 'DirectoryUser')", **FINANCE) == []


async def test_what_happens_to_an_item_is_told(demo):
    add = {"itemData": {"Name": "Invoices", "Reference": "told"}}
    item = (await demo.send("POST", "/odata/Queues/UiPathODataSvc.AddQueueItem", add, **FINANCE)).body["Id"]
    await demo.send("PUT", f"/odata/QueueItems({item})", {"Priority": "Low"}, **FINANCE)
    await demo.send("DELETE", f"/odata/QueueItems({item})", **FINANCE)
    rows = await demo.rows(f"{EVENTS.format(item)}?$orderby=Id&$top=10", **FINANCE)
    assert [(row["Action"], row["Status"], row["UserName"]) for row in rows] == [
        ("Create", "New", "john.smith"),
        ("Edit", "New", "john.smith"),
        ("Delete", "Deleted", "john.smith"),
    ]


async def test_items_are_commented_on(demo):
    (item, other) = await some(demo, "New")
    said = {"QueueItemId": item["Id"], "Text": "Call them"}
    reply = await demo.send("POST", "/odata/QueueItemComments", said, **FINANCE)
    assert (reply.status, reply.body["UserName"], reply.body["Text"]) == (201, "john.smith", "Call them")
    assert [row["Text"] for row in await demo.rows(COMMENTS.format(item["Id"]), **FINANCE)] == ["Call them"]
    assert await demo.rows(COMMENTS.format(other["Id"]), **FINANCE) == []
    assert (
        await demo.send("POST", "/odata/QueueItemComments", said | {"QueueItemId": 5}, **FINANCE)
    ).status == 404


@pytest.mark.parametrize("set_name", ["QueueRetention", "ReleaseRetention"])
async def test_a_policy_that_is_removed_becomes_the_usual_one(demo, set_name):
    """The API guide: back to 30 days, then deleted."""
    owner = 71 if set_name == "QueueRetention" else 501
    path = f"/odata/{set_name}({owner})"
    usual = (await demo.get(path, **FINANCE)).body
    assert (usual["Action"], usual["Period"]) == ("Delete", 30)
    assert (
        await demo.send("PUT", path, {"Action": "Archive", "Period": 60, "BucketId": 1}, **FINANCE)
    ).status == 200
    kept = (await demo.get(path, **FINANCE)).body
    assert (kept["Action"], kept["Period"], kept["BucketId"]) == ("Archive", 60, 1)
    assert (await demo.send("PUT", path, {"Action": "Delete"}, **FINANCE)).status == 400
    assert (await demo.send("DELETE", path, **FINANCE)).status == 204
    assert (await demo.get(path, **FINANCE)).body["Period"] == 30
    assert (await demo.get(f"/odata/{set_name}(5)", **FINANCE)).status == 404
