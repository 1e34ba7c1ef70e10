"""What workers import: clients that their connection names, of the emulator that a file names.

A worker inherits the environment of the process that started it, maybe long ago: so the file says which emulator it is now,
and what befalls whom.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from pathlib import Path

from uipath_odata import AccessToken, Orchestrator, Settings
from uipath_odata.partitions import SharedRates
from uipath_odata.partitions.process_loop import process_loop

FILE = "ENGINES_EMULATOR"


def told():
    return json.loads(Path(os.environ[FILE]).read_text("utf-8"))


FAST = Settings(requests_a_minute=100_000)


def client(settings=FAST, **options):
    return Orchestrator(told()["url"], AccessToken(told()["token"]), settings=settings, **options)


def burnt(fuse):
    """Remove the file, and tell whether it was there: one process alone finds it."""
    try:
        Path(fuse).unlink()
    except FileNotFoundError:
        return False
    return True


def dying(**options):
    """The first worker that has asked a few times for rows is killed, in the middle of a partition; those after it live."""
    asked = []

    async def kill(request, handler):
        asked.append(request.url)
        if len(asked) > told()["asks"] and burnt(told()["fuse"]):
            os.kill(os.getpid(), signal.SIGKILL)
        return await handler(request)

    return client(middlewares=[kill], **options)


def wait_at_the_gate():
    Path(told()["reached"]).write_text(str(os.getpid()), "ascii")
    for _ in range(3_000):  # a test that fails does not wait for ever
        if Path(told()["go"]).exists():
            return
        time.sleep(0.01)


def held(**options):
    """A client that asks a few times, says so with a file, and waits for another one before it asks more."""
    asked = []

    async def hold(request, handler):
        asked.append(request.url)
        if len(asked) > told()["asks"]:
            await asyncio.to_thread(wait_at_the_gate)
        return await handler(request)

    return client(middlewares=[hold], **options)


def under_way():
    """Return how many requests of this process are not answered yet."""
    return sum(each.requests_under_way for each in process_loop()._clients.values())


def narrow(settings=None, **options):
    """A client that may page no deeper than 20 logs, and so cannot prove more than that of one moment."""
    return client(settings=Settings(window=20), **options)


class CountedRates(SharedRates):
    """Also tells how many turns there were."""

    turns = 0

    def turn(self, lane):
        self.turns += 1
        return super().turn(lane)
