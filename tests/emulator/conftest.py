from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import attrs
import pytest
from yarl import URL

from uipath_odata.emulator import Emulator

from .openapi import Answered

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Let tests of the emulator itself ask for what it does not answer."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.orchestrator(unanswered="allow"))


@attrs.frozen
class Reply:
    status: int
    headers: Any
    body: Any

    @property
    def rows(self):
        return self.body["value"]


@attrs.frozen
class Http:
    """A client of no library: one request at a time, with a good token unless another one is given."""

    emulator: Emulator
    session: aiohttp.ClientSession

    async def send(self, method, path, body=None, **headers):
        async with self._request(method, path, body, headers) as response:
            content = await response.json() if "json" in response.headers.get("Content-Type", "") else None
            return Reply(response.status, response.headers, content)

    async def raw(self, method, path, body=None, **headers):
        """Return the answer as it came, for a validator."""
        async with self._request(method, path, body, headers) as response:
            return Answered(await response.read(), response.status, response.content_type)

    def _request(self, method, path, body, headers):
        encoded = quote(path, safe="/?&=$(),:;@+*-._~%#!")
        sent = {"Authorization": f"Bearer {self.emulator.tokens.issue()}"} | {
            f"X-UIPATH-{name}" if name != "Authorization" else name: value for name, value in headers.items()
        }
        url = URL(self.emulator.base_url + encoded, encoded=True)
        content = {"data": body} if isinstance(body, aiohttp.FormData | bytes) else {"json": body}
        return self.session.request(method, url, headers=sent, **content)

    async def get(self, path, **headers):
        return await self.send("GET", path, **headers)

    async def rows(self, path, **headers):
        reply = await self.get(path, **headers)
        assert reply.status == 200, reply.body
        return reply.rows


@attrs.define
class Clock:
    now: float = 1_715_688_000.0  # 2024-05-14T12:00:00Z

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    """Give a clock that stands until ``now`` is set."""
    return Clock()


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def emulators(session):
    """Make a started emulator with options of one's own: ``async with emulators(seed=None) as http``."""

    class Started:
        def __init__(self, **options):
            self.emulator = Emulator(**options)

        async def __aenter__(self):
            await self.emulator.__aenter__()
            return Http(self.emulator, session)

        async def __aexit__(self, *error):
            await self.emulator.__aexit__(*error)

    return Started


@pytest.fixture
def empty(orchestrator_emulator, session):
    """Ask the emulator of the session, whose tenant is empty again for each test."""
    return Http(orchestrator_emulator, session)


@pytest.fixture(scope="session")
def demo_server():
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def demo(demo_server, session):
    """Ask another one, whose demo tenant is as it was for each test."""
    demo_server.reset()
    return Http(demo_server, session)
