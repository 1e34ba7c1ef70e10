"""Any cuts give the multiset of one stream: on servers that tie, sort coarsely and answer from several replicas."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uipath_odata.errors import NotProven
from uipath_odata.partitions.partition import Partition
from uipath_odata.partitions.reading import position_of

from ..proof.reading import Reading, _Direct, read_from
from ..proof.worlds.churn import Churn
from ..proof.worlds.honesty import Caps, Counts, Lies, Support
from ..proof.worlds.question import Question
from ..proof.worlds.world import World

pytestmark = pytest.mark.simulation


def calm(seed, *, churn=None):
    """A world at random that answers truly, by replicas that may sort equals differently and coarsely."""
    drawn = World.make(seed)
    return attrs.evolve(
        drawn,
        lies=Lies(),
        counts=Counts(),
        support=Support(),
        replicas=attrs.evolve(drawn.replicas, lag=(0, 0, 0)),
        caps=Caps(),
        churn=churn or Churn(),
        question=Question(exact=True, ordered=False, workers=drawn.question.workers),
    )


def positions(world, borders):
    """The positions of partitions that meet at these borders, the first and the last without a bound of their own."""
    plan = "window" if world.table.window else "keyset"
    ends = [None, *sorted(borders), None]
    return [
        position_of(
            Partition(
                url="",
                tenant="",
                entity_set=world.table.name,
                plan=plan,
                exact=True,
                lo=lo,
                hi=hi,
                read_at="",
                list_id="",
            )
        )
        for lo, hi in pairwise(ends)
        if lo is None or lo != hi
    ]


async def read_partition(world, server, position):
    reading = Reading(world, server, newest=server.rows.newest)
    direct = _Direct(world, server, reading.newest)
    await read_from(reading, lambda _: direct.stream(position))
    return reading


def keys_of(server):
    return sorted({fact.key for fact in server.history.facts})


def is_one_bucket(world, keys):
    return world.table.window and len({key // 10_000 for key in keys}) == 1


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    number=st.sampled_from([0, 1, 2, 5, 30, 299]),
    near=st.booleans(),
    chance=st.randoms(use_true_random=False),
)
async def test_any_cuts_give_each_row_once(seed, number, near, chance):
    world = calm(seed)
    keys = keys_of(world.serve()) or [5]
    steps = (-1, 0, 0, 1) if near else range(-20_000, 20_000)
    borders = {max(1, chance.choice(keys) + chance.choice(steps)) for _ in range(number)}
    whole = await read_partition(world, world.serve(), None)
    found = Counter()
    for position in positions(world, borders):
        partition = await read_partition(world, world.serve(), position)
        if (
            not whole.ended
        ):  # a tie that nobody can prove is not proven in a partition either, or lies in another
            assert isinstance(whole.error, NotProven)
            continue
        if is_one_bucket(
            world, keys
        ):  # a partition beside the only bucket sees no second one, which would show the order
            assert partition.ended or isinstance(partition.error, NotProven)
            continue
        assert partition.ended, (str(world), position, partition.error)
        assert partition.proven
        found.update(partition.tokens)
    if whole.ended and not is_one_bucket(world, keys):
        assert found == Counter(whole.tokens) == world.serve().history.due(lambda row: True)


@pytest.mark.parametrize("seed", range(60))
async def test_rows_that_stay_come_once_whatever_comes_and_goes_between_the_partitions(seed):
    chance = random.Random(seed)
    world = calm(seed, churn=Churn(inserts=0.1, late=0.1, deletes=0.2, near=0.2))
    server = world.serve()
    server.patience = 10**6
    keys = keys_of(server) or [5]
    borders = {max(1, chance.choice(keys) + chance.choice((-1, 0, 1))) for _ in range(chance.randrange(8))}
    planned = positions(world, borders)
    chance.shuffle(planned)
    read = [await read_partition(world, server, position) for position in planned]
    found = Counter(token for each in read for token in each.tokens)
    unproven = [each.error for each in read if not each.ended]
    assert all(isinstance(error, NotProven) for error in unproven)
    if not unproven:
        stayed = server.history.due(lambda row: True)
        assert stayed <= found
        assert max((found[token] for token in stayed), default=1) == max(stayed.values(), default=1)
