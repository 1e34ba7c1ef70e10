"""An aiohttp session that opens with its first request and belongs to that event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uipath_odata.errors import OrchestratorError
from uipath_odata.local.event_loop import no_loop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from aiohttp import ClientSession

__all__ = ["LoopSession"]


class LoopSession:
    """Own a session from the first request to ``aclose()``, or to the end of its event loop.

    The event loop closes its generators when it ends (``shutdown_asyncgens``), so a client that nobody
    closed leaves no open connection.
    """

    def __init__(self, make: Callable[[], ClientSession]) -> None:
        self._make = make
        self._lifetime = self._open()
        self._session: ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    async def get(self) -> ClientSession:
        """Return the session, opened now if it is not yet. Raise OrchestratorError where it is closed or of another loop."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise no_loop() from None
        if self._closed:
            raise OrchestratorError("The client is closed: open a new one")
        if self._session is None:
            self._loop = loop
            self._session = await anext(self._lifetime)
        if self._loop is not loop:
            raise _elsewhere()
        return self._session

    def check_loop(self) -> None:
        """Raise OrchestratorError where the connections belong to another event loop that still runs."""
        loop = self._loop
        if loop is not None and loop is not asyncio.get_running_loop() and not loop.is_closed():
            raise _elsewhere()

    async def aclose(self) -> None:
        """Close all connections; closing twice is closing once."""
        self.check_loop()
        if not self._closed:
            self._closed = True
            await self._lifetime.aclose()

    async def _open(self) -> AsyncGenerator[ClientSession, None]:
        session = self._make()
        try:
            yield session
        finally:
            await session.close()


def _elsewhere() -> OrchestratorError:
    return OrchestratorError("The client belongs to another event loop: make one client for each loop")
