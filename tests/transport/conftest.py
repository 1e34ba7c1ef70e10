"""A peer of scripted bytes on a real socket, and time that only moves when somebody sleeps."""

from __future__ import annotations

import asyncio
import inspect
from random import Random

import attrs
import pytest

from uipath_odata.auth import AccessToken, ClientCredentials, Deployment
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.request import Request
from uipath_odata.transport.transport import Transport

from ..cancelled_at import CancelledAt


class Cut(bytes):
    """Bytes after which the peer closes the connection."""

    __slots__ = ()


HANG = object()


@attrs.define
class Seen:
    """One request as the peer received it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int
    at: float


@attrs.define
class FakeTime:
    now: float = 1_000.0
    wall: float = 1_700_000_000.0
    slept: list[float] = attrs.field(factory=list)

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    @property
    def clock(self):
        return Clock(monotonic=lambda: self.now, wall=lambda: self.wall, sleep=self.sleep)


class Peer:
    """Answers each request with the next scripted bytes, or with what a function of the request gives."""

    def __init__(self, answers, time):
        self.answers = answers
        self.time = time
        self.seen = []
        self.connections = 0
        self.open = 0
        self._tasks = set()

    async def start(self, ssl=None):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=ssl)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if ssl else 'http'}://127.0.0.1:{self.port}"
        return self

    async def stop(self):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        self.connections += 1
        self.open += 1
        number = self.connections
        try:
            while not await self._one(number, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _one(self, number, reader, writer):
        head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, target, _ = head.split(" ")
        seen = Seen(method, target, headers, body, number, self.time.now)
        self.seen.append(seen)
        answer = await self._answer(seen)
        if answer is HANG:
            await asyncio.Event().wait()
        writer.write(answer)
        await writer.drain()
        return isinstance(answer, Cut)

    async def _answer(self, seen):
        if not callable(self.answers):
            return self.answers[min(len(self.seen), len(self.answers)) - 1]
        answer = self.answers(seen)
        return await answer if inspect.isawaitable(answer) else answer


def make_reply(status=200, body=b'{"value":[]}', *, headers=(), close=False):
    lines = [f"HTTP/1.1 {status} Reason", f"Content-Length: {len(body)}", *headers, "", ""]
    whole = "\r\n".join(lines).encode() + body
    return Cut(whole) if close else whole


@pytest.fixture
def reply():
    return make_reply


@pytest.fixture
def cut():
    return Cut


@pytest.fixture
def hang():
    return HANG


@pytest.fixture
def time():
    return FakeTime()


@pytest.fixture
async def serve(time):
    peers = []

    async def start(answers, ssl=None):
        peers.append(await Peer(answers, time).start(ssl))
        return peers[-1]

    yield start
    for peer in peers:
        await peer.stop()


@pytest.fixture
async def connect(time):
    opened = []

    def make(url, credentials=None, **options):
        pool_options = {name: options.pop(name) for name in POOL_OPTIONS & options.keys()}
        pool = options.pop("pool", None) or Pool(**pool_options)
        transport = Transport(
            Deployment.at(url),
            credentials or AccessToken("a-token"),
            pool=pool,
            **{"clock": time.clock, "random": Random(7), **options},
        )
        opened.extend((transport, pool))
        return transport

    yield make
    for each in opened:
        await (each.close() if isinstance(each, Pool) else each.aclose())


POOL_OPTIONS = {
    "concurrency",
    "attempt_timeout",
    "connect_timeout",
    "read_timeout",
    "body_limit",
    "header_limit",
    "ssl_context",
    "ca_file",
    "trust_env",
    "resolver",
    "trace_configs",
}


@pytest.fixture
def jobs():
    return Request(
        path="/odata/Jobs", query="$top=1", repeatable=True, operation="Jobs.list", template="/odata/Jobs"
    )


@pytest.fixture
def start_jobs():
    return Request(
        method="POST",
        path="/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs",
        body=b'{"startInfo":{"ReleaseKey":"r"}}',
        repeatable=False,
        operation="Jobs.StartJobs",
    )


@pytest.fixture
def delete_robot():
    return Request(method="DELETE", path="/odata/Robots(79)", repeatable=True, operation="Robots.delete")


@pytest.fixture
def application():
    return ClientCredentials(client_id="app", client_secret="app-secret")


@pytest.fixture
def cancelled_at():
    return CancelledAt


@pytest.fixture
def until():
    async def wait(condition):
        for _ in range(100_000):
            if condition():
                return
            await asyncio.sleep(0)
        pytest.fail("the condition never came true")

    return wait


@attrs.define
class Orchestrator:
    """Gives tokens t1, t2, … and accepts those that are ``valid``; ``hold`` makes token requests wait."""

    reply: object
    valid: set = attrs.field(factory=set)
    issued: int = 0
    expires_in: object = 3_600
    hold: asyncio.Event | None = None
    refusal: tuple = (401, b"", ())
    outage: bytes | None = None
    signed: list = attrs.field(factory=list)

    async def __call__(self, seen):
        if seen.target.endswith("/connect/token"):
            return await self._token()
        token = seen.headers["authorization"].removeprefix("Bearer ")
        self.signed.append(token)
        if token in self.valid:
            return self.reply()
        status, body, headers = self.refusal
        return self.reply(status, body, headers=headers)

    async def _token(self):
        self.issued += 1
        number = self.issued
        if self.hold:
            await self.hold.wait()
        if self.outage:
            return self.outage
        body = f'{{"access_token":"t{number}","expires_in":{self.expires_in},"token_type":"Bearer"}}'
        return self.reply(body=body.encode())


@pytest.fixture
def orchestrator(reply):
    return Orchestrator(reply, valid={f"t{number}" for number in range(1, 100)})
