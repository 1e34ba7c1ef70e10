"""Where the requests of one class wait for their turn."""

from __future__ import annotations

import asyncio
import math
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

    def is_idle(self, now: float) -> bool:
        """Whether nobody waits and the rate would let a new one do the same."""
        return not self.waiting and self.rate.is_idle(now)

    async def enter(
        self, clock: Clock, check: Callable[[float, float], None], *, bulk: bool, within: float = math.inf
    ) -> float:
        """Wait for the turn, log the request and return its time.

        ``check`` may refuse to wait: it takes the seconds until anybody is let go, and until this one is as far as the
        line tells. It is asked again after ``within`` seconds.
        """
        now = clock.monotonic()
        ahead = self.waiting if bulk else len(self._interactive)
        wait = self.rate.wait(now, bulk=bulk)
        if not ahead and wait <= 0:
            return self._send(now, bulk)
        check(wait, self.rate.wait(now, bulk=bulk, ahead=ahead))
        return await self._queue(clock, check, bulk, within)

    async def _queue(
        self, clock: Clock, check: Callable[[float, float], None], bulk: bool, within: float
    ) -> float:
        queue, turn = self._bulk if bulk else self._interactive, asyncio.Event()
        queue[turn] = None
        alarm = None if math.isinf(within) else asyncio.get_running_loop().call_later(within, turn.set)
        try:
            while (wait := self.rate.wait(clock.monotonic(), bulk=bulk)) > 0 or turn is not self._first():
                check(wait, wait)
                await (clock.sleep(wait) if turn is self._first() else turn.wait())
                turn.clear()
            return self._send(clock.monotonic(), bulk)
        finally:
            if alarm is not None:
                alarm.cancel()
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
