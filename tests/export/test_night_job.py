"""A whole night in simulated time, against a server that enforces the documented limit of 100 requests a minute."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import re
from collections import Counter, deque
from email.utils import format_datetime
from functools import partial
from random import Random
from urllib.parse import parse_qsl, unquote

import attrs
import orjson
import pytest
from yarl import URL

from tests.simulated_time import JumpingLoop
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.export import ExportList, export
from uipath_odata.local.log_line import LogPlace
from uipath_odata.operations.jobs import Jobs
from uipath_odata.operations.queue_items import QueueItems
from uipath_odata.operations.robot_logs import RobotLogs
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.rate.budgets import Allowance
from uipath_odata.transport.rate.middleware import Budget
from uipath_odata.transport.rate.sliding_log import Rate
from uipath_odata.transport.rate.wait_queue import WaitQueue
from uipath_odata.transport.request import Response
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.retry.progress import Progress, RetryContext
from uipath_odata.transport.retry.retry import Retry

BASE = URL("http://127.0.0.1/acme/Default/orchestrator_/")
BEGAN = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
LIMITED = {"Jobs", "QueueItems"}
CAPS = {"QueueItems": 100}
PER_MINUTE, SHARE = 100, 0.8


def stamp(number):
    return (BEGAN + dt.timedelta(milliseconds=40 * number)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def number_behind(text):
    """The number of the first log after an instant."""
    passed = dt.datetime.fromisoformat(text) - BEGAN
    return max(0, math.floor(passed / dt.timedelta(milliseconds=40)) + 1)


class Answer(Response):
    """An answer as the outer middlewares see it, which is aiohttp's."""

    @property
    def ok(self):
        return self.status < 400


@attrs.define
class Night:
    """Rows 1 … n of each set, and the server's own limiter."""

    sizes: dict
    random: Random
    asked: Counter = attrs.field(factory=Counter)
    refused: int = 0
    taken: dict = attrs.field(factory=dict)

    async def answer(self, request):
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self.random.uniform(0.05, 0.5))
        name, _, total = request.path.removeprefix("/odata/").partition("/")
        self.asked[name] += 1
        log = self.taken.setdefault(name, deque())
        while log and log[0] <= loop.time() - 60:
            log.popleft()
        if name in LIMITED and len(log) >= PER_MINUTE:
            self.refused += 1
            return Answer(429, {"Retry-After": "60"}, b"")
        log.append(loop.time())
        options = dict(parse_qsl(unquote(request.query)))
        bounds = self._logs if name == "RobotLogs" else self._ids
        first, last = bounds(options.get("$filter", ""), self.sizes[name])
        date = format_datetime(BEGAN + dt.timedelta(days=9), usegmt=True)
        return Answer(200, {"Date": date}, self._body(name, bool(total), first, last, options))

    def _ids(self, text, size):
        above, up_to = re.search(r"Id gt (-?\d+)", text), re.search(r"Id le (\d+)", text)
        return max(int(above[1]), 0) if above else 0, min(int(up_to[1]), size) if up_to else size

    def _logs(self, text, size):
        above = [number_behind(found) for found in re.findall(r"TimeStamp gt ([\dT:.Z-]+)", text)]
        below = [number_behind(found) for found in re.findall(r"TimeStamp lt ([\dT:.Z-]+)", text)]
        return max(above, default=0), min([size, *below])

    def _body(self, name, total, first, last, options):
        count = max(0, last - first)
        if total:
            return orjson.dumps({"value": count})
        top = min(int(options.get("$top", 1_000)), CAPS.get(name, 1_000))
        if options.get("$orderby", "").endswith("desc"):
            numbers = range(last, max(first, last - top), -1)
        else:
            begin = first + int(options.get("$skip", 0))
            numbers = range(begin + 1, min(last, begin + top) + 1)
        make = self._log if name == "RobotLogs" else self._row
        return orjson.dumps({"@odata.count": count, "value": [make(number) for number in numbers]})

    @staticmethod
    def _row(number):
        return {"Id": number, "Status": "Successful", "State": "Successful"}

    @staticmethod
    def _log(number):
        return {"Id": 0, "TimeStamp": stamp(number - 1), "Message": str(number)}


@attrs.define
class Program:
    """The two outer middlewares around the server, a lane for each class of endpoints."""

    night: Night
    lanes: dict = attrs.field(factory=dict)
    allowance: Allowance = attrs.field(factory=lambda: Allowance(PER_MINUTE, SHARE))

    async def send(self, request, /, into=None):
        loop = asyncio.get_running_loop()
        clock = Clock(monotonic=loop.time, wall=loop.time, sleep=asyncio.sleep)
        ceiling = self.allowance.ceiling(request.rate_class)
        lane = self.lanes.setdefault(request.rate_class, WaitQueue(Rate(ceiling)))
        progress = Progress(
            request, BASE, RetryContext(RetryPolicy(), clock, self.night.random), LogPlace("acme")
        )
        retry, budget = Retry(progress, lane), Budget(progress, lane)

        async def handler(_request):
            return await self.night.answer(request)

        return await retry(None, partial(budget, handler=handler))


async def a_night(night, lake):
    channel = TenantChannel(Program(night), BASE)
    lists = [ExportList(kind.__name__, kind._of(channel).exact()) for kind in (RobotLogs, QueueItems, Jobs)]
    loop = asyncio.get_running_loop()
    summary = await export(lists, lake, clock=loop.time)
    return summary, loop.time()


def spend(sizes, lake):
    night = Night(sizes, Random(1))
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        summary, seconds = runner.run(a_night(night, lake))
    assert summary.proven
    assert {each.entity_set: each.rows for each in summary.lists} == sizes
    needed = math.ceil(sizes["QueueItems"] / CAPS["QueueItems"])
    least = 60 * (math.ceil(needed / (SHARE * PER_MINUTE)) - 1)
    figures = f"{sum(sizes.values()):,} rows, {night.asked.total():,} requests, {night.refused} answered 429"
    print(f"{figures}: {seconds / least:.2f} of the least time")  # noqa: T201 - the goal's figure
    assert night.refused == 0
    assert seconds <= 1.1 * least
    return night


def test_g12_a_small_night_takes_no_longer_than_the_limit_makes_it(tmp_path):
    spend({"RobotLogs": 20_000, "QueueItems": 60_000, "Jobs": 5_000}, tmp_path / "lake")


@pytest.mark.full
def test_g12_a_whole_night_takes_no_longer_than_the_limit_makes_it(tmp_path):
    spend({"RobotLogs": 1_000_000, "QueueItems": 200_000, "Jobs": 50_000}, tmp_path / "lake")
