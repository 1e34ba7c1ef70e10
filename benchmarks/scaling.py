"""How time, memory and requests grow: rows, concurrency and latency, an exact scan, a small query, the loop's lag."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import subprocess
import sys
import time
import tracemalloc
from collections import defaultdict
from statistics import median, quantiles

import aiohttp
import orjson
from environments import PEERS
from measure import Result
from rows import page
from server import listening
from windowed import WindowedLogs
from yarl import URL

from uipath_odata import AccessToken, Orchestrator, Settings
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.entities import Job, RobotLog
from uipath_odata.odata.rows.decode import decode
from uipath_odata.operations import EntitySets
from uipath_odata.transport.request import Response

CONCURRENCIES = (1, 2, 4, 8, 16, 32)


def run(quick):
    return [
        *rows(quick),
        *concurrency(quick),
        lag(quick),
        asyncio.run(exact_scan(quick)),
        small_query(quick),
        entity_bytes(),
    ]


def rows(quick):
    """Read 10,000 to 1,000,000 logs, each size in a process of its own."""
    sizes = (1, 2) if quick else (10, 100, 1_000)
    spent, memory = defaultdict(list), defaultdict(list)
    with listening("logs", max(sizes)) as base_url:
        for _, size, how in itertools.product(range(_rounds(quick)), sizes, ("entities", "dicts")):
            taken = _ours(base_url, size, how)
            assert taken["rows"] == size * 1_000
            name = f"uipath_odata, {how}, {size * 1_000:,} rows"
            spent[name].append(taken["cpu"] / size * 1e3)
            memory[name].append(taken["rss"])
    return [
        Result("Stream more and more logs, a page", "cpu, ms", dict(spent)),
        Result("Stream more and more logs, peak memory of the process", "MiB", dict(memory)),
    ]


def _rounds(quick):
    return 1 if quick else 5


def _ours(base_url, pages, how):
    command = [sys.executable, PEERS / "ours.py", base_url, "logs", str(pages), "time", how]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def concurrency(quick):
    """Wall time a page, and as a multiple of what CPU or latency alone allow."""
    pages, results = (4 if quick else 64), []
    for latency, jitter in ((0.02, 0.0), (0.02, 0.8), (0.1, 0.0)):
        taken, least = defaultdict(list), defaultdict(list)
        with listening("logs", pages, latency=latency, jitter=jitter) as base_url:
            for _, each in itertools.product(range(_rounds(quick)), CONCURRENCIES[: 2 if quick else None]):
                cpu, wall = time.process_time(), time.perf_counter()
                asyncio.run(_read(base_url, each, pages))
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                taken[f"uipath_odata, {each} at once"].append(wall / pages * 1e3)
                least[each].append(wall / max(cpu, pages / each * latency))
        how = f"{latency * 1e3:.0f} ms latency" + (f" give or take {jitter:.0%}" if jitter else "")
        multiples = ", ".join(f"{each}: {median(multiple):.2f}" for each, multiple in least.items())
        note = f"Wall time over the larger of CPU time and pages / concurrency x latency: {multiples}."
        results.append(Result(f"Stream logs at {how}, a page", "wall, ms", dict(taken), note=note))
    return results


async def _read(base_url, concurrency, pages):
    settings = Settings(window=10**9, requests_a_minute=10**6)
    async with Orchestrator(base_url, AccessToken("a-token"), settings=settings) as orchestrator:
        query = orchestrator.robot_logs.top(pages * 1_000)
        async with query.stream(concurrency=concurrency, paging="offset") as stream:
            async for _ in stream.pages():
                pass


def lag(quick):
    """Measure how late a task wakes that sleeps 1 ms at a time while entities are streamed, in a process of its own."""
    pages, figures = (4 if quick else 100), defaultdict(list)
    with listening("logs", pages, latency=0.02) as base_url:
        for _ in range(_rounds(quick)):
            command = [sys.executable, PEERS / "lag.py", base_url, str(pages)]
            late = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            cuts = quantiles(late, n=100)
            figures["uipath_odata, median"].append(cuts[49])
            figures["uipath_odata, p99"].append(cuts[98])
    return Result("Lag of the event loop while logs are streamed as entities, 8 at once", "ms", dict(figures))


class _InMemory:
    """A sender whose server is a list in this process."""

    def __init__(self, logs):
        self.logs = logs

    async def send(self, request, into=None):
        del into
        await asyncio.sleep(0)
        options = dict(part.split("=", 1) for part in _plain(request.query).split("&") if part)
        if request.path.endswith("GetTotalCount"):
            body = orjson.dumps({"value": self.logs.answer(options)["@odata.count"]})
        else:
            body = orjson.dumps(self.logs.answer(options))
        return Response(status=200, headers={}, body=body)


def _plain(query):
    return query.replace("%20", " ").replace("%27", "'").replace("%3A", ":")


async def exact_scan(quick):
    """Count the requests of an exact scan of logs that are uniform in time, against the fewest there could be."""
    count = 5_000 if quick else 200_000
    figures = {}
    for ordered in (False, True):
        logs = WindowedLogs(count)
        sets = EntitySets(TenantChannel(_InMemory(logs), URL("https://orchestrator.test/")))
        async with sets.robot_logs.dicts().stream(concurrency=8, ordered=ordered) as stream:
            found = sum([len(each) async for each in stream.pages()])
        assert found == count
        assert stream.report.requests == logs.requests
        how = "ordered" if ordered else "ordered=False"
        figures[f"uipath_odata, {how}"] = [logs.requests / math.ceil(count / 1_000)]
    title = f"Requests of an exact scan of {count:,} uniform logs, 8 at once, against rows / 1,000"
    return Result(title, "multiple", figures)


def small_query(quick):
    """Time a query that one page answers, beside the same request by aiohttp alone."""
    times = 100 if quick else 2_000
    taken = {"aiohttp": [], "uipath_odata": []}

    async def side_by_side(base_url):
        settings = Settings(window=10**9, requests_a_minute=10**6)
        async with (
            aiohttp.ClientSession(headers={"Authorization": "Bearer a-token"}) as session,
            Orchestrator(base_url, AccessToken("a-token"), settings=settings) as orchestrator,
        ):
            url = orchestrator.robots.top(1).url

            async def bare():
                async with session.get(url) as response:
                    orjson.loads(await response.read())

            async def ours():
                await orchestrator.robots.top(1).to_list()

            async with orchestrator.robots.top(1).stream() as stream:
                assert [row async for row in stream] == []
                assert stream.report.requests == 1
            for _ in range(times):
                for name, request in (("aiohttp", bare), ("uipath_odata", ours)):
                    begin = time.perf_counter()
                    await request()
                    taken[name].append((time.perf_counter() - begin) * 1e3)

    with listening("jobs", 0) as base_url:
        asyncio.run(side_by_side(base_url))
    figures = {}
    for name, each in taken.items():
        cuts = quantiles(each, n=100)
        figures |= {f"{name}, median": [cuts[49]], f"{name}, p99": [cuts[98]]}
    return Result("A query that one page answers: 1 request", "wall, ms", figures)


def entity_bytes():
    """Measure the memory that a row takes as a dict and as an entity, its texts included."""
    figures = {}
    for kind, entity in (("logs", RobotLog), ("jobs", Job)):
        body = page(kind, 0, 1_000)
        decode(entity, orjson.loads(body)["value"])
        for name, made in (("dict", None), ("uipath_odata entity", entity)):
            tracemalloc.start()
            rows = orjson.loads(body)["value"]
            rows = rows if made is None else decode(made, rows)
            taken, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            figures[f"{name}, {kind}"] = [taken / len(rows)]
    note = "Texts of a JSON reader that does not use Python's allocator are not counted."
    return Result("Memory of a row", "bytes", figures, note=note)
