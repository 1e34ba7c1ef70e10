"""One exporter per directory: a lock of the operating system, and a lease for machines that do not see it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from uipath_odata.export.places.disk import file_errors
from uipath_odata.export.places.heartbeat import SILENCE, until_silent
from uipath_odata.export.places.holder import is_of_this_kernel, locked_by
from uipath_odata.export.places.lease import Lease, lease_in
from uipath_odata.local.log_line import LogPlace
from uipath_odata.local.threads import in_thread

__all__ = ["LOCK", "locked"]

LOCK: Final = "_job.lock"
_LEASE: Final = "_job.lease"
_EARLIER: Final = {LOCK: "job.lock", _LEASE: "job.lease"}
"""What earlier releases call them, which may be at work."""
_WITHOUT_LOCKS: Final = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP}


@asynccontextmanager
async def locked(
    directory: Path,
    *,
    is_ours: bool,
    whom: LogPlace,
    mode: int | None = None,
    silence: float = SILENCE,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncGenerator[Callable[[], None], None]:
    """Hold a directory for one exporter; yields a function that raises ExportLocked once another process holds it.

    A killed process lets go of the operating system's lock, and the next one begins at once. Network disks may keep
    locks from other machines: these see the lease, and wait until it is silent for ``silence`` seconds and a fifth
    more, which is logged as about ``whom``. A directory that ``is_ours`` goes when it is left without a lock's file and empty. Raises ExportLocked that
    names the other one.
    """
    async with AsyncExitStack() as stack:
        if is_ours:
            stack.callback(_remove_directory_without, directory / LOCK)
        sees_locks = _lock(directory / LOCK, stack, mode)
        file = directory / _LEASE

        def take(replaces: bool) -> Lease:
            lease = Lease.take(file, silence, replaces=replaces, mode=mode)
            # Here, because a cancellation loses what is returned.
            stack.push_async_callback(in_thread, lease.end)
            return lease

        try:
            await _until_earlier_releases_end(directory, silence, sleep, whom, stack)
            is_there = await _until_silent(file, silence, sleep, whom, sees_locks=sees_locks)
            lease = await in_thread(lambda: take(is_there))
        except BaseException:
            _remove_if_alone(directory / LOCK)
            raise
        yield lease.check_fence


async def _until_earlier_releases_end(
    directory: Path,
    silence: float,
    sleep: Callable[[float], Awaitable[object]],
    whom: LogPlace,
    stack: AsyncExitStack,
) -> None:
    """Hold the lock of earlier releases too where one left its file, and remove its files."""
    lock, lease = directory / _EARLIER[LOCK], directory / _EARLIER[_LEASE]
    if not lock.is_file():
        return
    sees_locks = _lock(lock, stack)
    await _until_silent(lease, silence, sleep, whom, sees_locks=sees_locks)
    for each in (lease, lock):
        with contextlib.suppress(OSError):  # Windows removes no file that is locked
            await in_thread(functools.partial(each.unlink, missing_ok=True))


def _lock(file: Path, stack: AsyncExitStack, mode: int | None = None) -> bool:
    """Take the operating system's lock, and tell whether there is one."""
    lock = FileLock(file, mode=mode or 0o600, fallback_to_soft=False)
    with file_errors(file):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise locked_by(file.parent, _text_of(file)) from None
        except NotImplementedError:
            return False
        except OSError as error:
            if error.errno not in _WITHOUT_LOCKS:
                raise
            return False
    stack.callback(lock.release)
    with contextlib.suppress(OSError):  # a courtesy; Windows lets nobody write to a locked file
        file.write_text(f"process {os.getpid()} on {socket.gethostname()}\n")
    return True


async def _until_silent(
    file: Path,
    silence: float,
    sleep: Callable[[float], Awaitable[object]],
    whom: LogPlace,
    *,
    sees_locks: bool,
) -> bool:
    """Wait until nobody can be renewing the lease that is there, and tell whether there is one still.

    Raises ExportLocked once somebody renews it.
    """
    first = await in_thread(lambda: lease_in(file))
    if first is None or (sees_locks and is_of_this_kernel(first)):
        return first is not None
    return await until_silent(
        first, lambda: lease_in(file), place=file.parent, silence=silence, sleep=sleep, whom=whom
    )


def _text_of(file: Path) -> str:
    with contextlib.suppress(OSError):
        return file.read_text(errors="replace").strip() or "another process"
    return "another process"


def _remove_if_alone(file: Path) -> None:
    with contextlib.suppress(OSError):
        if [each.name for each in file.parent.iterdir()] == [file.name]:
            file.unlink()


def _remove_directory_without(file: Path) -> None:
    with contextlib.suppress(OSError):  # somebody else's directories stay
        if not file.exists():
            file.parent.rmdir()
