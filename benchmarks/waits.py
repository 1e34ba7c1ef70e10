"""What waiting for jobs costs: requests a minute of 500 waits, and how long after its end a wait returns."""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from urllib.parse import unquote
from uuid import UUID

from aiohttp import web
from environments import PEERS, NotInstalled, python_of
from measure import Result

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.entities import Job
from uipath_odata.workflows.jobs.poll_schedule import tick_after
from uipath_odata.workflows.jobs.run import JobRun

ROW = {"ReleaseName": "Intake", "OutputArguments": "{}", "Reference": "r", "ReleaseKey": "k"}
NOTE = "UiPath's SDK has no wait: its users read each job every second, `await sdk.jobs.retrieve_async(key)`."


def run(quick):
    """500 waits for a minute, ours and theirs; then latencies of 30,000 waits by the schedule alone."""
    count, seconds = (20, 1.5) if quick else (500, 60.0)
    return [*asyncio.run(costs(count, seconds)), latencies(1_000 if quick else 100_000)]


class Jobs:
    """Serves jobs that all end at once, and counts what is asked: ``list`` is the list that UiPath limits."""

    def __init__(self, seconds):
        self.ends, self.asked = time.monotonic() + seconds, Counter()

    def row(self, number):
        state = "Successful" if time.monotonic() >= self.ends else "Running"
        return {"Id": number, "Key": str(UUID(int=number)), "State": state, **ROW}

    async def one(self, request):
        self.asked["single"] += 1
        key = re.search(r"GetByKey\(identifier=([0-9a-f-]{36})\)", request.path)
        number = UUID(key[1]).int if key else int(re.search(r"\((\d+)\)", request.path)[1])
        return web.json_response(self.row(number))

    async def several(self, request):
        self.asked["list"] += 1
        condition = unquote(request.query["$filter"])
        numbers = [
            int(each) for each in re.findall(r"\d+", "".join(re.findall(r"Id in (\([\d,]+\))", condition)))
        ]
        for low, high in re.findall(r"Id ge (\d+) and Id le (\d+)", condition):
            numbers += range(int(low), int(high) + 1)
        return web.json_response({"value": [self.row(each) for each in numbers]})


async def served(jobs):
    application = web.Application()
    application.router.add_get("/acme/Default/orchestrator_/odata/Jobs", jobs.several)
    application.router.add_get("/acme/Default/orchestrator_/odata/{one:Jobs.+}", jobs.one)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/acme/Default"


async def costs(count, seconds):
    """Count the requests of both, of the list and in all, and how long after the end the last wait returned."""
    listed, everything, late = {}, {}, {}
    ready = is_ready("official_sdk")
    for name, waiting in (("uipath_odata", ours), ("UiPath's SDK, read every second", theirs)):
        if waiting is theirs and not ready:
            continue
        jobs = Jobs(seconds)
        runner, url = await served(jobs)
        try:
            ends = await waiting(url, count)
        finally:
            await runner.cleanup()
        listed[name] = [60 / seconds * jobs.asked["list"]]
        everything[name] = [60 / seconds * sum(jobs.asked.values())]
        late[name] = [each - jobs.ends for each in ends]
    title = f"Wait for {count} jobs that run {seconds:.0f} s"
    return [
        Result(f"{title}, the limited list", "requests a minute", listed, note=NOTE),
        Result(f"{title}, all requests", "requests a minute", everything, "uipath_odata"),
        Result(f"{title}, from the end to wait() returning", "s", late),
    ]


def is_ready(name):
    """Make a peer's environment before the time runs; say why where that cannot be."""
    try:
        python_of(name)
    except NotInstalled as error:
        sys.stderr.write(f"{name}: {error}\n")
        return False
    return True


async def ours(url, count):
    """Wait by this package, with the default share of the documented limit: 80 a minute, half of it for the poller."""
    async with Orchestrator(f"{url}/orchestrator_", AccessToken("t")) as orchestrator:
        numbers = range(1, count + 1)
        runs = [JobRun(orchestrator._channel, Job(id=each, key=UUID(int=each))) for each in numbers]  # noqa: SLF001 - as a start makes them

        async def end(job):
            await job.wait()
            return time.monotonic()

        return await asyncio.gather(*map(end, runs))


async def theirs(url, count):
    """Wait by UiPath's SDK in a process of its own."""
    command = [python_of("official_sdk", make=False), PEERS / "official_sdk_waits.py", url, str(count)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def latencies(count):
    """Draw the end of a job from each range of run times, and take the next tick after it: p50 and p99."""
    chance, samples, note = random.Random(7), {}, []
    for low, high in ((0, 4), (4, 60), (60, 3_600)):
        each = sorted(after(chance.uniform(low, high)) for _ in range(count // 10))
        name = f"jobs that run {low} to {high:,} s"
        samples[name] = each[:: len(each) // 100]
        note.append(f"{name}: p50 {each[len(each) // 2]:.2f} s, p99 {each[len(each) * 99 // 100]:.2f} s")
    return Result("From the end of a job to the tick that sees it", "s", samples, note="; ".join(note))


def after(end):
    """Return how long after its end the tick comes that sees a job which began with its wait."""
    tick = 0.0
    while tick < end:
        tick += tick_after(tick)
    return tick - end
