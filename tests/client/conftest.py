"""An Orchestrator that answers with what the documentation shows, and keeps what it was asked."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import attrs
import pytest
from aiohttp import web
from yarl import URL

from uipath_odata import AccessToken, Orchestrator

REPLIES = Path(__file__).parent / "replies"


@attrs.frozen
class Asked:
    method: str
    path: str
    options: dict[str, str]
    headers: dict[str, str]
    body: bytes
    raw: str


class Documented:
    """Answers requests in turn; every request is kept as it came."""

    def __init__(self):
        self.asked = []
        self.answers = deque()

    def reply(self, status=200, body=b"", *, name=None, headers=None):
        content = (REPLIES / f"{name}.json").read_bytes() if name else body
        self.answers.append((status, content, headers or {}))

    async def handle(self, request):
        raw = request.raw_path
        self.asked.append(
            Asked(
                request.method,
                URL(raw, encoded=True).raw_path,
                dict(request.query),
                dict(request.headers),
                await request.read(),
                raw,
            )
        )
        status, body, headers = self.answers.popleft()
        return web.Response(status=status, body=body, content_type="application/json", headers=headers)


@pytest.fixture
async def documented():
    server = Documented()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def orchestrator(documented):
    async with Orchestrator(f"{documented.url}/acme/Default/orchestrator_", AccessToken("a-token")) as client:
        yield client
