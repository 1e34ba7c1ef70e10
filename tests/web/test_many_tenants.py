"""Thousands of tenants in one process: nothing of one reaches another, and the last is served as the first was."""

from __future__ import annotations

import asyncio
import gc
import re
import tracemalloc
from array import array
from contextlib import asynccontextmanager
from statistics import quantiles

import attrs
import pytest
from aiohttp import web

from uipath_odata import AccessToken, Orchestrator, Pool
from uipath_odata.errors import Forbidden, RateLimited
from uipath_odata.web import TenantClients

REFUSED, LIMITED = 7, 11
"""Each so manieth tenant may not read, or is told to slow down."""


def expected(number):
    return "limited" if number % LIMITED == 0 else "refused" if number % REFUSED == 0 else f"robot-{number}"


@attrs.define
class Server:
    """One server of all tenants, which hears what each request brings of another tenant."""

    strays: list = attrs.field(factory=list)
    served: bytearray = attrs.field(factory=lambda: bytearray(10_000))

    async def answer(self, request):
        number = int(request.match_info["tenant"])
        self.served[number] += 1
        brought = re.findall(r"canary-(\d+)", " ".join([str(request.rel_url), *request.headers.values()]))
        if brought != [str(number)] or "Cookie" in request.headers:
            self.strays.append((number, dict(request.headers)))
        cookie = {"Set-Cookie": f"session=canary-{number}; Path=/"}
        match expected(number):
            case "limited":
                return web.json_response(
                    {"message": f"canary-{number}"}, status=429, headers={"Retry-After": "55", **cookie}
                )
            case "refused":
                return web.json_response({"message": f"canary-{number}"}, status=403, headers=cookie)
            case name:
                return web.json_response({"Id": 79, "Name": name}, headers=cookie)

    @asynccontextmanager
    async def running(self):
        app = web.Application()
        app.router.add_get("/{tenant}/Default/orchestrator_/odata/Robots(79)", self.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


@attrs.define
class Visits:
    """Ask each tenant once, some at the same time; note what it said and how long it took."""

    tenants: TenantClients
    wrong: list = attrs.field(factory=list)
    seconds: array = attrs.field(factory=lambda: array("d"))

    async def one(self, number):
        began = asyncio.get_running_loop().time()
        client = (await self.tenants.client(number)).with_options(max_wait=1, retries=0)
        try:
            said = (await client.robots.get(79)).name
        except RateLimited as error:
            said, text = "limited", str(error)
        except Forbidden as error:
            said, text = "refused", str(error)
        else:
            text = ""
        foreign = {*re.findall(r"canary-(\d+)", text)} - {str(number)}
        if said != expected(number) or foreign:
            self.wrong.append((number, said, foreign))
        self.seconds.append(asyncio.get_running_loop().time() - began)

    async def all(self, numbers, at_once):
        waiting = iter(numbers)

        async def visitor():
            for number in waiting:
                await self.one(number)

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(visitor())


async def visited(count, at_once, max_clients):
    """Visit so many tenants; give what was held after each tenth, and the visits."""
    server, held = Server(), []
    async with server.running() as url, Pool(concurrency=32) as pool:

        def open_client(number, pool):
            return Orchestrator(
                f"{url}/{number}/Default/orchestrator_", AccessToken(f"canary-{number}"), pool=pool
            )

        async with TenantClients(pool, open_client, max_clients=max_clients, max_wait=60) as tenants:
            visits = Visits(tenants)
            tracemalloc.start()
            for tenth in range(10):
                await visits.all(range(tenth * count // 10, (tenth + 1) * count // 10), at_once)
                # What is held for the last minute depends on how fast the machine is.
                pool.budgets._many = 0
                pool.budgets.forget_idle(asyncio.get_running_loop().time() + 61)
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
            tracemalloc.stop()
            assert len(tenants) <= max_clients
    assert server.strays == []
    assert visits.wrong == []
    assert server.served == b"\1" * count + b"\0" * (10_000 - count)
    return held, visits.seconds


@pytest.mark.parametrize(("at_once", "max_clients"), [(1, 5), (20, 40), (40, 10)])
async def test_nothing_of_a_tenant_reaches_another_and_memory_stays(at_once, max_clients):
    held, _ = await visited(200, at_once, max_clients)
    assert held[-1] < 1.5 * held[4]


@pytest.mark.full
async def test_nor_among_10_000_whose_last_are_served_as_the_first():
    held, seconds = await visited(10_000, 20, 100)
    p99 = [quantiles(seconds[tenth * 1_000 : (tenth + 1) * 1_000], n=100)[98] * 1e3 for tenth in range(10)]
    print(f"p99 by tenths, ms: {[round(each, 1) for each in p99]}; KiB: {[each // 1024 for each in held]}")  # noqa: T201
    # 10,000 clients would be 110 MB; the limits that refusals taught are kept for an hour.
    assert held[-1] < 2 * held[1]
    assert sum(p99[5:]) < 1.5 * sum(p99[:5])
