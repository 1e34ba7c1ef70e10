"""How the work on queues goes: what waits, what runs, how it ended and how long it took."""

from __future__ import annotations

from typing import Any

import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.records import existing, matching
from uipath_odata.emulator.world import Call, World

_KINDS = {
    "SuccessfulTransactions": "\"Status\" = 'Successful'",
    "ApplicationExceptions": "\"Status\" IN ('Failed', 'Retried') AND \"ProcessingExceptionType\" = 'ApplicationException'",
    "BusinessExceptions": "\"Status\" IN ('Failed', 'Retried') AND \"ProcessingExceptionType\" = 'BusinessException'",
}
_SWITCHES = ("AcceptAutomaticallyRetry", "RetryAbandonedItems", "EnforceUniqueReference")


@answers("QueueDefinitions_ListQueues")
@answers("QueueProcessingRecords_RetrieveQueuesProcessingStatus")
def status(world: World, call: Call) -> Answer:
    """List the queues of the folder with the state of the work on them."""
    queues = matching(world, "QueueDefinitions", Sql("TRUE"), call.folder)
    rows = [_status(world, queue) for queue in queues]
    return documents.listing(world, call, "QueueProcessingStatusDto", rows)


@answers("QueueProcessingRecords_RetrieveLastDaysProcessingRecordsByDaysnoAndQueuedefinitionid")
def last_days(world: World, call: Call) -> Answer:
    """List how the work on a queue went: by day, or by hour where one day is asked for."""
    queue = existing(world, "QueueDefinitions", int(call.arguments["queueDefinitionId"]), call.folder)
    days = int(call.arguments["daysNo"])
    length = ticks.DAY if days > 1 else ticks.DAY // 24
    end = world.now // length * length + length
    moments = range(end - days * ticks.DAY, end, length)
    rows = [_record(world, queue, number, moment, length) for number, moment in enumerate(moments, 1)]
    return documents.listing(world, call, "QueueProcessingRecordDto", rows)


def _record(world: World, queue: Row, number: int, moment: int, length: int) -> dict[str, Any]:
    within = f'"EndProcessing" >= {moment} AND "EndProcessing" < {moment + length}'
    ended = {kind: _ended(world, queue["Id"], f"{where} AND {within}") for kind, where in _KINDS.items()}
    retried, _, _ = _ended(world, queue["Id"], f"\"Status\" = 'Retried' AND {within}")
    counts = {f"NumberOf{kind}": count for kind, (count, _, _) in ended.items()}
    return {
        "Id": number,
        "QueueDefinitionId": queue["Id"],
        "ProcessingTime": ticks.text(moment),
        "ReportType": "Day" if length == ticks.DAY else "Hour",
        "NumberOfRemainingTransactions": _number(world, queue["Id"], "New"),
        "NumberOfInProgressTransactions": _number(world, queue["Id"], "InProgress"),
        **counts,
        "NumberOfRetriedItems": retried,
        **{f"{kind}ProcessingTime": mean for kind, (_, mean, _) in ended.items()},
        "TotalNumberOfTransactions": sum(counts.values()),
        "TenantId": 1,
    }


def _status(world: World, queue: Row) -> dict[str, Any]:
    ended = {kind: _ended(world, queue["Id"], where) for kind, where in _KINDS.items()}
    numbers = {f"{kind}No": number for kind, (number, _, _) in ended.items()}
    times = {f"{kind}ProcessingTime": mean for kind, (_, mean, _) in ended.items()}
    last = max((moment for _, _, moment in ended.values() if moment is not None), default=None)
    return {
        "Id": queue["Id"],
        "ItemsToProcess": _number(world, queue["Id"], "New"),
        "ItemsInProgress": _number(world, queue["Id"], "InProgress"),
        **{
            f"QueueDefinition{name}": queue[name]
            for name in ("Id", "Key", "Name", "Description", "MaxNumberOfRetries")
        },
        **{f"QueueDefinition{name}": bool(queue[name]) for name in _SWITCHES},
        **numbers,
        **times,
        "TotalNumberOfTransactions": sum(numbers.values()),
        "ProcessingMeanTime": times["SuccessfulTransactionsProcessingTime"],
        "LastProcessed": None if last is None else ticks.text(last),
        "QueueFoldersCount": queue["FoldersCount"] or 1,
        "Tags": orjson.loads(queue["Tags"] or "[]"),
    }


def _ended(world: World, queue: int, where: str) -> tuple[int, float, int | None]:
    """Return how many items ended so, their mean time in seconds, and the last moment."""
    found = f'FROM "QueueItems" WHERE "QueueDefinitionId" = ? AND {where}'
    read = f'SELECT COUNT(*), AVG("EndProcessing" - "StartProcessing"), MAX("EndProcessing") {found}'
    number, mean, last = world.store.rows(read, (queue,))[0]
    return number, (mean or 0) / ticks.SECOND, last


def _number(world: World, queue: int, state: str) -> int:
    counted = 'SELECT COUNT(*) FROM "QueueItems" WHERE "QueueDefinitionId" = ? AND "Status" = ?'
    return int(world.store.rows(counted, (queue, state))[0][0])
