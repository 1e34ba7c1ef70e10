"""A lease's heartbeat: a thread renews it, and another exporter waits until it stops."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.places.holder import holder_of, locked_by
from uipath_odata.local.log_line import LogPlace, log_line
from uipath_odata.local.threads import in_thread

__all__ = ["SILENCE", "Heartbeat", "until_silent"]

logger = logging.getLogger("uipath_odata.export")

SILENCE: Final = 30.0
"""Seconds after which an exporter that did not renew its lease is dead."""
_LOOKS: Final = 36
_HANGING: Final = 5.0
_THREAD: Final = "uipath-odata lease"


def _nothing() -> None:
    """Leave nothing to do after the last renewal."""


@attrs.define(eq=False)
class Heartbeat:
    """A thread that renews a lease; one that cannot be renewed is taken over, and refused when it is looked at."""

    renew: Callable[[], None]
    ended: Callable[[], None] = _nothing
    """Called after the last renewal, in the thread."""
    _stop: threading.Event = attrs.field(factory=threading.Event, init=False)
    _thread: threading.Thread | None = attrs.field(default=None, init=False)

    def begin(self, seconds: float) -> None:
        """Renew each time so many seconds are over; raises ExportError where no thread can be started."""
        self._thread = threading.Thread(target=self._run, args=(seconds,), name=_THREAD, daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:
            self._thread = None
            raise ExportError(
                f"The lease cannot be renewed, {error}: raise the process's thread limit"
            ) from error

    def end(self) -> None:
        """Renew no more; waits for a renewal under way, at most some seconds."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_HANGING)

    def _run(self, seconds: float) -> None:
        while not self._stop.wait(seconds):
            with contextlib.suppress(ExportError, OSError):
                self.renew()
        with contextlib.suppress(OSError):
            self.ended()


async def until_silent(
    first: bytes,
    look: Callable[[], bytes | None],
    *,
    place: Path | str,
    silence: float,
    sleep: Callable[[float], Awaitable[object]],
    whom: LogPlace,
) -> bool:
    """Wait until nobody can be renewing the lease that was ``first`` seen, and tell whether there is one still.

    Raises ExportLocked once somebody renews it; the waiting is logged as about ``whom``.
    """
    wait = 1.2 * silence
    message = "%s may be exported to by %s: waiting %.0f s to see whether it still lives"
    log_line(logger, logging.WARNING, whom, message, place, holder_of(first), wait)
    for _ in range(_LOOKS):
        await sleep(wait / _LOOKS)
        now = await in_thread(look)
        if now is None:
            return False
        if now != first:
            raise locked_by(place, holder_of(now))
    return True
