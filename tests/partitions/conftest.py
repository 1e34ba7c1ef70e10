from __future__ import annotations

import asyncio

import pytest

from uipath_odata import Settings
from uipath_odata.emulator import Emulator
from uipath_odata.partitions import Connection, partitions_of
from uipath_odata.partitions.process_loop import process_loop

from ..robot_logs import log

# No limit keeps a test waiting.
FAST = Settings(requests_a_minute=100_000)


def planned_of(emulator, queries, **options):
    async def plan():
        async with emulator.client(settings=FAST) as orchestrator:
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
