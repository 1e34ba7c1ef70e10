"""The lease on a place in a bucket: one object, renewed on the condition that nobody replaced it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.places.heartbeat import SILENCE, Heartbeat, until_silent
from uipath_odata.export.places.holder import (
    holder_of,
    is_of_a_dead_process,
    lease_line,
    locked_by,
    refuse_another,
)
from uipath_odata.export.places.objects import Objects, refuse_without_conditions
from uipath_odata.local.log_line import LogPlace
from uipath_odata.local.threads import in_thread

__all__ = ["LEASE", "leased"]

LEASE: Final = "lease"


@asynccontextmanager
async def leased(
    objects: Objects,
    where: str,
    *,
    whom: LogPlace,
    silence: float = SILENCE,
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
    look = functools.partial(_data, objects)
    is_there = await until_silent(first[0], look, place=where, silence=silence, sleep=sleep, whom=whom)
    return first[1] if is_there else None


def _data(objects: Objects) -> bytes | None:
    found = objects.get(LEASE)
    return None if found is None else found[0]


@attrs.define(eq=False)
class _BucketLease:
    objects: Objects
    where: str
    token: str
    _tag: str
    _beats: int = attrs.field(default=1, init=False)
    _heartbeat: Heartbeat = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._heartbeat = Heartbeat(self._beat)

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
        try:
            lease._heartbeat.begin(silence / 3)
        except ExportError:
            objects.remove([LEASE])
            raise
        return lease

    def check_fence(self) -> None:
        """Raise ExportLocked once another exporter holds the place; asked of the bucket, for a machine may sleep."""
        lease = f"the lease of {self.where}"
        refuse_another(_data(self.objects), self.token, place=self.where, lease=lease)

    def end(self) -> None:
        """Remove the lease, if it is still ours; waits for the bucket, at most some seconds."""
        self._heartbeat.end()
        with contextlib.suppress(ExportError):
            self.check_fence()
            self.objects.remove([LEASE])

    def _beat(self) -> None:
        self._beats += 1
        tag = self.objects.put(LEASE, lease_line(self.token, self._beats), replaces=self._tag)
        if tag is None:
            found = self.objects.get(LEASE)
            tag = found[1] if found is not None and self.token.encode() in found[0] else self._tag
        self._tag = tag
