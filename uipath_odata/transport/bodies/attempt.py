"""One attempt: wait for a slot, start the timeout, send, read the whole body."""

from __future__ import annotations

import asyncio
import math
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TYPE_CHECKING

import attrs

from uipath_odata.transport.bodies.inflate import whole
from uipath_odata.transport.bodies.sink import Sink, copy_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

__all__ = ["Attempt"]

_BODILESS = frozenset({204, 304})
_OK = 200


@attrs.frozen(eq=False, repr=False)
class Attempt:
    """Send one attempt and read its body while holding a slot; waiting for the slot takes no time from it."""

    slot: Callable[[], AbstractAsyncContextManager[None]]
    time: Callable[[], float]
    """Seconds that an attempt which starts now may take."""
    body_limit: int
    sink: Sink | None = None
    """Takes the body of a 200 answer; the clock is set anew as long as bytes come."""
    left: Callable[[], float] = lambda: math.inf
    """Seconds until the deadline, which counts the wait for the slot."""

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(None if math.isinf(left := self.left()) else left):
                await stack.enter_async_context(self.slot())
            clock = await stack.enter_async_context(asyncio.timeout(self.time()))
            response = await handler(request)
            try:
                await self._read(response, clock)
            except BaseException:
                response.close()
                raise
            return response

    async def _read(self, response: ClientResponse, clock: asyncio.Timeout) -> None:
        # Where aiohttp keeps a body that was read: read(), text() and json() of every middleware find it there.
        response._body = await self._body(response, clock)  # noqa: SLF001
        await response.read()

    async def _body(self, response: ClientResponse, clock: asyncio.Timeout) -> bytes:
        if self.sink is not None and response.status == _OK:
            await copy_to(response, self.sink, lambda: self._extend(clock))
            return b""
        bodiless = response.method == "HEAD" or response.status in _BODILESS
        coding = "" if bodiless else ",".join(response.headers.getall("Content-Encoding", []))
        return await whole(response.content.iter_any(), coding, self.body_limit)

    def _extend(self, clock: asyncio.Timeout) -> None:
        clock.reschedule(asyncio.get_running_loop().time() + self.time())
