"""How fast the poller of a client may ask: at most half of the client's rate for the list of jobs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import attrs

from uipath_odata.transport.clock import Clock
from uipath_odata.transport.rate.sliding_log import Rate

if TYPE_CHECKING:
    from uipath_odata.transport.rate.budgets import RateUsage

__all__ = ["PollPace"]

_PART: Final = 0.5


@attrs.define(eq=False)
class PollPace:
    """The part of the rate that all folders share."""

    clock: Clock
    requests: int = attrs.field(default=0, init=False)
    """Requests that were made so far."""
    _rate: Rate = attrs.field(factory=Rate, init=False)

    def limit(self, usage: RateUsage | None) -> None:
        """Take a part of the rate that the client has."""
        self._rate.ceiling = max(1.0, _PART * usage.share) if usage and usage.share else math.inf

    async def turn(self) -> None:
        """Wait until one more request may be made, and count it."""
        while (wait := self._rate.wait(self.clock.monotonic())) > 0:
            await self.clock.sleep(wait)
        self._rate.send(self.clock.monotonic())
        self.requests += 1
