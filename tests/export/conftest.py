from __future__ import annotations

import itertools

import fsspec
import pytest

from uipath_odata.emulator import Emulator

from .s3 import Door

NUMBERS = itertools.count()


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


@pytest.fixture(scope="session")
def s3_door():
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - it takes seconds, and most tests need none of it

    server = ThreadedMotoServer(port=0)
    server.start()
    door = server._server.app = Door(server._server.app)
    door.address = "http://{}:{}".format(*server.get_host_and_port())
    yield door
    server.stop()


@pytest.fixture
def s3_server(s3_door, monkeypatch):
    environ = {
        "AWS_ENDPOINT_URL": s3_door.address,
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    s3_door.reset()
    yield s3_door
    s3_door.reset()


@pytest.fixture
def s3(s3_server):
    bucket = f"bucket-{next(NUMBERS)}"
    fsspec.filesystem("s3").mkdir(bucket)
    s3_server.reset()
    return f"s3://{bucket}/lake"
