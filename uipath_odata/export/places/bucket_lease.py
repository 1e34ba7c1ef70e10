"""The lease on a place in a bucket: one object, renewed on the condition that nobody replaced it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import attrs

from uipath_odata.errors import ExportError, ExportLocked
from uipath_odata.export.places.lease import holder_of, is_of_a_dead_process, lease_line, locked_by
from uipath_odata.export.places.objects import Objects, refuse_without_conditions
from uipath_odata.local.log_line import LogPlace, log_line
from uipath_odata.local.threads import in_thread

__all__ = ["LEASE", "leased"]

logger = logging.getLogger("uipath_odata.export")

LEASE: Final = "lease"
_SILENCE: Final = 30.0
"""Seconds after which an exporter that did not renew its lease is dead."""
_LOOKS: Final = 36
_HANGING: Final = 5.0
_THREAD: Final = "uipath-odata bucket lease"


@asynccontextmanager
async def leased(
    objects: Objects,
    where: str,
    *,
    whom: LogPlace,
    silence: float = _SILENCE,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncGenerator[Callable[[], None], None]:
    """Hold a place for one exporter; yields a function that raises ExportLocked once another one holds it.

    A process that was killed on this machine is followed at once; one elsewhere once it is silent for ``silence``
    seconds and a fifth more, which is logged as about ``whom``. Raises ExportLocked that names the other one.
    """
    await in_thread(lambda: refuse_without_conditions(objects, where))
    before = await _until_silent(objects, where, silence, sleep, whom)
    async with AsyncExitStack() as stack:

        def take() -> _BucketLease:
            lease = _BucketLease.take(objects, where, silence, replaces=before)
            # Here, because a cancellation loses what is returned.
            stack.push_async_callback(in_thread, lease.end)
            return lease

        lease = await in_thread(take)
        yield lease.check_fence


async def _until_silent(
    objects: Objects,
    where: str,
    silence: float,
    sleep: Callable[[float], Awaitable[object]],
    whom: LogPlace,
) -> str | None:
    """Return the tag of a lease that nobody can be renewing any more, None where there is none."""
    first = await in_thread(lambda: objects.get(LEASE))
    if first is None:
        return None
    if is_of_a_dead_process(first[0]):
        return first[1]
    wait = 1.2 * silence
    message = "%s may be exported to by %s: waiting %.0f s to see whether it still lives"
    log_line(logger, logging.WARNING, whom, message, where, holder_of(first[0]), wait)
    for _ in range(_LOOKS):
        await sleep(wait / _LOOKS)
        now = await in_thread(lambda: objects.get(LEASE))
        if now is None:
            return None
        if now[1] != first[1]:
            raise locked_by(where, holder_of(now[0]))
    return first[1]


@attrs.define(eq=False)
class _BucketLease:
    objects: Objects
    where: str
    token: str
    _tag: str
    _beats: int = attrs.field(default=1, init=False)
    _ended: threading.Event = attrs.field(factory=threading.Event, init=False)
    _renewing: threading.Thread | None = attrs.field(default=None, init=False)

    @classmethod
    def take(cls, objects: Objects, where: str, silence: float, *, replaces: str | None) -> _BucketLease:
        """Begin a lease; raises ExportLocked where another exporter was quicker."""
        token = secrets.token_hex(16)
        data = lease_line(token, 1)
        tag = objects.put(LEASE, data, replaces=replaces)
        if tag is None:  # or the answer to our own put was lost, and it was sent again
            found = objects.get(LEASE)
            if found is None or found[0] != data:
                raise locked_by(where, holder_of(b"" if found is None else found[0]))
            tag = found[1]
        lease = cls(objects, where, token, tag)
        lease._begin(silence / 3)
        return lease

    def check_fence(self) -> None:
        """Raise ExportLocked once another exporter holds the place; asked of the bucket, for a machine may sleep."""
        found = self.objects.get(LEASE)
        if found is None:
            raise ExportLocked(
                f"the lease of {self.where} was removed while this export ran: run the same export again"
            )
        if self.token.encode() not in found[0]:
            raise ExportLocked(
                f"{self.where} was taken over by {holder_of(found[0])}: it continues this export"
            )

    def end(self) -> None:
        """Remove the lease, if it is still ours; waits for the bucket, at most some seconds."""
        self._ended.set()
        if self._renewing is not None:
            self._renewing.join(_HANGING)
        with contextlib.suppress(ExportError):
            self.check_fence()
            self.objects.remove([LEASE])

    def _begin(self, seconds: float) -> None:
        self._renewing = threading.Thread(target=self._renew, args=(seconds,), name=_THREAD, daemon=True)
        try:
            self._renewing.start()
        except RuntimeError as error:
            self.objects.remove([LEASE])
            raise ExportError(
                f"The lease cannot be renewed, {error}: raise the process's thread limit"
            ) from error

    def _renew(self, seconds: float) -> None:
        while not self._ended.wait(seconds):
            # One that cannot be renewed is taken over, and refused when it is looked at.
            with contextlib.suppress(ExportError, OSError):
                self._beat()

    def _beat(self) -> None:
        self._beats += 1
        tag = self.objects.put(LEASE, lease_line(self.token, self._beats), replaces=self._tag)
        if tag is None:
            found = self.objects.get(LEASE)
            tag = found[1] if found is not None and self.token.encode() in found[0] else self._tag
        self._tag = tag
