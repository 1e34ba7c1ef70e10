"""One client for each tenant, made when it is needed and closed when it is not."""

from __future__ import annotations

import asyncio
import inspect
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Final, Generic, Self, TypeVar

import attrs

from uipath_odata.client import Orchestrator
from uipath_odata.errors import OrchestratorError, QueryError
from uipath_odata.local.event_loop import require_asyncio
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.pool import Pool

__all__ = ["TenantClients"]

K = TypeVar("K", bound=Hashable)
_CLOCK: Final = Clock()
_LOOK: Final = 0.05
"""Seconds between two looks for a client that is no longer in use."""


@attrs.define(eq=False)
class _Kept:
    """A client, whether its making runs still, and when it was last asked for."""

    made: asyncio.Task[Orchestrator]
    used: float
    holders: int = 0

    @property
    def in_use(self) -> bool:
        """Whether somebody has it or waits for it; one whose making hangs and that nobody waits for takes no place."""
        done = self.made.done() and not self.made.cancelled() and self.made.exception() is None
        return self.holders > 0 or (done and self.made.result().requests_under_way > 0)


class TenantClients(Generic[K]):
    """Return the client of a tenant by a key of yours: ``await tenants.client("acme")``.

    ``open_client(key, pool)`` returns an Orchestrator, or an awaitable of one; it is called once for all that ask at the same
    time, and again after an error. At ``max_clients`` the one that is idle longest is closed, and any after ``idle`` seconds;
    one in use never. It is in use while a request is under way, and inside ``async with tenants.holding(key)``, which is
    for streams. Where all are in use, a call waits ``max_wait`` seconds and raises OrchestratorError. The pool stays
    open: it is its owner's.
    """

    def __init__(
        self,
        pool: Pool,
        open_client: Callable[[K, Pool], Orchestrator | Awaitable[Orchestrator]],
        *,
        max_clients: int = 1_000,
        idle: float = 600.0,
        max_wait: float = 5.0,
        clock: Clock = _CLOCK,
    ) -> None:
        if max_clients < 1 or not idle > 0 or not max_wait >= 0:
            raise QueryError(
                "max_clients is 1 or more, idle more than 0 and max_wait 0 or more seconds: correct them"
            )
        self._pool = pool
        self._open = open_client
        self._most = max_clients
        self._idle = idle
        self._max_wait = max_wait
        self._clock = clock
        self._kept: OrderedDict[K, _Kept] = OrderedDict()
        """In the order of their use, so that the one that is idle longest is found without a look at all of them."""
        self._sweeper: asyncio.Task[None] | None = None
        self._closed = False

    def __len__(self) -> int:
        return len(self._kept)

    async def client(self, key: K) -> Orchestrator:
        """Return the client of a tenant, made now if there is none."""
        async with self.holding(key) as orchestrator:  # until whoever waits for it has it
            return orchestrator

    @asynccontextmanager
    async def holding(self, key: K) -> AsyncGenerator[Orchestrator, None]:
        """Hold the client of a tenant, so that it is not closed between the requests of a stream."""
        kept = await self._entry(key)
        kept.holders += 1
        try:
            yield await self._made(kept, key)
        finally:
            kept.holders -= 1
            self._use(key, kept)

    async def close(self) -> None:
        """Close all clients; closing again changes nothing."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.wait([self._sweeper])
        async with AsyncExitStack() as closing:
            for key in [*self._kept]:
                closing.push_async_callback(self._end, key)

    async def __aenter__(self) -> Self:
        require_asyncio()
        self._sweeper = asyncio.create_task(self._sweep(), name="uipath_odata: idle clients")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _entry(self, key: K) -> _Kept:
        if key not in self._kept:
            await self._make_room(key)
        if self._closed:
            raise OrchestratorError("The tenants' clients are closed: open TenantClients anew")
        if key not in self._kept:
            self._kept[key] = _Kept(asyncio.create_task(self._opened(key)), self._clock.monotonic())
        kept = self._kept[key]
        self._use(key, kept)
        return kept

    def _use(self, key: K, kept: _Kept) -> None:
        kept.used = self._clock.monotonic()
        if self._kept.get(key) is kept:
            self._kept.move_to_end(key)

    async def _made(self, kept: _Kept, key: K) -> Orchestrator:
        # Whoever is cancelled leaves the making to those who wait, too.
        try:
            return await asyncio.shield(kept.made)
        except BaseException:
            if (
                kept.made.done()
                and self._kept.get(key) is kept
                and (kept.made.cancelled() or kept.made.exception())
            ):
                del self._kept[key]
            raise

    async def _opened(self, key: K) -> Orchestrator:
        made: Any = self._open(key, self._pool)
        if inspect.isawaitable(made):
            made = await made
        if not isinstance(made, Orchestrator):
            raise QueryError(f"open_client made {type(made).__name__}, not an Orchestrator: return one")
        return made

    async def _make_room(self, key: K) -> None:
        ends = self._clock.monotonic() + self._max_wait
        while len(self._kept) >= self._most and key not in self._kept:
            idle = next((one for one in self._kept.items() if not one[1].in_use), None)
            if idle is not None:
                await self._end(idle[0])
            elif self._clock.monotonic() >= ends:
                raise OrchestratorError(
                    f"All {self._most} clients are in use: try again later, or allow more with max_clients"
                )
            else:
                await self._clock.sleep(_LOOK)

    async def _sweep(self) -> None:
        while True:
            await self._clock.sleep(self._idle / 4)
            late = self._clock.monotonic() - self._idle
            for key, kept in [*self._kept.items()]:
                if kept.used <= late and not kept.in_use:
                    with suppress(Exception):  # one that cannot be closed is not to keep the others open
                        await self._end(key)

    async def _end(self, key: K) -> None:
        kept = self._kept.pop(key, None)
        if kept is None:
            return
        if not kept.made.done():
            kept.made.cancel()
        await asyncio.wait([kept.made])
        if not kept.made.cancelled() and kept.made.exception() is None:
            await kept.made.result().close()
