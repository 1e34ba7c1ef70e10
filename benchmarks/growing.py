"""One size of what may grow, in a process of its own: ``python growing.py BASE_URL KIND SIZE WORK``.

KIND is rows, "verified rows", tenants or streams. WORK is the pages of a list, or the requests of all tenants: the same for
every number of tenants or streams.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from peer import PAGE, peak_memory

from uipath_odata import AccessToken, Orchestrator, Pool, Settings
from uipath_odata.export import verify
from uipath_odata.web import TenantClients

_AT_ONCE = 8
_UNLIMITED = Settings(window=10**9, requests_a_minute=10**6)


async def rows(base_url, size, _):
    """Stream a list of so many pages; return pages and requests."""
    async with Orchestrator(base_url, AccessToken("a-token"), settings=_UNLIMITED) as orchestrator:
        return size, await _requests_of(orchestrator, size, concurrency=_AT_ONCE)


async def verified_rows(base_url, size, _):
    """Verify an export of so many pages, which another process makes; return the pages, and None: nothing is asked."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(__file__).parent / "peers/export_ours.py"
        arguments = (script, base_url, str(size), "jsonl", folder)
        export = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=subprocess.DEVNULL)
        assert await export.wait() == 0
        verification = verify(f"{folder}/out")
    assert verification.is_sound
    assert verification.rows == size * PAGE
    return size, None


async def streams(base_url, size, pages):
    """Stream so many lists at once, which have these pages together."""
    each = pages // size
    async with Orchestrator(base_url, AccessToken("a-token"), settings=_UNLIMITED) as orchestrator:
        readings = (_requests_of(orchestrator, each, concurrency=1) for _ in range(size))
        return each * size, sum(await asyncio.gather(*readings))


async def _requests_of(orchestrator, pages, concurrency):
    query = orchestrator.robot_logs.top(pages * PAGE)
    async with query.stream(concurrency=concurrency, paging="offset") as stream:
        read = sum([len(page) async for page in stream.pages()])
    assert read == pages * PAGE
    return stream.report.requests


async def tenants(base_url, size, requests):
    """Ask tenants in turn, eight at once, through a registry that keeps a thousand clients; return the requests twice."""
    numbers = iter(range(requests))

    def opened(number, pool):
        base = base_url.replace("/Default/", f"/tenant{number}/")
        return Orchestrator(base, AccessToken(f"token-{number}"), pool=pool, settings=_UNLIMITED)

    async with Pool() as pool, TenantClients(pool, opened) as registry:

        async def asking():
            for number in numbers:
                async with registry.holding(number % size) as client:
                    assert (await client.robots.get(79)).id == 79

        await asyncio.gather(*(asking() for _ in range(_AT_ONCE)))
    return requests, requests


def main(base_url, kind, size, work):
    kinds = {"rows": rows, "verified rows": verified_rows, "tenants": tenants, "streams": streams}
    run = kinds[kind]
    asyncio.run(run(base_url, 1, 2))  # what is imported and compiled once is no growth
    begin = time.process_time()
    done, requests = asyncio.run(run(base_url, int(size), int(work)))
    spent = time.process_time() - begin
    asked = {} if requests is None else {"requests": requests / done}
    print(json.dumps({"cpu": spent / done * 1e3, "memory": peak_memory(), **asked}))


if __name__ == "__main__":
    main(*sys.argv[1:])
