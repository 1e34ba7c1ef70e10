from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

import attrs
import pytest

from uipath_odata.emulator import Emulator

USER_KEY = "canary-4711-user-key"


@attrs.frozen
class Finished:
    code: int
    out: str
    err: str


@attrs.frozen
class Command:
    """``uipath-odata`` as a process of its own, with an environment that names the emulator."""

    environ: dict[str, str]

    async def start(self, *arguments, stdin=None, **environ):
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "uipath_odata.cli", *map(str, arguments)),
            env={**self.environ, **environ},
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def __call__(self, *arguments, **environ):
        process = await self.start(*arguments, **environ)
        return await finish(process)


async def finish(process):
    out, err = await process.communicate()
    return Finished(process.returncode, out.decode(), err.decode())


async def interrupt(process, number=signal.SIGINT):
    process.send_signal(number)
    return await finish(process)


def log(number):
    minute, second = divmod(number, 60)
    return {
        "TimeStamp": f"2024-05-14T{minute // 60:02d}:{minute % 60:02d}:{second:02d}.1234567Z",
        "Message": str(number),
    }


@pytest.fixture
async def emulator():
    async with Emulator(seed=None) as running:
        running.tokens.user_key = USER_KEY
        running.insert("Folders", [{"Id": 7, "DisplayName": "Shared", "FullyQualifiedName": "Shared"}])
        running.insert("RobotLogs", map(log, range(2_500)))
        running.insert("Robots", [{"Id": number, "Name": f"robot {number}"} for number in range(1, 4)])
        yield running


@pytest.fixture
def command(emulator):
    environ = {name: text for name, text in os.environ.items() if not name.startswith("UIPATH_")}
    return Command(
        {
            **environ,
            "UIPATH_URL": emulator.base_url,
            "UIPATH_TOKEN_URL": emulator.token_url,
            "UIPATH_CLIENT_ID": emulator.tokens.client_id,
            "UIPATH_USER_KEY": USER_KEY,
        }
    )


@pytest.fixture
def interrupted():
    return interrupt


@pytest.fixture
def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]
