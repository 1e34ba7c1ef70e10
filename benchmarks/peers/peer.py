"""What every peer's script does with its reader: time it, count its rows, and say which rows they were."""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import json
import re
import resource
import sys
import time
import zlib
from collections import deque
from pathlib import Path
from uuid import UUID

PAGE = 1_000
CONCURRENCY = 8
SETS = {"logs": "RobotLogs", "jobs": "Jobs"}
HEADERS = {"Authorization": "Bearer a-token", "Accept-Encoding": "gzip"}
_TELLING = {"logs": ("Message", "JobKey"), "jobs": ("Id", "Key")}


def url_of(base_url, kind, number):
    return f"{base_url}/odata/{SETS[kind]}?$top={PAGE}&$skip={number * PAGE}"


async def in_order(fetch, pages):
    """Keep eight fetches running, give their answers in order."""
    running, following = deque(), 0
    while running or following < pages:
        while following < pages and len(running) < CONCURRENCY:
            running.append(asyncio.create_task(fetch(following)))
            following += 1
        yield await running.popleft()


def types_of(row):
    """Return the properties of a row with the types that a user would declare; a dict for a related entity."""
    return {name: _type_of(name, value) for name, value in row.items()}


def _type_of(name, value):
    if isinstance(value, dict):
        return types_of(value)
    if name.endswith("Time") or name == "TimeStamp":
        return dt.datetime
    if name.endswith("Key") and name not in ("ProcessKey", "LicenseKey"):
        return UUID
    return type(value) if value is not None else str


def peak_memory():
    """Return the most memory that this process ever held, in MiB; getrusage tells of the process that started it, too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 1024


def report(read, value=lambda row, name: row[name]):
    """Read as the command line says with ``read(base_url, kind, pages)``, which gives pages; print what it took."""
    base_url, kind, pages, check = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "check"
    mark, rows = 0, 0

    def see(page):
        nonlocal mark, rows
        rows += len(page)
        if check:
            for row in page:
                text = "|".join(str(value(row, name)).lower() for name in _TELLING[kind])
                mark = zlib.crc32(text.encode(), mark)

    async def all_pages():
        async for page in read(base_url, kind, pages):
            see(page)

    cpu, wall = time.process_time(), time.perf_counter()
    if inspect.isasyncgenfunction(read):
        asyncio.run(all_pages())
    else:
        for page in read(base_url, kind, pages):
            see(page)
    taken = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({"rows": rows, "mark": mark, "rss": peak_memory(), **taken}))
