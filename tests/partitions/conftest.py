from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.partitions import Connection, partitions_of
from uipath_odata.partitions.process_loop import process_loop

FIRST = dt.datetime(2024, 5, 14, 6, 0, tzinfo=dt.UTC)


def log(number):
    """Three rows share a millisecond, and their seventh digits differ."""
    at = FIRST + dt.timedelta(milliseconds=100 * (number // 3))
    return {
        "TimeStamp": f"{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + f"000{number % 3 + 1}Z",
        "Level": "Info" if number % 10 else "Error",
        "Message": f"row {number}",
        "RobotName": f"Robot{number % 7}",
    }


def planned_of(emulator, queries, **options):
    async def plan():
        async with emulator.client() as orchestrator:
            return await partitions_of(orchestrator, queries(orchestrator), connection="env:ACME_", **options)

    return asyncio.run(plan())


@pytest.fixture(scope="session")
def filled():
    with Emulator(seed=None) as running:
        running.insert("RobotLogs", map(log, range(6_000)))
        yield running, running.snapshot()


@pytest.fixture
def emulator(filled, monkeypatch):
    running, snapshot = filled
    running.reset(seed=None)
    running.restore(snapshot)
    monkeypatch.setenv("ACME_URL", running.url)
    monkeypatch.setenv("ACME_ACCESS_TOKEN", running.tokens.personal_access_token)
    return running


@pytest.fixture(autouse=True)
def close_clients():
    yield
    process_loop().close()


@pytest.fixture
def acme():
    """Its name is all that travels."""
    return Connection("env:ACME_")
