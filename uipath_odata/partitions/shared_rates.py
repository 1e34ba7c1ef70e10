"""One rate for many processes: for partitions that must be small, where a fixed part of the share for each process would lie idle.

An actor of Dask or Ray, a service or a thread holds it, and tells each process how long to wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import attrs

from uipath_odata.transport.rate.budgets import Allowance
from uipath_odata.transport.rate.coordination import Coordinator
from uipath_odata.transport.rate.sliding_log import Rate

__all__ = ["Coordinator", "SharedRates"]


@attrs.define(eq=False)
class SharedRates:
    """The rates of the lanes of a job, held once: ``turn`` reserves, in even steps. Its methods may be called from any thread."""

    allowance: Allowance = attrs.field(factory=Allowance)
    clock: Callable[[], float] = time.monotonic
    _rates: dict[str, Rate] = attrs.field(factory=dict[str, Rate], init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def turn(self, lane: str) -> float:
        """Reserve the next request of a lane and return in how many seconds it may leave."""
        with self._lock:
            now = self.clock()
            rate = self._rate(lane)
            wait = max(0.0, rate.wait(now, bulk=True))
            rate.send(now + wait, bulk=True)
            return wait

    def refused(self, lane: str, seconds: float | None) -> None:
        """Take in a 429 of a lane."""
        with self._lock:
            now = self.clock()
            self._rate(lane).on_429(now, now, seconds)

    def __reduce__(self) -> tuple[Any, ...]:
        return SharedRates, (self.allowance, self.clock)  # whoever gets it begins with nothing sent

    def _rate(self, lane: str) -> Rate:
        ceiling = self.allowance.share * self.allowance.requests_a_minute
        return self._rates.setdefault(lane, Rate(max(1.0, ceiling), even=True))
