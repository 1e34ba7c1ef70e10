"""200 tenants behind one pool at 1,000 requests a second, beside one bare aiohttp session that knows no tenants."""

from __future__ import annotations

import asyncio
import gc
import resource
import time
import tracemalloc
from contextlib import AsyncExitStack
from statistics import quantiles

import aiohttp
import orjson
from measure import Result
from server import listening

from uipath_odata import AccessToken, Orchestrator, Pool

TENANTS = 200
RATE = 1_000


async def at_a_steady_rate(request, seconds):
    """Start a request each millisecond, whether the last ones are answered or not; give seconds from due to done."""
    loop, running, taken = asyncio.get_running_loop(), set(), []

    async def timed(number, due):
        await request(number)
        taken.append(loop.time() - due)

    begin = loop.time()
    for number in range(int(seconds * RATE)):
        due = begin + number / RATE
        if due > loop.time():
            await asyncio.sleep(due - loop.time())
        running.add(task := asyncio.create_task(timed(number, due)))
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return taken


def base_of(base_url, number):
    return base_url.replace("/Default/", f"/tenant{number % TENANTS}/")


async def opened_tenants(stack, base_url):
    pool = Pool(concurrency=64)
    stack.push_async_callback(pool.close)
    clients = [
        Orchestrator(base_of(base_url, number), AccessToken(f"token-{number}"), pool=pool)
        for number in range(TENANTS)
    ]
    return [await stack.enter_async_context(client) for client in clients]


async def memory_of_a_tenant(base_url):
    """Bytes that one more client takes after its first request."""
    async with AsyncExitStack() as stack:
        first, *_ = await opened_tenants(stack, base_url)
        await first.robots.get(79)
    gc.collect()
    tracemalloc.start()
    async with AsyncExitStack() as stack:
        before, _ = tracemalloc.get_traced_memory()
        tenants = await opened_tenants(stack, base_url)
        for tenant in tenants:
            await tenant.robots.get(79)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / TENANTS


async def side_by_side(base_url, rounds, seconds):
    """Take turns between the two; give latencies and CPU seconds of both, and the peak memory after each round."""
    taken, peaks = {"aiohttp": [], "uipath_odata": []}, []
    cpu = dict.fromkeys(taken, 0.0)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64))
        )
        tenants = await opened_tenants(stack, base_url)

        async def bare(number):
            url = f"{base_of(base_url, number)}/odata/Robots(79)"
            headers = {"Authorization": f"Bearer token-{number % TENANTS}", "Accept-Encoding": "gzip"}
            async with session.get(url, headers=headers) as response:
                return orjson.loads(await response.read())

        async def ours(number):
            return await tenants[number % TENANTS].robots.get(79)

        for _ in range(rounds + 1):
            for name, request in (("aiohttp", bare), ("uipath_odata", ours)):
                begin = time.process_time()
                taken[name].append(await at_a_steady_rate(request, seconds))
                cpu[name] += time.process_time() - begin if len(taken[name]) > 1 else 0.0
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return (
        {name: [each for warm in rest for each in warm] for name, (_, *rest) in taken.items()},
        cpu,
        peaks[1:],
    )


def run(quick):
    rounds, seconds = (2, 1) if quick else (10, 10)
    with listening("jobs", 0) as base_url:
        memory = asyncio.run(memory_of_a_tenant(base_url))
        latencies, cpu, peaks = asyncio.run(side_by_side(base_url, rounds, seconds))
    title = f"{TENANTS} tenants, one pool, {RATE:,} requests a second"
    percentiles = {name: quantiles(taken, n=100) for name, taken in latencies.items()}
    p50 = {name: [each[49] * 1e3] for name, each in percentiles.items()}
    p99 = {name: [each[98] * 1e3] for name, each in percentiles.items()}
    spent = {name: [cpu[name] / len(taken) * 1e6] for name, taken in latencies.items()}
    shown = ", ".join(f"{peak:.0f}" for peak in peaks)
    note = f"One more tenant takes {memory / 1024:.1f} KiB. Peak memory of the process after each round, MiB: {shown}."
    return [
        Result(title, "p50, ms", p50, "aiohttp"),
        Result(title, "p99, ms", p99, "aiohttp"),
        Result(title, "cpu a request, µs", spent, "aiohttp", note),
    ]
