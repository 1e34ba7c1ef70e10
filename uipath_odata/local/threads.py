"""Run blocking work in a thread, to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

__all__ = ["in_thread"]

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """Work beside the loop; a thread cannot be cancelled, so it is waited for, however often that is asked."""
    thread = asyncio.ensure_future(asyncio.to_thread(work))
    cancelled: asyncio.CancelledError | None = None
    while not thread.done():
        try:
            await asyncio.wait([thread])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return thread.result()
    _ = thread.exception()  # seen, or asyncio would report it
    raise cancelled
