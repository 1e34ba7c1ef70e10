"""Scans of random RobotLogs servers through real HTTP, whose connections break and whose answers are cut."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from collections import Counter

import attrs
import pytest
from aiohttp import web
from yarl import URL

from uipath_odata import AccessToken, Instant
from uipath_odata.auth.deployment import Deployment
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.entities import RobotLog
from uipath_odata.errors import BadRequest, NotProven, OrchestratorError
from uipath_odata.operations.robot_logs import RobotLogs
from uipath_odata.settings import Settings
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.transport import Transport

FAULTS = (None, "drop", "cut", "cut gzip", "html", "empty", 429, 500, 503)


@attrs.define(eq=False)
class Wire:
    """An HTTP server around a simulated one; some of its answers do not arrive."""

    chance: random.Random
    faulty: float
    server: object = None
    url: str = ""

    async def handle(self, request):
        options, total = dict(request.query), "GetTotalCount" in request.path
        try:
            page = self.server.answer(options, total=total)
        except BadRequest:
            return web.json_response(
                {"message": "Invalid OData query options.", "errorCode": 1000}, status=400
            )
        count = {} if page.count is None else {"@odata.count": page.count}
        body = json.dumps({"value": page.count} if total else {**count, "value": page.rows}).encode()
        fault = self.chance.choice(FAULTS) if self.chance.random() < self.faulty else None
        return await self._spoil(request, fault, body)

    async def _spoil(self, request, fault, body):
        packed = gzip.compress(body, 1)
        if isinstance(fault, int):
            return web.Response(status=fault, headers={"Retry-After": "1"})
        if fault == "html":
            return web.Response(body=b"<!DOCTYPE html><html></html>", content_type="text/html")
        if fault == "empty":
            return web.Response(content_type="application/json")
        if fault == "cut gzip":
            packed = packed[: self.chance.randrange(1, len(packed))]
        if fault in {"drop", "cut"}:
            return await self._break_off(request, b"" if fault == "drop" else body)
        return web.Response(
            body=packed, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}
        )

    async def _break_off(self, request, body):
        answer = web.StreamResponse(headers={"Content-Length": str(len(body) + 1)})
        if body:
            await answer.prepare(request)
            await answer.write(body[: self.chance.randrange(1, len(body))])
        if request.transport is not None:
            request.transport.close()
        return answer


@pytest.fixture
async def wire():
    wire = Wire(random.Random(5), faulty=0.04)
    application = web.Application()
    application.router.add_get("/{path:.*}", wire.handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    wire.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield wire
    await runner.cleanup()


def _clock():
    """Let time pass by sleeping alone."""
    seconds = [0.0]

    async def sleep(delay):
        seconds[0] += delay
        await asyncio.sleep(0)

    return Clock(monotonic=lambda: seconds[0], wall=lambda: seconds[0], sleep=sleep)


@pytest.fixture
async def read_world(wire):
    """Read a world to its end, going on from the checkpoint whenever the transport gave up."""
    deployment = Deployment.at(wire.url)
    transport = Transport(deployment, AccessToken("token"), clock=_clock(), random=random.Random(6))

    async def read(world, seed):
        wire.server = world.serve(seed)
        channel = TenantChannel(transport, URL(wire.url), Settings(window=world.window))
        query = RobotLogs._of(channel)
        if world.lo is not None:
            query = query.filter(RobotLog.time_stamp >= Instant.parse(world.lo))
        if world.hi is not None:
            query = query.filter(RobotLog.time_stamp < Instant.parse(world.hi))
        given, point = [], None
        for _ in range(20):
            async with query.dicts().stream(
                concurrency=world.workers, page_size=world.page_size, ordered=world.ordered, resume=point
            ) as rows:
                try:
                    async for page in rows.pages():
                        given += page
                except NotProven as error:
                    return given, error.checkpoint
                except OrchestratorError:
                    point = json.loads(json.dumps(rows.checkpoint))
                else:
                    return given, None
        pytest.fail("the scan does not end")

    yield read
    await transport.aclose()


def _wrong(world, given, checkpoint):
    unread = () if checkpoint is None else checkpoint.get("open", [(checkpoint["from"], checkpoint["to"])])
    got, due, late = (
        Counter(json.dumps(row, sort_keys=True) for row in rows)
        for rows in (
            given,
            world.wanted(unread),
            [row for _, row in world.late if world.is_wanted(row, unread)],
        )
    )
    return bool(due - got or got - due - late)


async def _count_wrong(make_world, read_world, seeds):
    wrong = proven = 0
    for seed in seeds:
        world = attrs.evolve(make_world(seed), options={})
        given, checkpoint = await read_world(world, seed)
        proven += checkpoint is None
        wrong += _wrong(world, given, checkpoint)
    return wrong, proven


async def test_every_row_comes_once_through_real_http(make_world, read_world):
    """R10 to R13, R20, R22, R53, R58, R77."""
    wrong, proven = await _count_wrong(make_world, read_world, range(30))
    assert wrong == 0
    assert proven > 10


@pytest.mark.full
async def test_every_row_comes_once_through_real_http_a_thousand_times(make_world, read_world):
    wrong, proven = await _count_wrong(make_world, read_world, range(1_000))
    print(f"1,000 schedules: {proven} proven, {1_000 - proven} named errors, {wrong} wrong")  # noqa: T201 - the figures
    assert wrong == 0
