"""Where time comes from."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import attrs

__all__ = ["Clock"]


@attrs.frozen(eq=False, repr=False)
class Clock:
    """Time as the transport sees it; a test passes its own."""

    monotonic: Callable[[], float] = time.monotonic
    """Seconds that never go back: expiry, pauses, deadlines."""
    wall: Callable[[], float] = time.time
    """Seconds since 1970, only to read a date that the server sent without its own ``Date``."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
