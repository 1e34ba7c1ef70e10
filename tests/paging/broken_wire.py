"""A real HTTP server around a simulated one: connections break, and answers are cut or are none."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random

import attrs
from aiohttp import web

from uipath_odata.errors import BadRequest
from uipath_odata.transport.clock import Clock

__all__ = ["BrokenWire", "broken_wire", "still_clock"]

FAULTS = (None, "drop", "cut", "cut gzip", "html", "empty", 429, 500, 503)


@attrs.define(eq=False)
class BrokenWire:
    """An HTTP server around a simulated one; some of its answers do not arrive."""

    chance: random.Random
    faulty: float
    server: object = None
    url: str = ""

    async def handle(self, request):
        options, total = dict(request.query), "GetTotalCount" in request.path
        try:
            page = self.server.answer(options, total=total)
        except BadRequest:
            return web.json_response(
                {"message": "Invalid OData query options.", "errorCode": 1000}, status=400
            )
        count = {} if page.count is None else {"@odata.count": page.count}
        body = json.dumps({"value": page.count} if total else {**count, "value": page.rows}).encode()
        fault = self.chance.choice(FAULTS) if self.chance.random() < self.faulty else None
        return await self._spoil(request, fault, body)

    async def _spoil(self, request, fault, body):
        packed = gzip.compress(body, 1)
        if isinstance(fault, int):
            return web.Response(status=fault, headers={"Retry-After": "1"})
        if fault == "html":
            return web.Response(body=b"<!DOCTYPE html><html></html>", content_type="text/html")
        if fault == "empty":
            return web.Response(content_type="application/json")
        if fault == "cut gzip":
            packed = packed[: self.chance.randrange(1, len(packed))]
        if fault in {"drop", "cut"}:
            return await self._break_off(request, b"" if fault == "drop" else body)
        return web.Response(
            body=packed, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}
        )

    async def _break_off(self, request, body):
        answer = web.StreamResponse(headers={"Content-Length": str(len(body) + 1)})
        if body:
            await answer.prepare(request)
            await answer.write(body[: self.chance.randrange(1, len(body))])
        if request.transport is not None:
            request.transport.close()
        return answer


@contextlib.asynccontextmanager
async def broken_wire():
    """Open a server; what it answers for is its ``server``."""
    wire = BrokenWire(random.Random(5), faulty=0.04)
    application = web.Application()
    application.router.add_get("/{path:.*}", wire.handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    wire.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield wire
    finally:
        await runner.cleanup()


def still_clock():
    """Let time pass by sleeping alone."""
    seconds = [0.0]

    async def sleep(delay):
        seconds[0] += delay
        await asyncio.sleep(0)

    return Clock(monotonic=lambda: seconds[0], wall=lambda: seconds[0], sleep=sleep)
