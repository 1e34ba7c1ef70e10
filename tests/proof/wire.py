"""Worlds behind real HTTP, on kept-alive connections where answers may come that nobody asked for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from pathlib import Path
from urllib.parse import unquote

import attrs

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.errors import NotProven, OrchestratorError, ResponseError
from uipath_odata.export.exporting import export
from uipath_odata.settings import Settings

from .reading import SETS, Reading, is_raw, read_from
from .worlds.filters import text_of

__all__ = ["Wire", "is_exported", "wire"]

_OFTEN = 0.3  # of the answers with something after them


@attrs.define(eq=False)
class Wire:
    """A server of one world after the other; each has a client of its own, whose connections are warm."""

    url: str = ""
    server: object = None
    """What answers; nothing but empty lists do while there is none."""
    idle: set = attrs.field(factory=set)
    """Connections on which nothing is asked."""
    sent: int = 0
    """Answers that nobody asked for."""

    async def read(self, world):
        """Read a world over HTTP to its end or to the error that its reader names."""
        question = world.question
        async with self.connected(world, connections=question.workers) as entities:
            reading = Reading(world, self.server, newest=self.server.rows.newest)

            def stream_of(point):
                query = question.query(world.table, reading.newest, entities)
                query = query.exact() if question.exact else query
                return (query.raw() if is_raw(world) else query.dicts()).stream(
                    concurrency=question.workers,
                    page_size=world.page_size,
                    ordered=question.ordered,
                    paging=question.paging,
                    resume=point,
                )

            if is_exported(world):
                query = question.query(world.table, reading.newest, entities)
                await _export(reading, query.exact() if question.exact else query)
            else:
                await read_from(reading, stream_of)
        return reading

    @contextlib.asynccontextmanager
    async def connected(self, world, connections=1):
        """Serve a world; give its entity set of a client that has so many connections open."""
        settings = Settings(
            window=world.window,
            in_values=3,
            equalities=3,
            upper_bound=world.question.upper_bound,
            requests_a_minute=10**6,
        )
        async with Orchestrator(self.url, AccessToken("token"), settings=settings) as orchestrator:
            entities = getattr(orchestrator, SETS[world.table.name])
            self.server = None
            await asyncio.gather(*(entities.count() for _ in range(connections)))
            self.server = world.serve()
            await self._disturb(world)
            yield entities

    async def _disturb(self, world):
        """Send answers while nothing is asked, and let them arrive."""
        if world.lies.strays == "idle":
            for writer in self.idle:
                writer.write(self._stray(world))
            await asyncio.sleep(0.002)

    def _stray(self, world):
        self.sent += 1
        kind = world.serve().chance.choice([200, 200, 400, 503]) if self.sent % 2 else 200
        if kind != 200:
            return _answer(kind, {"message": "Invalid OData query options.", "errorCode": 1000})
        key = self.server.rows.newest // 2
        row = {"Id": key + 1, "TimeStamp": text_of(key), world.table.token: f"stray {self.sent}"}
        return _answer(200, {"@odata.count": 1, "value": [row]})

    async def serve(self, reader, writer):
        """Answer what comes on one connection."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                self.idle.add(writer)
                head = await reader.readuntil(b"\r\n\r\n")
                self.idle.discard(writer)
                body = self._answered(head.split(b" ", 2)[1].decode())
                world = self.server and self.server.world
                if world and world.lies.strays == "after" and self.server.chance.random() < _OFTEN:
                    body += self._stray(world)
                writer.write(body)
        self.idle.discard(writer)
        writer.close()

    def _answered(self, target):
        path, _, query = target.partition("?")
        options = {
            unquote(name): unquote(value)
            for name, _, value in (each.partition("=") for each in query.split("&") if each)
        }
        total = "GetTotalCount" in path
        if self.server is None:
            return _answer(200, {"value": 0} if total else {"@odata.count": 0, "value": []})
        try:
            facts, count = self.server.answer(options, total=total)
        except ResponseError as error:
            return _answer(error.status, {"message": str(error), "errorCode": error.error_code})
        if total:
            return _answer(200, {"value": count})
        counted = {} if count is None else {"@odata.count": count}
        return _answer(200, {**counted, "value": self.server.shown(facts, options)})


@attrs.frozen
class _Exported:
    """What an export reports: rows that came late are in it."""

    plan: str
    proven: bool
    late: int = 0


def is_exported(world):
    """Tell whether a list is read by an export to a file: one world in a hundred or so."""
    question = world.question
    limits = (question.top, question.skip, question.order)
    return world.seed % 50 == 29 and limits == (None, None, None) and question.paging == "auto"


async def _export(reading, query):
    """Read a list by an export to one file."""
    world = reading.world
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "rows.jsonl"
        try:
            summary = await export(query, file, page_size=world.page_size, concurrency=world.question.workers)
        except OrchestratorError as error:
            reading.error = error
            return
        (last,) = summary.lists
        if last.event != "complete":
            reading.error = NotProven(last.error)
            return
        reading.take([json.loads(line) for line in file.read_text("utf-8").splitlines()])
    reading.keys.clear()  # a file has its parts in the order in which they were read
    reading.reports.append(_Exported(last.plan, last.proven))
    reading.plan, reading.proven = last.plan, last.proven


def _answer(status, content):
    body = json.dumps(content).encode()
    head = f"HTTP/1.1 {status} Any\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@contextlib.asynccontextmanager
async def wire():
    """Open a server of worlds."""
    made = Wire()
    listener = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        listener.close()
        await listener.wait_closed()
