"""A list endpoint for two tenants with 200 concurrent calls each, beside a bare aiohttp proxy; then with the budget used up."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import ExitStack
from statistics import quantiles

import aiohttp
from measure import Result
from web_servers import MAX_WAIT, SIZE, serving

TENANTS = ("acme", "globex")
VARIANTS = {
    "aiohttp proxy": "aiohttp_proxy",
    "FastAPI with aiohttp": "fastapi_proxy",
    "uipath_odata in FastAPI": "ours",
    "uipath_odata in FastAPI, dicts()": "ours_as_dicts",
}
SHARE = 80
"""Requests a minute that a client takes of its tenant's limit by default."""


async def ask(session, url):
    """Return status, wait and seconds of one call."""
    began = time.perf_counter()
    async with session.get(url) as answer:
        await answer.read()
        return answer.status, answer.headers.get("Retry-After"), time.perf_counter() - began


async def crowd(session, url, callers, calls):
    """Let so many callers of each tenant ask again and again, all at once."""

    async def caller(tenant):
        return [await ask(session, f"{url}/{tenant}/jobs?size={SIZE}") for _ in range(calls)]

    answers = await asyncio.gather(*(caller(tenant) for tenant in TENANTS for _ in range(callers)))
    return [each for one in answers for each in one]


async def side_by_side(urls, callers, rounds):
    """Take turns between the servers; give the p50 and p99 of each round in ms."""
    p50, p99 = ({name: [] for name in urls} for _ in range(2))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        for warm in range(rounds + 1):
            for name, url in urls.items():
                answers = await crowd(session, url, callers, 1)
                statuses = Counter(status for status, _, _ in answers)
                if set(statuses) != {200}:
                    raise AssertionError(f"{name} answered {statuses}")
                percentiles = quantiles((seconds * 1e3 for _, _, seconds in answers), n=100)
                if warm:
                    p50[name].append(percentiles[49])
                    p99[name].append(percentiles[98])
    return p50, p99


async def exhausted(url, callers, rounds):
    """Use up the budgets, then ask; give the seconds of the slowest answer of each round."""
    slowest = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await crowd(session, url, SHARE, 1)
        for _ in range(rounds):
            answers = await crowd(session, url, callers, 1)
            statuses = Counter(status for status, _, _ in answers)
            slowest.append(max(seconds for _, _, seconds in answers))
            waits = {wait for status, wait, _ in answers if status != 200}
            if set(statuses) != {429} or not all(wait and 1 <= int(wait) <= 60 for wait in waits):
                raise AssertionError(f"answers {statuses}, Retry-After {waits}")
    return slowest


def run(quick):
    callers, rounds = (20, 2) if quick else (200, 5)
    title = f"{len(TENANTS)} tenants, {callers} calls of each at once, pages of {SIZE} jobs"
    with ExitStack() as stack:
        upstream = stack.enter_context(serving("upstream"))
        urls = {name: stack.enter_context(serving(server, upstream)) for name, server in VARIANTS.items()}
        limited = stack.enter_context(serving("ours_limited", upstream))
        p50, p99 = asyncio.run(side_by_side(urls, callers, rounds))
        slowest = asyncio.run(exhausted(limited, callers, rounds))
    late = sum(seconds > MAX_WAIT + 1 for seconds in slowest)
    note = f"Each answer 429 with Retry-After; later than max_wait and a second, {MAX_WAIT + 1} s: {late} of {rounds} rounds."
    return [
        Result(title, "p50, ms", p50, "aiohttp proxy"),
        Result(title, "p99, ms", p99, "aiohttp proxy"),
        Result(
            f"{title}, the budget used up",
            "slowest answer, ms",
            {"uipath_odata in FastAPI": [seconds * 1e3 for seconds in slowest]},
            note=note,
        ),
    ]
