from __future__ import annotations

import pytest

from uipath_odata.emulator import Emulator

IDENTIFIER = "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"


@pytest.fixture
async def emulator():
    async with Emulator(seed=None) as running:
        running.insert("Folders", [{"Id": 7, "DisplayName": "Shared", "FullyQualifiedName": "Shared"}])
        running.insert("Buckets", [{"Id": 1, "Name": "Invoices", "Identifier": IDENTIFIER}], folder=7)
        yield running


@pytest.fixture
async def orchestrator(emulator):
    async with emulator.client() as client:
        yield client


@pytest.fixture
def buckets(orchestrator):
    return orchestrator.folder("Shared").buckets
