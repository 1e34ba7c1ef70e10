"""One exporter a directory: a lock of the operating system, and a lease for machines that do not see it."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from filelock import AsyncSoftFileLease, FileLock, Timeout

from uipath_odata.errors import ExportLocked
from uipath_odata.export.disk import failing

__all__ = ["LOCK", "locked"]

LOCK: Final = "job.lock"
_LEASE: Final = "job.lease"
_SILENCE: Final = 30.0
"""Seconds without a sign of life, each a third of that apart, behind which an exporter on another machine is dead."""


@asynccontextmanager
async def locked(directory: Path, silence: float = _SILENCE) -> AsyncGenerator[Callable[[], None], None]:
    """Hold a directory for one exporter; gives what raises ExportLocked once it is not held any more.

    A killed process lets go of the operating system's lock. Network disks may keep that from other machines: these see
    the lease, which is renewed; what a dead machine left is waited for. Raises ExportLocked that names the other one.
    """
    file = directory / LOCK
    lock = FileLock(file, mode=0o600)
    lease = AsyncSoftFileLease(directory / _LEASE, mode=0o600, lease_duration=silence, thread_local=False)

    def refuse_when_lost() -> None:
        # Asked of the disk: a machine that slept learns it before its next heartbeat.
        if lease.compromise is not None or not _is_ours(lease):
            raise ExportLocked(f"{directory} was taken over by {_holder(file)}: this export goes on there")

    try:
        await _acquire(lock, lease, 1.2 * silence)
        yield refuse_when_lost
    finally:
        with contextlib.suppress(OSError):  # what cannot be removed is silent from now on
            await lease.release()
        lock.release()
        _leave(file)


async def _acquire(lock: FileLock, lease: AsyncSoftFileLease, patience: float) -> None:
    file = Path(lock.lock_file)
    with failing(file):
        try:
            lock.acquire(timeout=0)
            await lease.acquire(timeout=patience)
        except Timeout:
            raise ExportLocked(
                f"{file.parent} is being exported to by {_holder(file)}: wait for it, or name another place"
            ) from None
    _tell(file)


def _tell(file: Path) -> None:
    with contextlib.suppress(OSError):  # a courtesy; Windows lets nobody write to a locked file
        file.write_text(f"process {os.getpid()} on {socket.gethostname()}\n")


def _leave(file: Path) -> None:
    """Remove the directory of an export that left nothing, its lock removed."""
    with contextlib.suppress(OSError):  # somebody else's directories stay
        if not file.exists():
            file.parent.rmdir()


def _is_ours(lease: AsyncSoftFileLease) -> bool:
    try:
        return str(lease.token) in Path(lease.lock_file).read_text()
    except OSError:
        return False


def _holder(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip() or "another process"
    except OSError:
        return "another process"
