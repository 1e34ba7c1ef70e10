"""What is done with queue items beside processing them: editing, deleting, reviewing, retrying by hand, asking for their past."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import attrs

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal, conflict, not_found
from uipath_odata.emulator.identity import current_user
from uipath_odata.emulator.life import queue_items
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import entity, listing
from uipath_odata.emulator.rows.records import existing, of_path
from uipath_odata.emulator.rows.writes import body_of, create
from uipath_odata.emulator.world import Call, World

_REVIEWABLE = frozenset({"Failed", "Abandoned"})
_CHAIN = (
    'WITH RECURSIVE up (id, before) AS (SELECT "Id", "AncestorId" FROM "QueueItems" WHERE "Id" = ? UNION'
    ' SELECT item."Id", item."AncestorId" FROM "QueueItems" item JOIN up ON item."Id" = up.before),'
    " chain (id) AS (SELECT id FROM up UNION"
    ' SELECT item."Id" FROM "QueueItems" item JOIN chain ON item."AncestorId" = chain.id) SELECT id FROM chain'
)
"""An item, all that it is a retry of, and all retries of those."""


@answers("QueueItems_PutById")
def edit(world: World, call: Call) -> Answer:
    """Replace what a queue item holds; without SpecificContent it holds nothing. Not while it is in progress."""
    sent, item = body_of(world, call), of_path(world, call)
    queue = existing(world, "QueueDefinitions", item["QueueDefinitionId"])
    if sent.get("Name") and sent["Name"].lower() != (queue["Name"] or "").lower():
        raise Refusal(f"The item belongs to the queue {queue['Name']}.", INVALID_ARGUMENT)
    if item["Status"] == "InProgress":
        raise conflict("An item in progress cannot be edited.")
    values = queue_items.taken_over(sent) | queue_items.content(sent.get("SpecificContent"))
    queue_items.change(world, item, "Edit", values)
    return Answer()


@answers("QueueItems_DeleteById")
def delete(world: World, call: Call) -> Answer:
    """Mark a queue item as deleted."""
    _delete(world, of_path(world, call))
    return Answer(HTTPStatus.NO_CONTENT)


@answers("QueueItems_DeleteBulk")
def delete_bulk(world: World, call: Call) -> Answer:
    """Mark items as deleted, if they still have the RowVersion that the caller saw."""
    return _each(world, call, lambda item: _delete(world, item))


@answers("QueueItems_SetItemReviewStatus")
def set_review_status(world: World, call: Call) -> Answer:
    """Set the review status of failed items; ``Retried`` puts a copy of each into its queue."""
    status = str(body_of(world, call)["status"])
    members = world.schema.sets[queue_items.SET].type.properties["reviewstatus"].members
    if status not in members:
        raise Refusal(f"{status} is not a review status.", INVALID_ARGUMENT)

    def review(item: Row) -> None:
        _require_reviewable(item)
        if status == "Retried":
            _retry_by_hand(world, item)
        retried = {"Status": "Retried"} if status == "Retried" else {}
        queue_items.change(world, item, "Edit", {"ReviewStatus": status, **retried})

    return _each(world, call, review)


@answers("QueueItems_SetItemReviewer", "QueueItems_UnsetItemReviewer")
def set_reviewer(world: World, call: Call) -> Answer:
    """Name who reviews failed items, or nobody."""
    reviewer = body_of(world, call).get("userId")
    if reviewer is not None:
        existing(world, "Users", reviewer)

    def assign(item: Row) -> None:
        _require_reviewable(item)
        queue_items.change(world, item, "Edit", {"ReviewerUserId": reviewer, "ReviewerUser": reviewer})

    return _each(world, call, assign)


@answers("QueueItems_GetReviewers")
def reviewers(world: World, call: Call) -> Answer:
    """List the users who may review."""
    return listing(world, attrs.evolve(call, folder=None), Sql('t."IsActive" IS NOT 0'), of="Users")


@answers("QueueItems_GetItemProcessingHistoryById")
def processing_history(world: World, call: Call) -> Answer:
    """List an item with all its retries."""
    item = of_path(world, call)
    return listing(world, call, Sql(f't."Id" IN ({_CHAIN})', (item["Id"],)))


@answers("QueueItems_GetItemLastRetryById")
def last_retry(world: World, call: Call) -> Answer:
    """Return the last of the items that an item was retried as; 404 where it was not."""
    return _last_retry(world, call, of_path(world, call))


@answers("QueueItems_GetItemLastRetryByKey")
def last_retry_by_key(world: World, call: Call) -> Answer:
    """Return the last retry of the item with this GUID."""
    rows = world.store.find(queue_items.SET, '"Key" = ?', call.arguments["key"].lower())
    if not rows:
        raise not_found(f"QueueItems({call.arguments['key']})")
    return _last_retry(world, call, rows[0])


@answers("QueueItemEvents_GetQueueItemEventsHistoryByQueueitemid")
def events(world: World, call: Call) -> Answer:
    """List what happened to an item, from its first ancestor on."""
    where = Sql(f't."QueueItemId" IN ({_CHAIN})', (int(call.arguments["queueItemId"]),))
    return listing(world, call, where)


@answers("QueueItemComments_GetQueueItemCommentsHistoryByQueueitemid")
def comments(world: World, call: Call) -> Answer:
    """List what was said about an item."""
    return listing(world, call, Sql('t."QueueItemId" = ?', (int(call.arguments["queueItemId"]),)))


@answers("QueueItemComments_Post")
def comment(world: World, call: Call) -> Answer:
    """Say something about an item, in the name of the current user."""
    item = existing(world, queue_items.SET, body_of(world, call).get("QueueItemId"), call.folder)
    user = current_user.row(world)
    author = {"UserId": user["Id"], "UserName": user["UserName"]} if user else {}
    return create(world, call, {"QueueItemId": item["Id"], **author})


def _each(world: World, call: Call, act: Callable[[Row], None]) -> Answer:
    """Act on items that still have the RowVersion seen; 200 in every case, with the Ids of those that could not be."""
    failed, reasons = list[int](), list[str]()
    for seen in items(body_of(world, call), "queueItems"):
        try:
            item = existing(world, queue_items.SET, seen.get("Id"), call.folder)
            if item["RowVersion"] != seen.get("RowVersion"):
                raise conflict(f"The item {item['Id']} was changed by someone else: OptimisticConcurrency.")
            act(item)
        except Refusal as refusal:
            failed.append(seen.get("Id"))
            reasons.append(refusal.message)
    reply: dict[str, Any] = {
        "Success": not failed,
        "Message": " ".join(reasons) or None,
        "FailedItems": failed,
    }
    return documents.single(call, "BulkOperationResponseDtoOfInt64", reply)


def _delete(world: World, item: Row) -> None:
    if item["Status"] == "InProgress":
        raise conflict(f"The item {item['Id']} is in progress and cannot be deleted.")
    queue_items.change(world, item, "Delete", {"Status": "Deleted"})


def _require_reviewable(item: Row) -> None:
    if item["Status"] not in _REVIEWABLE:
        raise conflict(f"The item {item['Id']} is {item['Status']}; only failed items are reviewed.")


def _retry_by_hand(world: World, item: Row) -> None:
    queue = existing(world, "QueueDefinitions", item["QueueDefinitionId"])
    kept = ("Priority", "Reference", "SpecificContent", "SpecificData", "DueDate", "RiskSlaDate")
    values: dict[str, SqlValue] = {name: item[name] for name in kept}
    values |= {
        "ManualAncestorId": item["Id"],
        "ManualAncestorUniqueKey": item["UniqueKey"],
        "ManualRetryNumber": (item["ManualRetryNumber"] or 0) + 1,
    }
    queue_items.add(world, {**queue, "EnforceUniqueReference": 0}, values)


def _last_retry(world: World, call: Call, item: Row) -> Answer:
    later = world.store.find(
        queue_items.SET, f'"Id" IN ({_CHAIN}) ORDER BY "RetryNumber" DESC, "Id" DESC', item["Id"]
    )
    if later[0]["Id"] == item["Id"]:
        raise not_found(f"A retry of the item {item['Id']}")
    return entity(world, call, queue_items.SET, later[0]["Id"])
