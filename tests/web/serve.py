"""Serve a recipe of the guide, say its port, and at the end what is left: ``python serve.py FastAPI``."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import math
import re
import signal
import sys
import types
from importlib.resources import files

import uvicorn
import uvloop
from aiohttp import web


def recipe(framework):
    if framework == "application":
        return importlib.import_module(framework).app
    guide = (files("uipath_odata.docs") / "web-backends.md").read_text("utf-8")
    section = next(part for part in guide.split("\n## ") if part.startswith(framework))
    module = sys.modules["recipe"] = types.ModuleType("recipe")
    exec(compile(re.search(r"```python\n(.*?)```", section, re.DOTALL)[1], framework, "exec"), vars(module))
    return module.app


class Server(uvicorn.Server):
    """Ends by a signal without passing it on, so that there is a time after it."""

    def capture_signals(self):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.handle_exit, signal.SIGTERM, None)
        return contextlib.nullcontext()

    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


async def under_uvicorn(app):
    await Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=5)).serve()


async def under_aiohttp(app):
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await ended.wait()
    await runner.cleanup()


async def main(framework):
    app = recipe(framework)
    await (under_aiohttp if framework.startswith("aiohttp") else under_uvicorn)(app)
    left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    print(f"left: {left}", flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.get_loop().slow_callback_duration = math.inf
        loop.run(main(sys.argv[1]))
