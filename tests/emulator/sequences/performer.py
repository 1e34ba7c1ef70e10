"""A dispatcher and a performer of the Robotic Enterprise Framework, by the requests of their activities."""

from __future__ import annotations

from .steps import ODATA, QUEUES, SOME, get, post

ASSET = f"/odata/Assets/{ODATA}GetRobotAssetByNameForRobotKey"
START, RESULT = (
    f"/odata/Queues/{QUEUES}StartTransaction",
    f"/odata/Queues($item)/{QUEUES}SetTransactionResult",
)
ITEMS = "/odata/QueueItems"
NEXT = {"transactionData": {"Name": "Invoices", "RobotIdentifier": "$robot", "SpecificContent": None}}


def item(reference, priority="Normal", **content):
    return {"Name": "Invoices", "Reference": reference, "Priority": priority, "SpecificContent": content}


def ended(successful, kind=None, **more):
    exception = {"Type": kind, "Reason": "because", "Details": "at Process.xaml"} if kind else None
    return {"transactionResult": {"IsSuccessful": successful, "ProcessingException": exception, **more}}


def failed(kind):
    return ended(successful=False, kind=kind)


BULK = {"commitType": "ProcessAllIndependently", "queueName": "Invoices"}
STARTED = {
    "startInfo": {
        "ReleaseKey": "$release",
        "Strategy": "ModernJobsCount",
        "JobsCount": 1,
        "InputArguments": "{}",
    }
}

STEPS = [
    post(f"/odata/Jobs/{ODATA}StartJobs", STARTED, 201, {"job": "value.0.Id", "key": "value.0.Key"}, holds={"value.0.State": "Pending"}),
    get("/odata/Jobs($job)", holds={"State": "Running"}, days=2 / 86_400),
    post(ASSET, {"assetName": "QueueName", "robotKey": "$robot"}, holds={"Value": "Invoices", "ValueType": "Text"}),
    post(ASSET, {"assetName": "Sap", "robotKey": "$robot"}, holds={"CredentialUsername": "u", "CredentialPassword": "p"}),
    post(ASSET, {"assetName": "Nothing", "robotKey": "$robot"}, 404, holds={"errorCode": 1002}),
    get("/odata/QueueDefinitions?$$filter=Name eq 'Invoices'", keeps={"queue": "value.0.Id"}, holds={"value.0.MaxNumberOfRetries": 1}),
    post(f"/odata/Queues/{QUEUES}BulkAddQueueItems", {**BULK, "queueItems": [item("INV-1", Total=5), item("INV-2", "High", Total=7)]}, holds={"Success": True}),
    post(f"/odata/Queues/{QUEUES}AddQueueItem", {"itemData": item("INV-3", "Low")}, 201, holds={"Status": "New", "Reference": "INV-3"}),
    post(f"/odata/Queues/{QUEUES}AddQueueItem", {"itemData": item("INV-3")}, 409, holds={"errorCode": 1016}),
    post(f"/odata/Queues/{QUEUES}BulkAddQueueItems", {**BULK, "queueItems": [item("INV-1")]}, holds={"Success": False, "FailedItems.0.ErrorCode": "DuplicateReference"}),
    get(f"{ITEMS}?$$filter=QueueDefinitionId eq $queue and Status eq 'New'&$$count=true", holds={"@odata.count": 3}),
    post(START, NEXT, 200, {"item": "Id"}, holds={"Reference": "INV-2", "Status": "InProgress", "SpecificContent.Total": 7}),
    post(f"{ITEMS}($item)/{QUEUES}SetTransactionProgress", {"progress": "opened the page"}),
    get(f"{ITEMS}($item)", holds={"Progress": "opened the page", "RobotId": "$robot_id"}),
    post(RESULT, ended(successful=True, Output={"Booked": True})),
    get(f"{ITEMS}($item)", holds={"Status": "Successful", "Output.Booked": True, "EndProcessing": SOME}),
    post(RESULT, ended(successful=True), 409),
    post(START, NEXT, 200, {"item": "Id"}, holds={"Reference": "INV-1"}),
    post(RESULT, failed("ApplicationException")),
    get(f"{ITEMS}($item)", holds={"Status": "Retried", "ProcessingException.Reason": "because"}),
    get(f"{ITEMS}?$$filter=AncestorId eq $item", keeps={"again": "value.0.Id"}, holds={"value.0.RetryNumber": 1, "value.0.Status": "New"}),
    post(START, NEXT, 200, {"item": "Id"}, holds={"Reference": "INV-1", "Id": "$again"}),
    post(RESULT, failed("BusinessException")),
    get(f"{ITEMS}($item)", holds={"Status": "Failed", "ProcessingExceptionType": "BusinessException"}),
    get(f"{ITEMS}($item)", keeps={"version": "RowVersion"}),
    post(f"{ITEMS}/{QUEUES}SetItemReviewStatus", {"status": "InReview", "queueItems": [{"Id": "$item", "RowVersion": "AAAAAAAAB9E="}]}, holds={"Success": False}),
    post(f"{ITEMS}/{QUEUES}SetItemReviewer", {"userId": "$ada", "queueItems": [{"Id": "$item", "RowVersion": "$version"}]}, holds={"Success": True}),
    get(f"{ITEMS}($item)/{QUEUES}GetItemProcessingHistory", holds={"value.#": 2}),
    post("/odata/QueueItemComments", {"QueueItemId": "$item", "Text": "looked at"}, 201, holds={"Text": "looked at"}),
    get(f"/odata/QueueItemComments/{ODATA}GetQueueItemCommentsHistory(queueItemId=$item)", holds={"value.#": 1}),
    get(f"/odata/QueueItemEvents/{ODATA}GetQueueItemEventsHistory(queueItemId=$item)?$$orderby=Timestamp", holds={"value.#": SOME, "value.0.Action": "Create"}),
    post(START, {"transactionData": {**NEXT["transactionData"], "Reference": "INV", "ReferenceFilterOption": "StartsWith"}}, 200, {"item": "Id"}, holds={"Reference": "INV-3"}),
    post(RESULT, ended(successful=True)),
    post(START, NEXT, 204),
    post("/api/Logs/SubmitLogs", ["$log"]),
    get("/odata/RobotLogs?$$filter=JobKey eq $key&$$orderby=TimeStamp asc", holds={"value.#": SOME}),
    get(f"/odata/QueueProcessingRecords/{QUEUES}RetrieveQueuesProcessingStatus()", holds={"value.0.QueueDefinitionName": "Invoices"}),
    get("/odata/Jobs($job)", holds={"State": "Successful", "EndTime": SOME}, days=1),
]  # fmt: skip
