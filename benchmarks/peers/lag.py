"""How late a task wakes that sleeps 1 ms at a time while logs are streamed as entities beside it, in ms."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from peer import CONCURRENCY, PAGE

from uipath_odata import AccessToken, Orchestrator, Settings


async def watch(late):
    while True:
        due = time.perf_counter() + 0.001
        await asyncio.sleep(0.001)
        late.append((time.perf_counter() - due) * 1e3)


async def lags(base_url, pages):
    late, settings = [], Settings(window=10**9)
    async with Orchestrator(base_url, AccessToken("a-token"), settings=settings) as orchestrator:
        query = orchestrator.robot_logs.top(pages * PAGE)
        async with query.stream(concurrency=CONCURRENCY, paging="offset") as stream:
            watching = asyncio.create_task(watch(late))
            async for _ in stream.pages():
                pass
            watching.cancel()
    return late


print(json.dumps(asyncio.run(lags(sys.argv[1], int(sys.argv[2])))))
