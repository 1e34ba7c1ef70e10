"""Answers of StartTransaction and SetTransactionResult that are lost at any byte, done, undone or done later."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

import pytest

from tests.workflows.queue_world import FINE, Fate, QueueWorld, random_fate
from uipath_odata import BusinessError
from uipath_odata.errors import Conflict, OutcomeUnknown

HANDLED = ("StartTransaction", "SetTransactionResult")


def seeds(quick):
    """Schedules that CI runs, and as many more as make a proof."""
    return [*range(quick), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(quick, 3_000))]


def schedule(rng, share, faults, *, of=HANDLED):
    left = [random_fate(rng, share) for _ in range(faults)]
    return lambda name: left.pop(0) if left and name in of else FINE


def fill(world, count):
    for number in range(count):
        world._add({"Reference": f"INV-{number}", "SpecificContent": {"n": number}})


def handler_of(rng, begun):
    async def handle(item):
        begun[item.id] += 1
        await asyncio.sleep(0)
        if (chance := rng.random()) < 0.2:
            raise BusinessError("not to be done")
        if chance < 0.4:
            raise ValueError("broken")
        return {"n": item.content["n"]}

    return handle


async def until_it_ends(client, handler, unknown, **options):
    """Perform, and again after each start whose outcome is unknown, as a supervisor would."""
    while True:
        try:
            return await client.queue("Q").perform(handler, until_empty=True, alive_every=None, **options)
        except OutcomeUnknown as error:
            unknown.append(error)


@pytest.mark.parametrize("seed", seeds(45))
async def test_four_performers_of_one_robot_work_on_no_item_twice_and_lose_none_unnamed(seed):
    rng, begun, unknown = Random(seed), Counter(), []
    async with QueueWorld(schedule(rng, 0.4, 12), retries=1) as world:
        fill(world, rng.randint(4, 12))
        clients = [world.client() for _ in range(4)]
        handler = handler_of(rng, begun)
        runs = (until_it_ends(each, handler, unknown, concurrency=rng.choice((1, 2))) for each in clients)
        await asyncio.gather(*runs)
        world.settle()
        await until_it_ends(clients[0], handler, unknown)
        for client in clients:
            await client.close()
        check(world, begun, unknown)


@pytest.mark.parametrize("seed", seeds(30))
async def test_a_sole_worker_finds_the_item_that_a_lost_answer_took(seed):
    rng, begun, unknown = Random(seed), Counter(), []
    async with QueueWorld(schedule(rng, 0.5, 8), retries=1) as world, world.client() as client:
        fill(world, 6)
        await until_it_ends(client, handler_of(rng, begun), unknown, sole_worker=True, concurrency=2)
        world.settle()
        await until_it_ends(client, handler_of(rng, begun), unknown, sole_worker=True)
        check(world, begun, unknown)
        done = [fate for fate in world.requests if fate == "StartTransaction"]
        assert done


def check(world, begun, unknown):
    """Each item was worked on at most once and has one result; what is left InProgress belongs to an error each."""
    assert set(begun.values()) <= {1}
    assert all(len(results) == 1 for results in world.results.values())
    left = [item["Id"] for item in world.items if item["Status"] == "InProgress"]
    assert not any(item["Status"] == "New" for item in world.items)
    assert set(begun) | set(left) == set(world.starts)
    assert len(left) <= len(unknown)
    ended = {item["Id"] for item in world.items} - set(left)
    assert ended == set(world.results)


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.full)])
@pytest.mark.parametrize("fails", [False, True])
async def test_a_result_arrives_once_wherever_its_answer_is_cut(step, fails):
    fates = [Fate(at=at) for at in range(0, 100, step)]
    fates += [Fate(performed=False), *(Fate(performed=False, later=later) for later in (1, 2, 3, 9))]
    for fate in fates:
        left = [fate]
        async with QueueWorld(retries=1) as world, world.client() as client:
            fill(world, 1)
            world.fate = lambda name, left=left: (
                left.pop() if left and name == "SetTransactionResult" else FINE
            )
            work = client.queue("Q").work(until_empty=True, alive_every=None)
            item = await anext(work)
            async with item:
                if fails:
                    raise ValueError("broken")
            world.settle()
            assert item.ended == ("application failure" if fails else "successful")
            assert world.results[1] == ["Retried" if fails else "Successful"]
            assert len(world.items) == 1 + fails


@pytest.mark.parametrize("step", [23, pytest.param(1, marks=pytest.mark.full)])
async def test_a_start_is_never_repeated_wherever_its_answer_is_cut(step):
    for at in range(0, 400, step):
        left = [Fate(at=at)]
        async with (
            QueueWorld(lambda name, left=left: left.pop() if left else FINE) as world,
            world.client() as client,
        ):
            fill(world, 2)
            try:
                item = await anext(client.queue("Q").work(alive_every=None))
            except OutcomeUnknown as error:
                named = error.find_by["Id"]
                assert named == ("1",)
            else:
                assert item.id == 1
            assert world.requests.count("StartTransaction") == 1
            assert [each["Status"] for each in world.items] == ["InProgress", "New"]


async def test_what_was_in_progress_before_is_never_adopted():
    async with QueueWorld() as world, world.client() as client:
        fill(world, 2)
        world._start({})
        world.fate = lambda _: Fate(performed=False)
        with pytest.raises(OutcomeUnknown, match="none was seen InProgress"):
            await anext(client.queue("Q").work(sole_worker=True, alive_every=None))
        world.fate = lambda _: Fate(at=0)
        item = await anext(client.queue("Q").work(sole_worker=True, alive_every=None))
        assert item.id == 2


async def test_a_new_item_is_found_by_our_reference_and_not_by_the_callers():
    async with QueueWorld(lambda _: Fate(at=0)) as world, world.client() as client:
        ours = await client.queue("Q").add_and_take({"n": 1}, alive_every=None)
        assert (ours.id, world.items[0]["Status"]) == (1, "InProgress")
        with pytest.raises(OutcomeUnknown):
            await client.queue("Q").add_and_take({"n": 1}, reference="A", alive_every=None)
        assert world.requests.count("StartTransaction") == 2


async def test_a_lost_answer_to_progress_does_not_end_the_work():
    async with QueueWorld(lambda name: Fate(at=0) if name == "SetTransactionProgress" else FINE) as world:
        fill(world, 1)
        async with world.client() as client, await anext(client.queue("Q").work(alive_every=None)) as item:
            await item.progress("half")
        assert world.results[1] == ["Successful"]


async def test_a_result_whose_item_ended_otherwise_meanwhile_is_a_conflict():
    async with QueueWorld() as world, world.client() as client:
        fill(world, 1)
        item = await anext(client.queue("Q").work(alive_every=None))
        left = [Fate(performed=False)]

        def abandoned(_):
            world.items[0]["Status"] = "Abandoned"
            return left.pop() if left else FINE

        world.fate = abandoned
        with pytest.raises(Conflict, match="somebody else ended it"):
            async with item:
                pass


async def test_a_result_that_never_arrives_is_unknown_and_names_its_item():
    async with QueueWorld() as world, world.client() as client:
        fill(world, 1)
        item = await anext(client.queue("Q").work(alive_every=None))
        world.fate = lambda _: Fate(performed=False)
        with pytest.raises(OutcomeUnknown, match="item 1") as caught:
            async with item:
                pass
        assert caught.value.find_by == {"Id": ("1",)}


@pytest.mark.parametrize("write", HANDLED)
async def test_a_cancellation_while_an_item_is_taken_or_ended_waits_for_the_answer(write):
    gate = asyncio.Event()
    async with QueueWorld(retries=1) as world, world.client() as client:
        fill(world, 1)
        world.gates[write] = gate
        task = asyncio.create_task(each_worked_on(client.queue("Q")))
        while write not in world.requests:  # noqa: ASYNC110 - of the server's
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0.01)
        assert not task.done()
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert world.results[1] == ["Retried" if write == "StartTransaction" else "Successful"]


async def each_worked_on(queue):
    async for item in queue.work(until_empty=True, alive_every=60):
        async with item:
            await item.progress("half")


async def added_and_taken(queue):
    async with await queue.add_and_take({"n": 1}, alive_every=None):
        pass


FLOWS = {
    "working": each_worked_on,
    "adding and taking": added_and_taken,
    "adding one": lambda queue: queue.add({"n": 1}, reference="new"),
    "adding many": lambda queue: queue.add_all(
        [{"n": number} for number in range(9)], reference=lambda row: f"new {row['n']}", chunk_size=2
    ),
    "performing": lambda queue: queue.perform(
        lambda _: asyncio.sleep(0), until_empty=True, concurrency=2, alive_every=None
    ),
}


def serving():
    """Return the tasks of the server, one for each connection that a client holds open."""
    return {each for each in asyncio.all_tasks() if "_serve" in repr(each.get_coro())}


@pytest.mark.parametrize("flow", FLOWS)
async def test_a_cancellation_at_any_moment_leaves_no_task_no_permit_and_no_socket(flow):
    """Of what was taken, each item has a result."""
    ticks, ended = 0, False
    while not ended:
        ticks += 1 + ticks // 8
        async with QueueWorld(retries=1) as world:
            fill(world, 3)
            client = world.client()
            before, permits = asyncio.all_tasks(), client._transport._pool.slots.free
            task = asyncio.create_task(FLOWS[flow](client.queue("Q")))
            for _ in range(ticks):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            ended = not task.cancelled()
            assert asyncio.all_tasks() - before - serving() == set(), ticks
            assert client._transport._pool.slots.free == permits, ticks
            assert "InProgress" not in {item["Status"] for item in world.items}, ticks
            assert set(
                Counter(item["Reference"] for item in world.items if item["RetryNumber"] == 0).values()
            ) <= {1}
            await client.close()
            async with asyncio.timeout(30):
                while served := serving():
                    await asyncio.wait(served)
    assert ticks > 10
