"""R53: no tenant of a pool takes the place of another, and none waits for ever."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from uipath_odata.transport.slots import Slots


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


class Holder:
    """An attempt that stays on the wire until it is told to end."""

    def __init__(self, slots, tenant, went, *, bulk=False):
        self.end = asyncio.Event()
        self.tenant, self.bulk = tenant, bulk
        self.task = asyncio.create_task(self.hold(slots, went))

    async def hold(self, slots, went):
        async with slots.slot(self.tenant, bulk=self.bulk):
            went.append(self)
            await self.end.wait()


def shared(total, *tenants):
    slots = Slots(total)
    for tenant in tenants:
        slots.join(tenant)
    return slots


async def test_one_tenant_alone_has_all_slots():
    slots, went = shared(8, "a"), []
    holders = [Holder(slots, "a", went) for _ in range(9)]
    await settle()
    assert (len(went), slots.free) == (8, 0)
    for each in holders:
        each.end.set()
    await asyncio.gather(*(each.task for each in holders))
    assert slots.free == 8


async def test_a_tenant_whose_server_hangs_leaves_slots_to_the_others():
    slots, went = shared(32, "hangs", "b", "c"), []
    stuck = [Holder(slots, "hangs", went) for _ in range(1_000)]
    await settle()
    others = [Holder(slots, tenant, went) for tenant in ("b", "c")]
    await settle()
    assert {each.tenant for each in went} == {"hangs", "b", "c"}
    for each in (*stuck, *others):
        each.task.cancel()
    await asyncio.gather(*(each.task for each in (*stuck, *others)), return_exceptions=True)
    assert slots.free == 32


async def test_tenants_take_turns_and_interactive_attempts_go_ahead_of_bulk_of_their_tenant():
    slots, went = shared(1, "a", "b"), []
    first = Holder(slots, "a", went)
    await settle()
    waiting = [Holder(slots, "a", went, bulk=True), Holder(slots, "a", went), Holder(slots, "a", went)]
    waiting += [Holder(slots, "b", went, bulk=True), Holder(slots, "b", went)]
    for each in (first, *waiting):
        each.end.set()
    await asyncio.gather(first.task, *(each.task for each in waiting))
    assert [(each.tenant, each.bulk) for each in went] == [
        ("a", False),
        ("a", False),
        ("b", False),
        ("a", False),
        ("b", True),
        ("a", True),
    ]


@pytest.mark.parametrize("seed", range(20))
async def test_cancelled_anywhere_no_slot_is_lost(seed):
    chance = Random(seed)
    slots, went = shared(3, "a", "b", "c"), []
    holders = []
    for _ in range(200):
        holders.append(Holder(slots, chance.choice("abc"), went, bulk=chance.random() < 0.5))
        for each in chance.sample(holders, min(3, len(holders))):
            each.end.set() if chance.random() < 0.5 else each.task.cancel()
        for _ in range(chance.randrange(3)):
            await asyncio.sleep(0)
    for each in holders:
        each.end.set()
    await asyncio.gather(*(each.task for each in holders), return_exceptions=True)
    assert slots.free == 3
    assert not slots._held
    assert not slots._lines
