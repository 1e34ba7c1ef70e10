"""Where the requests of one class wait for their turn."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from uipath_odata.transport.clock import Clock
    from uipath_odata.transport.rate.sliding_log import Rate

__all__ = ["WaitQueue"]

_Queue = OrderedDict[asyncio.Event, None]


class WaitQueue:
    """Let requests go when their rate allows it: interactive ones ahead of bulk, each kind in order of arrival.

    Only the first in line sleeps; whoever leaves, also by cancellation, calls the next.
    """

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._interactive = _Queue()
        self._bulk = _Queue()

    @property
    def waiting(self) -> int:
        """Count the requests in line."""
        return len(self._interactive) + len(self._bulk)

    async def enter(self, clock: Clock, check: Callable[[float], None], *, bulk: bool) -> float:
        """Wait for the turn, log the request and return its time; ``check`` may refuse to wait so many seconds."""
        now = clock.monotonic()
        check(wait := self.rate.wait(now, bulk=bulk))
        ahead = self.waiting if bulk else len(self._interactive)
        return await self._queue(clock, check, bulk) if ahead or wait > 0 else self._send(now, bulk)

    async def _queue(self, clock: Clock, check: Callable[[float], None], bulk: bool) -> float:
        queue, turn = self._bulk if bulk else self._interactive, asyncio.Event()
        queue[turn] = None
        try:
            while (wait := self.rate.wait(clock.monotonic(), bulk=bulk)) > 0 or turn is not self._first():
                check(wait)
                await (clock.sleep(wait) if turn is self._first() else turn.wait())
                turn.clear()
            return self._send(clock.monotonic(), bulk)
        finally:
            del queue[turn]
            self._call_next()

    def _send(self, now: float, bulk: bool) -> float:
        self.rate.send(now, bulk=bulk)
        return now

    def _first(self) -> asyncio.Event | None:
        return next(iter(self._interactive or self._bulk), None)

    def _call_next(self) -> None:
        if (first := self._first()) is not None:
            first.set()
