"""uipath_odata: entities, or rows as sent."""

from __future__ import annotations

import sys

import attrs
from peer import CONCURRENCY, PAGE, report

from uipath_odata import AccessToken, Orchestrator, Settings

DICTS = "dicts" in sys.argv


async def read(base_url, kind, pages):
    settings = Settings(window=10**9, requests_a_minute=10**6)
    async with Orchestrator(base_url, AccessToken("a-token"), settings=settings) as orchestrator:
        query = orchestrator.robot_logs if kind == "logs" else orchestrator.jobs
        query = (query.dicts() if DICTS else query).top(pages * PAGE)
        async with query.stream(concurrency=CONCURRENCY, paging="offset") as rows:
            async for page in rows.pages():
                yield page


def value(row, wire):
    if DICTS:
        return row[wire]
    known = {each.metadata.get("odata.name"): each.name for each in attrs.fields(type(row))}
    return getattr(row, known[wire])


report(read, value)
