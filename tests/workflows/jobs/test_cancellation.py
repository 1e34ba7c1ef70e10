"""Each workflow cancelled at every await of its own: no task, socket or permit stays, and the client goes on."""

from __future__ import annotations

import asyncio

import pytest

from uipath_odata import as_completed, wait_all

from ...cancelled_at import at_each_await, at_each_turn
from .scripted import Fate, Scripted


async def start(process, _):
    await process.start({"n": 1}, reference="batch-7")


async def lost_start(process, server):
    server.fates.append(Fate(cut=9, hidden=2))
    await process.start({"n": 1})


async def many(process, _):
    await process.start_many([{"n": number} for number in range(3)], concurrency=2)


async def wait(process, _):
    await (await process.start({"n": 1})).wait(timeout=60)


async def wait_for_all(process, _):
    runs = await process.start_many([{"n": number} for number in range(3)])
    await wait_all(runs)


async def as_they_end(process, _):
    runs = await process.start_many([{"n": number} for number in range(3)])
    async for run in as_completed(runs):
        await run.wait()


async def follow(process, server):
    run = await process.start({"n": 1})
    server.jobs[-1].polls = 3
    async for _log in run.logs(follow=True, settle=3):
        pass


async def steer(process, _):
    run = await process.start({"n": 1})
    await run.stop()
    await run.resume({"approved": True})


FLOWS = {
    **dict.fromkeys((start, lost_start, wait, follow, steer), at_each_await),
    **dict.fromkeys((many, wait_for_all, as_they_end), at_each_turn),
}


@pytest.mark.parametrize("flow", FLOWS)
async def test_a_cancellation_at_any_moment_leaves_nothing(flow):
    at, ended, tried = 1, False, 0
    while not ended:
        async with Scripted() as server, server.client() as orchestrator:
            slots = orchestrator._transport._pool.slots
            permits, others = slots.free, asyncio.all_tasks()
            process = orchestrator.process("Intake")
            task, at = FLOWS[flow](flow(process, server), at)
            tried += 1
            await asyncio.wait([task])
            ended = not task.cancelled()
            if ended:
                task.result()
            left = asyncio.all_tasks() - others - server.connections
            assert {each for each in left if each.get_name() != "cancels"} == set(), at
            assert slots.free == permits, at
            assert orchestrator.poller.waiting == 0, at
            assert not any(queue.waiting for queue in orchestrator._transport._pool.budgets._queues.values())
            assert len(server.received) == len(set(server.received)), at
            run = await process.start({"n": "after"})
            assert (await run.wait()).state == "Successful"
            await orchestrator.close()
            await server.no_connection()
    assert tried > 5
