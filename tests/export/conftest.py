from __future__ import annotations

import pytest

from uipath_odata.emulator import Emulator


def log(number):
    """Three rows share a millisecond, and their seventh digits differ."""
    second, tenths = divmod(number // 3, 10)
    return {
        "TimeStamp": f"2024-05-14T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.{tenths}00000{number % 3 + 1}Z",
        "Level": "Info",
        "Message": f"Größe {number} \N{BOX DRAWINGS LIGHT HORIZONTAL}",
        "RobotName": "DocBot",
    }


@pytest.fixture
async def emulator():
    async with Emulator(seed=None) as running:
        running.insert("RobotLogs", map(log, range(2_500)))
        yield running


@pytest.fixture
async def orchestrator(emulator):
    async with emulator.client() as client:
        yield client
