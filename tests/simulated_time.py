"""An event loop that waits for no time: its clock jumps to the next timer."""

from __future__ import annotations

import asyncio
import selectors
from concurrent.futures import Future, ThreadPoolExecutor


class _Inline(ThreadPoolExecutor):
    """Works at once: in simulated time a thread takes none."""

    def submit(self, work, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - as an executor does
            future.set_exception(error)
        return future


class _JumpingSelector(selectors.SelectSelector):
    now = 0.0

    def select(self, timeout=None):
        self.now += timeout or 0.0
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    """What it would wait is added to its clock."""

    def __init__(self):
        super().__init__(_JumpingSelector())
        self._clock_resolution = 1e-9
        self.set_default_executor(_Inline(1))

    def time(self):
        return self._selector.now
