"""The middleware that asks another process for the turn of each attempt."""

from __future__ import annotations

import contextvars
from collections.abc import Awaitable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

import attrs

from uipath_odata.transport.clock import Clock
from uipath_odata.transport.headers.pace import retry_after

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

__all__ = ["Coordinator", "asking", "coordinated"]

_CLOCK: Final = Clock()


class Coordinator(Protocol):
    """Whatever paces the processes of a job: a ``lane`` is a tenant and a rate class."""

    def turn(self, lane: str) -> Awaitable[float]:
        """Reserve the next request of a lane and return in how many seconds it may leave."""
        ...

    def refused(self, lane: str, seconds: float | None) -> Awaitable[None]:
        """Take in that the server answered 429, and for how many seconds it wants to be left alone, where it says so."""
        ...


@attrs.frozen
class _Asked:
    coordinator: Coordinator
    lane: str


_asked: Final[contextvars.ContextVar[_Asked | None]] = contextvars.ContextVar(
    "uipath_odata lane", default=None
)


@contextmanager
def asking(coordinator: Coordinator | None, lane: str | None) -> Generator[None, None, None]:
    """Let the requests that begin here, and their tasks, ask a coordinator for their turns in a lane."""
    asked = None if coordinator is None or lane is None else _Asked(coordinator, lane)
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)


async def coordinated(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Ask for the turn of each attempt, as an aiohttp middleware; where nobody coordinates, send at once."""
    asked = _asked.get()
    if asked is None:
        return await handler(request)
    wait = await asked.coordinator.turn(asked.lane)
    if wait > 0:
        await _CLOCK.sleep(wait)
    response = await handler(request)
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        await asked.coordinator.refused(asked.lane, retry_after(response.headers, _CLOCK.wall()))
    return response
