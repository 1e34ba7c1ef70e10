"""Scans of random RobotLogs servers through real HTTP, whose connections break and whose answers are cut."""

from __future__ import annotations

import json
import random
from collections import Counter

import attrs
import pytest
from yarl import URL

from uipath_odata import AccessToken, Instant
from uipath_odata.auth.deployment import Deployment
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.entities import RobotLog
from uipath_odata.errors import NotProven, OrchestratorError
from uipath_odata.operations.robot_logs import RobotLogs
from uipath_odata.settings import Settings
from uipath_odata.transport.transport import Transport

from ..broken_wire import broken_wire, still_clock


@pytest.fixture
async def wire():
    async with broken_wire() as wire:
        yield wire


@pytest.fixture
async def read_world(wire):
    """Read a world to its end, resuming from the checkpoint whenever the transport gave up."""
    deployment = Deployment.at(wire.url)
    transport = Transport(deployment, AccessToken("token"), clock=still_clock(), random=random.Random(6))

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
