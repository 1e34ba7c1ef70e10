"""One attempt: a slot, then its clock, then the whole body."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import attrs

from uipath_odata.transport.inflate import whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

__all__ = ["Wire"]

_BODILESS = frozenset({204, 304})


@attrs.frozen
class Wire:
    """Send one attempt and read its body while holding a slot; waiting for the slot takes no time from it."""

    slots: AbstractAsyncContextManager[Any]
    time: Callable[[], float]
    """Seconds that an attempt which starts now may take."""
    body_limit: int

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        async with self.slots, asyncio.timeout(self.time()):
            response = await handler(request)
            try:
                await self._read(response)
            except BaseException:
                response.close()
                raise
            return response

    async def _read(self, response: ClientResponse) -> None:
        bodiless = response.method == "HEAD" or response.status in _BODILESS
        coding = "" if bodiless else ",".join(response.headers.getall("Content-Encoding", []))
        body = await whole(response.content.iter_any(), coding, self.body_limit)
        # Where aiohttp keeps a body that was read: read(), text() and json() of every middleware find it there.
        response._body = body  # noqa: SLF001
        await response.read()
