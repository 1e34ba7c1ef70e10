"""Cancel a coroutine at a chosen await of its own."""

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
