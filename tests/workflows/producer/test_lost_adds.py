"""Answers that are lost at any byte, with the items added, not added, or added later."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.workflows.queue_world import FINE, Fate, QueueWorld, random_fate
from uipath_odata.errors import OutcomeUnknown, RowsUndecided


def seeds(quick):
    """Schedules that CI runs, and as many more as make a proof."""
    return [*range(quick), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(quick, 3_000))]


def schedule(seed, share=0.5, faults=12):
    """Half of the first writes go wrong, later ones go well."""
    rng = Random(seed)
    left = [random_fate(rng, share) for _ in range(faults)]
    return lambda _: left.pop(0) if left else FINE


def once(fate):
    left = [fate]
    return lambda _: left.pop() if left else FINE


def rows(rng):
    return [{"Invoice": f"INV-{number}", "n": number} for number in range(rng.randint(1, 40))]


def everything(result):
    return Counter(
        each.row
        for part in (result.added, result.duplicates, result.rejected, result.undecided)
        for each in part
    )


@pytest.mark.parametrize("seed", seeds(40))
async def test_each_row_is_added_once_where_references_are_unique(seed):
    rng = Random(seed)
    given, size = rows(rng), rng.choice((1, 3, 10, 100))
    async with QueueWorld(schedule(seed), largest=rng.choice((None, 5))) as world, world.client() as client:
        for _ in range(10):
            try:
                result = await client.queue("Q").add_all(given, reference_column="Invoice", chunk_size=size)
                break
            except RowsUndecided as error:
                result, named = error.result, error.find_by["Reference"]
                assert set(named) == {each.reference for each in result.undecided}
            assert set(everything(result).values()) <= {1}
        world.settle()
        assert everything(result) == Counter(range(1, len(given) + 1))
        assert not result.rejected
        assert Counter(item["Reference"] for item in world.items) == Counter(row["Invoice"] for row in given)


@pytest.mark.parametrize("seed", seeds(20))
async def test_no_row_is_added_twice_where_nothing_but_reading_tells(seed):
    rng = Random(seed)
    given, size = rows(rng), rng.choice((1, 3, 10))
    async with QueueWorld(schedule(seed, 0.3), unique=False) as world, world.client() as client:
        try:
            result = await client.queue("Q").add_all(
                given, reference_column="Invoice", check="read", chunk_size=size
            )
        except RowsUndecided as error:
            result = error.result
        world.settle()
        there = Counter(item["Reference"] for item in world.items)
        undecided = {each.reference for each in result.undecided}
        assert set(there.values()) <= {1}
        assert {each.reference for each in result.added} == set(there) - undecided


@pytest.mark.parametrize("seed", seeds(15))
async def test_rows_without_references_are_named_when_their_answer_is_lost(seed):
    rng = Random(seed)
    given, size = rows(rng), rng.choice((1, 3, 10))
    async with QueueWorld(schedule(seed, 0.3), unique=False) as world, world.client() as client:
        try:
            result = await client.queue("Q").add_all(given, reference=None, chunk_size=size)
        except RowsUndecided as error:
            result = error.result
        world.settle()
        there = Counter(item["SpecificContent"]["n"] + 1 for item in world.items)
        assert set(there.values()) <= {1}
        assert {each.row for each in result.added} == set(there) - {each.row for each in result.undecided}


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.full)])
@pytest.mark.parametrize("performed", [True, False])
async def test_one_item_is_added_once_wherever_its_answer_is_cut(performed, step):
    """An answer of AddQueueItem has some 330 bytes; one to what was not done has none."""
    for at in range(0, 340 if performed else 1, step):
        async with QueueWorld(once(Fate(performed, at=at))) as world, world.client() as client:
            item = await client.queue("Q").add({"n": 1}, reference="A")
            assert [each["Id"] for each in world.items] == [item.id]


@pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.full)])
@pytest.mark.parametrize("unique", [True, False])
async def test_a_chunk_is_added_once_wherever_its_answer_is_cut(unique, step):
    """An answer of BulkAddQueueItems has some 130 bytes; nothing cuts it from 200 on."""
    check = None if unique else "read"
    for at in range(0, 210, step):
        async with QueueWorld(once(Fate(at=at)), unique=unique) as world, world.client() as client:
            given = rows(Random(at))
            result = await client.queue("Q").add_all(given, reference_column="Invoice", check=check)
            assert [each.row for each in result.added] == [*range(1, len(given) + 1)]
            assert len(world.items) == len(given)
            assert world.requests.count("BulkAddQueueItems") == 1


@pytest.mark.parametrize("fate", [Fate(at=0), Fate(performed=False), Fate(performed=False, later=2)])
async def test_after_a_lost_answer_new_rows_are_told_from_those_that_the_queue_had(fate):
    given = [{"Invoice": f"INV-{number}"} for number in range(6)]
    async with QueueWorld() as world, world.client() as client:
        queue = client.queue("Q")
        await queue.add_all(given[:3], reference_column="Invoice")
        world.fate = once(fate)
        result = await queue.add_all(given, reference_column="Invoice")
        assert [each.row for each in result.duplicates] == [1, 2, 3]
        assert [each.row for each in result.added] == [4, 5, 6]


async def test_one_item_whose_answer_is_lost_is_not_sent_again_where_references_repeat():
    async with (
        QueueWorld(lambda _: Fate(performed=True, at=0), unique=False) as world,
        world.client() as client,
    ):
        with pytest.raises(OutcomeUnknown, match="the queue has item 1 with this Reference") as caught:
            await client.queue("Q").add({"n": 1}, reference="A")
        assert caught.value.find_by == {"Reference": ("A",)}
        assert world.requests.count("AddQueueItem") == 1


async def test_another_item_of_the_same_reference_is_not_taken_for_the_lost_one():
    async with QueueWorld() as world, world.client() as client:
        await client.queue("Q").add({"n": 1}, reference="A")
        world.fate = lambda _: Fate(performed=True, at=0)
        with pytest.raises(OutcomeUnknown, match="compare them"):
            await client.queue("Q").add({"n": 2}, reference="A")
        assert len(world.items) == 1
