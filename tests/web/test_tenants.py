from __future__ import annotations

import asyncio
import gc
import tracemalloc

import attrs
import pytest

from uipath_odata import AccessToken, Orchestrator, Pool
from uipath_odata.errors import OrchestratorError, QueryError
from uipath_odata.transport.clock import Clock
from uipath_odata.web import TenantClients


@attrs.define
class Opener:
    opened: list = attrs.field(factory=list)
    closed: list = attrs.field(factory=list)

    def __call__(self, key, pool):
        self.opened.append(key)
        opener = self

        class Seen(Orchestrator):
            async def close(self):
                opener.closed.append(key)
                await super().close()

        return Seen(
            f"https://o.example.com/{key}/Default/orchestrator_", AccessToken(f"token of {key}"), pool=pool
        )


@attrs.define
class Time:
    now: float = 0.0
    sleeping: asyncio.Event = attrs.field(factory=asyncio.Event)

    async def sleep(self, seconds):
        if seconds < 1:
            self.now += seconds
            await asyncio.sleep(0)
        else:
            await self.sleeping.wait()
            self.sleeping.clear()

    @property
    def clock(self):
        return Clock(monotonic=lambda: self.now, sleep=self.sleep)


async def test_each_client_is_made_once_also_for_many_at_once():
    opener = Opener()

    async def slowly(key, pool):
        await asyncio.sleep(0)
        return opener(key, pool)

    async with Pool() as pool, TenantClients(pool, slowly) as tenants:
        found = await asyncio.gather(*(tenants.client(f"t{number % 3}") for number in range(300)))
        assert len({id(each) for each in found}) == 3
    assert sorted(opener.opened) == sorted(opener.closed) == ["t0", "t1", "t2"]


async def test_an_error_is_everybodys_and_the_next_call_tries_again():
    opener, broken = Opener(), [True]

    async def open_client(key, pool):
        await asyncio.sleep(0)
        if broken:
            broken.clear()
            raise KeyError(key)
        return opener(key, pool)

    async with Pool() as pool, TenantClients(pool, open_client) as tenants:
        found = await asyncio.gather(*(tenants.client("a") for _ in range(5)), return_exceptions=True)
        assert {type(each) for each in found} == {KeyError}
        assert await tenants.client("a")


async def test_who_is_cancelled_leaves_the_making_to_the_others():
    opener, may_end = Opener(), asyncio.Event()

    async def open_client(key, pool):
        await may_end.wait()
        return opener(key, pool)

    async with Pool() as pool, TenantClients(pool, open_client) as tenants:
        first, second = (asyncio.create_task(tenants.client("a")) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        may_end.set()
        assert await second
    assert opener.opened == ["a"]


async def test_the_client_idle_longest_makes_room_and_one_in_use_never():
    opener, time = Opener(), Time()
    async with (
        Pool() as pool,
        TenantClients(pool, opener, max_clients=2, max_wait=1, clock=time.clock) as tenants,
    ):
        async with tenants.holding("a"):
            time.now += 1
            await tenants.client("b")
            time.now += 1
            await tenants.client("c")
            assert opener.closed == ["b"]
            async with tenants.holding("c"):
                with pytest.raises(OrchestratorError, match="All 2 clients are in use"):
                    await tenants.client("d")
        assert await tenants.client("d")
        assert len(tenants) == 2


async def test_a_client_with_a_request_under_way_is_in_use():
    opener, time = Opener(), Time()
    async with (
        Pool() as pool,
        TenantClients(pool, opener, max_clients=1, max_wait=0, clock=time.clock) as tenants,
    ):
        client = await tenants.client("a")
        client._transport.under_way = 1
        with pytest.raises(OrchestratorError):
            await tenants.client("b")
        client._transport.under_way = 0
        assert await tenants.client("b")


async def test_a_client_that_somebody_waits_for_is_in_use_until_they_have_it():
    opener = Opener()
    async with Pool() as pool, TenantClients(pool, opener, max_clients=1, max_wait=0) as tenants:
        waiting = asyncio.create_task(tenants.client("a"))
        for _ in range(9):
            await asyncio.sleep(0)
            if tenants._kept["a"].made.done():
                break
        assert not waiting.done()
        with pytest.raises(OrchestratorError, match="in use"):
            await tenants.client("b")
        assert await waiting
        assert opener.closed == []
        assert await tenants.client("b")


async def test_what_is_idle_too_long_is_closed():
    opener, time = Opener(), Time()
    async with Pool() as pool, TenantClients(pool, opener, idle=60, clock=time.clock) as tenants:
        await tenants.client("a")
        time.now += 61
        await tenants.client("b")
        time.sleeping.set()
        for _ in range(20):
            await asyncio.sleep(0)
        assert opener.closed == ["a"]


async def test_after_the_end_nothing_is_opened():
    opener = Opener()
    async with Pool() as pool:
        async with TenantClients(pool, opener) as tenants:
            await tenants.client("a")
        with pytest.raises(OrchestratorError, match="closed"):
            await tenants.client("a")
    assert opener.opened == opener.closed == ["a"]


@pytest.mark.parametrize(
    "wrong", [{"max_clients": 0}, {"idle": 0}, {"max_wait": -1}, {"max_wait": float("nan")}]
)
async def test_bounds_that_bound_nothing_are_refused(wrong):
    with pytest.raises(QueryError):
        TenantClients(Pool(), Opener(), **wrong)


async def many_tenants(count):
    """Ask so many tenants one after the other; give the bytes held after each tenth."""
    held = []
    async with Pool() as pool, TenantClients(pool, Opener(), max_clients=20) as tenants:
        pool.budgets._many = 64
        tracemalloc.start()
        for number in range(count):
            client = await tenants.client(number)
            assert client._transport._tokens._credentials.exchange
            pool.budgets.queue(client._transport._tenant, "Jobs.list", 80)
            if number % (count // 10) == count // 10 - 1:
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert len(tenants) == 20
        assert len(pool.slots._tenants) == 20
        assert len(pool.budgets._queues) <= max(64, count // 4)
    return held


async def test_the_memory_of_many_tenants_is_that_of_a_few():
    held = await many_tenants(600)
    assert held[-1] < 1.5 * held[2]


@pytest.mark.full
async def test_the_memory_of_10_000_tenants_is_that_of_a_few():
    held = await many_tenants(10_000)
    assert held[-1] < 1.5 * held[2]


async def test_a_making_that_hangs_and_that_nobody_waits_for_takes_no_place():
    opener, cancelled = Opener(), []

    async def hanging(key, pool):
        if key != "hangs":
            return opener(key, pool)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(key)
            raise

    async with Pool() as pool, TenantClients(pool, hanging, max_clients=1, max_wait=0) as tenants:
        for _ in range(2):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await tenants.client("hangs")
        waiting = asyncio.create_task(tenants.client("hangs"))
        await asyncio.sleep(0)
        with pytest.raises(OrchestratorError, match="in use"):
            await tenants.client("acme")
        waiting.cancel()
        await asyncio.wait([waiting])
        await tenants.client("acme")
        assert (cancelled, len(tenants)) == (["hangs"], 1)


async def test_what_is_not_a_client_is_refused_and_asked_for_again():
    opener, made = Opener(), [None]
    async with (
        Pool() as pool,
        TenantClients(pool, lambda key, pool: made.pop() if made else opener(key, pool)) as tenants,
    ):
        with pytest.raises(QueryError, match="made NoneType"):
            await tenants.client("acme")
        assert len(tenants) == 0
        assert isinstance(await tenants.client("acme"), Orchestrator)
