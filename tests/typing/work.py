"""Right uses of queues, assets and files by name: every line passes mypy --strict and pyright strict."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, assert_type

from uipath_odata import AddResult, BusinessError, FolderClient, Instant, Orchestrator, TransactionItem
from uipath_odata.entities import QueueItem
from uipath_odata.resources.files.attachment_files import StoredAttachment
from uipath_odata.resources.files.download import Downloaded
from uipath_odata.workflows.asset_values import AssetCredential, AssetValue
from uipath_odata.workflows.bucket import BucketFile
from uipath_odata.workflows.packages.nupkg import PublishedPackage
from uipath_odata.workflows.performer.perform import Performed
from uipath_odata.workflows.producer.added import AddProgress, RowResult

SOON = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


async def rows() -> AsyncIterator[dict[str, Any]]:
    yield {"Invoice": 7}


def counted(progress: AddProgress) -> None:
    assert_type(progress.rows, int)


async def producers(finance: FolderClient) -> None:
    queue = finance.queue("Invoices")
    assert_type(await queue.add({"Invoice": 7}, reference="INV-7", priority="High", due=SOON), QueueItem)
    await queue.add({}, due="2030-01-01T00:00:00Z", defer=Instant.parse("2030-01-01T00:00:00Z"))
    result = await queue.add_all([{"Invoice": 7}], reference_column="Invoice", progress=counted)
    assert_type(result, AddResult)
    assert_type(result.rejected, list[RowResult])
    await queue.add_all(
        rows(), reference=lambda row: row["Invoice"], priority=lambda row: "High", check="read"
    )
    await queue.add_all("rows.csv", reference=None, due=lambda row: row["Due"])
    await queue.add_all(Path("rows.jsonl"), reference_column="Invoice", concurrency=1, chunk_size=10)


async def handle(item: TransactionItem) -> Mapping[str, Any] | None:
    if not item.content:
        raise BusinessError("empty", details="no content")
    return {"Booked": True}


async def performers(finance: FolderClient) -> None:
    queue = finance.queue("Invoices")
    async for item in queue.work(until_empty=True, on_cancel="leave", sole_worker=True):
        assert_type(item, TransactionItem)
        async with item as same:
            assert_type(same, TransactionItem)
            assert_type(item.content, dict[str, Any])
            item.output = {"Booked": True}
            await item.progress("half")
            await item.postpone(SOON, due="2030-01-02T00:00:00Z")
    assert_type(await queue.perform(handle, concurrency=8, drain=asyncio.Event()), Performed)
    assert_type(await queue.add_and_take({"Invoice": 7}), TransactionItem)


async def assets_and_files(orchestrator: Orchestrator) -> None:
    finance = orchestrator.folder("Shared/Finance")
    assert_type(await finance.asset("Url").value(user="alice"), AssetValue)
    await finance.asset("Url").set(5, robot=3)
    assert_type(await finance.asset("Sap").credential(), AssetCredential)
    await finance.asset("Sap").set_credential("u", "p")
    bucket = finance.bucket("files")
    await bucket.upload("a.pdf", b"x")
    assert_type(await bucket.download("a.pdf", Path()), Downloaded)
    assert_type([file async for file in bucket.files("2026/")], list[BucketFile])
    assert_type(await finance.attachments.upload("a.pdf"), StoredAttachment)
    assert_type(await orchestrator.packages.publish("a.nupkg"), PublishedPackage)
    await finance.process("Bot").update_to("1.2.0")
    assert_type(await finance.process("Bot").rollback(), str | None)
