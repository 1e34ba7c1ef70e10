"""40 pages over HTTP: our streams beside the loop that an expert writes by hand with aiohttp and orjson."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque

import aiohttp
import orjson
from measure import table, take_turns
from rows import PAGE
from server import listening

from uipath_odata import AccessToken, Orchestrator, Settings

CONCURRENCY = 8
SETS = {"logs": "RobotLogs", "jobs": "Jobs"}


async def by_hand(base_url, name, pages):
    """Keep eight requests running, read them in order."""
    async with aiohttp.ClientSession(
        headers={"Authorization": "Bearer a-token", "Accept-Encoding": "gzip"}
    ) as session:

        async def fetch(number):
            url = f"{base_url}/odata/{name}?$top={PAGE}&$skip={number * PAGE}"
            async with session.get(url) as response:
                return await response.read()

        running, rows, following = deque(), 0, 0
        while running or following < pages:
            while following < pages and len(running) < CONCURRENCY:
                running.append(asyncio.create_task(fetch(following)))
                following += 1
            rows += len(orjson.loads(await running.popleft())["value"])
        return rows


async def ours(base_url, kind, *, dicts):
    options = {"settings": Settings(window=10**9)}
    async with Orchestrator(base_url, AccessToken("a-token"), **options) as orchestrator:
        query = orchestrator.robot_logs if kind == "logs" else orchestrator.jobs
        query = query.dicts() if dicts else query
        async with query.stream(concurrency=CONCURRENCY, paging="offset") as rows:
            return sum([len(page) async for page in rows.pages()])


def variants_of(base_url, kind, pages):
    return {
        "aiohttp + orjson by hand": lambda: asyncio.run(by_hand(base_url, SETS[kind], pages)),
        "uipath_odata, dicts": lambda: asyncio.run(ours(base_url, kind, dicts=True)),
        "uipath_odata, entities": lambda: asyncio.run(ours(base_url, kind, dicts=False)),
    }


def run(quick):
    pages, rounds = (10, 2) if quick else (40, 7)
    texts = []
    for kind, compressed in itertools.product(SETS, (True, False)):
        with listening(kind, pages, compressed=compressed) as base_url:
            variants = variants_of(base_url, kind, pages)
            assert {variant() for variant in variants.values()} == {pages * PAGE}
            samples = take_turns(variants, rounds, pages)
        how = "gzip" if compressed else "plain"
        for measure in ("cpu", "wall"):
            title = f"Stream {pages} {how} pages of {kind}, {CONCURRENCY} at once, a page"
            texts.append(table(title, samples, "aiohttp + orjson by hand", measure, 1e3, "ms"))
    return texts
