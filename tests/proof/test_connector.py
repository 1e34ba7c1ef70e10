"""What aiohttp makes of answers that nobody asked for, so that a version which does otherwise is noticed; and we.

As long as it takes such an answer for the next request's, a connector of our own is needed.
"""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp
import pytest

from uipath_odata import AccessToken, Orchestrator, Pool
from uipath_odata.settings import Settings


def _answer(text):
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


class _Server:
    """Answers each request with its path; ``unasked`` goes with the answer to ``/and-more``."""

    def __init__(self):
        self.writers = []

    async def serve(self, reader, writer):
        self.writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split()[1].decode()
                writer.write(self.answer_to(path))
        writer.close()

    def answer_to(self, path):
        return _answer(path) + (_answer("unasked") if path == "/and-more" else b"")

    async def send_unasked(self, data):
        """Send to the connection that was opened last, and let it arrive."""
        self.writers[-1].write(data)
        await asyncio.sleep(0.02)

    @contextlib.asynccontextmanager
    async def running(self):
        listener = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        listener.close()
        await listener.wait_closed()


class _Counting(_Server):
    """Answers with the number of the request."""

    answered = 0

    def answer_to(self, path):
        self.answered += 1
        return _answer(f'{{"value": {self.answered}}}')


@pytest.fixture(name="server")
async def _server():
    server = _Server()
    async with server.running() as url:
        server.url = url
        yield server


@pytest.fixture(name="get")
async def _get(server):
    async with aiohttp.ClientSession() as session:

        async def get(path):
            async with session.get(server.url + path) as response:
                return await response.text()

        yield get


async def test_aiohttp_takes_an_answer_on_an_idle_connection_for_the_next_requests(server, get):
    assert await get("/first") == "/first"
    await server.send_unasked(_answer("unasked"))
    assert await get("/second") == "unasked"
    assert await get("/third") == "/second"
    assert len(server.writers) == 1


async def test_aiohttp_closes_a_connection_whose_answer_did_not_end_where_it_said(server, get):
    assert await get("/and-more") == "/and-more"
    assert await get("/next") == "/next"
    assert len(server.writers) == 2


async def test_aiohttp_asks_anew_where_an_idle_connection_was_closed(server, get):
    assert await get("/first") == "/first"
    server.writers[-1].close()
    await asyncio.sleep(0.02)
    assert await get("/second") == "/second"
    assert len(server.writers) == 2


@pytest.mark.parametrize("unasked", [_answer('{"value": 5}'), b"HTTP/1.1 200 OK\r\n", b"\0"])
async def test_no_tenant_of_a_pool_is_given_what_nobody_asked_for(unasked):
    server = _Counting()
    async with server.running() as url, Pool() as pool:
        tenants = [
            Orchestrator(
                f"{url}/{name}/Default",
                AccessToken(name),
                pool=pool,
                settings=Settings(requests_a_minute=10**6),
            )
            for name in ("acme", "evil")
        ]
        for _ in range(5):
            for tenant in tenants:
                assert await tenant.robot_logs.count() == server.answered
                await server.send_unasked(unasked)
        for tenant in tenants:
            await tenant.close()
    assert server.answered == 10
