"""Cancel a coroutine at a chosen await of its own, or after so many turns of the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


class CancelledAt(Coroutine):
    """A coroutine that is cancelled at its await number ``at``."""

    def __init__(self, inner, at):
        self.inner, self.at, self.awaits = inner, at, 0

    def send(self, value):
        self.awaits += 1
        if self.awaits == self.at:
            asyncio.current_task().cancel()
        return self.inner.send(value)

    def throw(self, *error):
        return self.inner.throw(*error)

    def close(self):
        self.inner.close()

    def __await__(self):
        return (yield from self.inner.__await__())


def at_each_await(flow, at):
    """Begin a flow that is cancelled at this await; return its task, and where to cancel the next one."""
    return asyncio.create_task(CancelledAt(flow, at)), at + 1


def at_each_turn(flow, at):
    """Cancel what runs in tasks of its own after so many turns of the loop, ever further apart."""
    task = asyncio.create_task(flow)

    async def cancel():
        for _ in range(at):
            await asyncio.sleep(0)
        task.cancel()

    asyncio.get_running_loop().create_task(cancel(), name="cancels")
    return task, at + 1 + at // 8
