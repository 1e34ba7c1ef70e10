"""The work on queues, assets, files and packages, cancelled at any moment: nothing stays, and the client goes on."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from uipath_odata.emulator.data.demo.packages import package
from uipath_odata.emulator.faults import LostAnswer

from ..cancelled_at import at_each_await, at_each_turn

FOLDER = "Shared/Finance"
NUMBERS = count()
"""No two tries add the same Reference or publish the same version."""


async def add(finance, emulator, _):
    emulator.fail("Queues.AddQueueItem", LostAnswer(), times=1)
    await finance.queue("Intake").add({"n": 1}, reference=f"one-{next(NUMBERS)}")


async def add_all(finance, emulator, _):
    first = next(NUMBERS)
    emulator.fail("Queues.BulkAddQueueItems", LostAnswer(performed=False), times=1)
    rows = [{"n": f"{first}-{number}"} for number in range(8)]
    await finance.queue("Intake").add_all(rows, reference_column="n", chunk_size=3, concurrency=2)


async def work(finance, emulator, _):
    emulator.add.queue_item("Work", {"n": 1}, folder=FOLDER)
    emulator.fail("Queues.SetTransactionResult", LostAnswer(), times=1)
    async for item in finance.queue("Work").work(until_empty=True):
        async with item:
            await item.progress("half")
            item.output = {"done": True}


async def perform(finance, emulator, _):
    for number in range(4):
        emulator.add.queue_item("Work", {"n": number}, folder=FOLDER)

    async def handle(item):
        await asyncio.sleep(0)
        return {"n": item.content["n"]}

    await finance.queue("Work").perform(handle, concurrency=2, until_empty=True)


async def add_and_take(finance, *_):
    async with await finance.queue("Intake").add_and_take({"n": 1}) as item:
        await item.progress("half")


async def assets(finance, *_):
    await finance.asset("Url").set("https://y")
    await finance.asset("Url").value()
    await finance.asset("Sap").set_credential("u", "p2")
    await finance.asset("Sap").credential()


async def files(finance, _, directory):
    bucket = finance.bucket("files")
    await bucket.upload("d/a.txt", b"text")
    assert [file.name async for file in bucket.files("d/")] == ["d/a.txt"]
    await bucket.download("d/a.txt", directory, overwrite=True)
    await bucket.delete("d/a.txt")


async def packages(finance, emulator, _):
    emulator.fail("Processes.UploadPackage", LostAnswer(), times=1)
    version = f"1.0.{next(NUMBERS)}"
    await finance.packages.publish(package("Pay", version))


FLOWS = {
    **dict.fromkeys((add, work, add_and_take, assets, files, packages), at_each_await),
    **dict.fromkeys((add_all, perform), at_each_turn),
}


@pytest.mark.parametrize("flow", FLOWS)
async def test_a_cancellation_at_any_moment_leaves_nothing(emulator, clock, flow, tmp_path):
    emulator.add.queue("Intake", folder=FOLDER, EnforceUniqueReference=True)
    emulator.add.queue("Work", folder=FOLDER)
    emulator.add.asset("Url", "https://x", folder=FOLDER)
    emulator.add.credential("Sap", "u", "p", folder=FOLDER, AllowDirectApiAccess=True)
    emulator.add.bucket("files", folder=FOLDER)
    at, ended, tried = 1, False, 0
    while not ended:
        others = asyncio.all_tasks()
        async with emulator.client() as orchestrator:
            clock.rule(orchestrator)
            slots = orchestrator._transport._pool.slots
            permits = slots.free
            finance = orchestrator.folder(FOLDER)
            task, at = FLOWS[flow](flow(finance, emulator, tmp_path), at)
            tried += 1
            await asyncio.wait([task])
            ended = not task.cancelled()
            if ended:
                task.result()
            assert slots.free == permits, at
            assert not any(queue.waiting for queue in orchestrator._transport._pool.budgets._queues.values())
            assert (await finance.queue("Intake").definition()).name == "Intake"
        assert await left_of(others) == set(), at
        assert not list(tmp_path.glob("*.part*")), at
    assert tried > 5


async def left_of(others):
    """Return the tasks that stay; the server has one for each connection."""
    for _ in range(100):
        left = {each for each in asyncio.all_tasks() - others if each.get_name() != "cancels"}
        if not left:
            break
        await asyncio.sleep(0.001)
    return left
