"""Let a step finish before a cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

__all__ = ["to_the_end"]

T = TypeVar("T")


async def to_the_end(work: Coroutine[Any, Any, T], undo: Callable[[T], Awaitable[object]] | None = None) -> T:
    """Await work that the first cancellation waits for, as the second does not; no task is left.

    After a cancellation, ``undo`` takes what the work returned, and the cancellation is raised.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            if cancelled is not None:
                task.cancel()
            cancelled = error
    if cancelled is None:
        return task.result()
    if task.cancelled() or task.exception() is not None:
        raise cancelled from (None if task.cancelled() else task.exception())
    if undo is not None:
        await undo(task.result())
    raise cancelled
