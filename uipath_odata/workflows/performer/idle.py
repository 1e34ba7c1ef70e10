"""How long a performer waits while its queue has nothing for it."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import attrs

from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.performer.draining import Drain

__all__ = ["Idle"]

_FIRST: Final = 1.0
_LONGEST: Final = 30.0


@attrs.define(eq=False)
class Idle:
    """Pauses that grow from 1 to 30 seconds while nothing comes, ended at once by ``drain``."""

    clock: Clock
    drain: Drain
    _next: float = _FIRST

    def reset(self) -> None:
        """Begin with short pauses again, because an item came."""
        self._next = _FIRST

    async def pause(self, at_least: float = 0.0) -> None:
        """Wait for the next pause's time, or until no item is to be taken any more."""
        if self.drain.is_set():
            return
        seconds, self._next = max(self._next, at_least), min(_LONGEST, self._next * 2)
        waits: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(self.clock.sleep(seconds)),
            asyncio.ensure_future(self.drain.event.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
