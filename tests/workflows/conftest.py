"""A folder of an otherwise empty tenant, and a client of it."""

from __future__ import annotations

import pytest

from uipath_odata.emulator import Emulator

from .fast_clock import FastClock


@pytest.fixture
async def emulator():
    async with Emulator(seed=None, jobs="manual") as emulator:
        emulator.add.folder("Shared/Finance")
        yield emulator


@pytest.fixture
def clock():
    return FastClock()


@pytest.fixture
async def orchestrator(emulator, clock):
    async with emulator.client() as client:
        clock.rule(client)
        yield client


@pytest.fixture
def finance(orchestrator):
    return orchestrator.folder("Shared/Finance")
