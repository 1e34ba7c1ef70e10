"""One exporter a directory: a lock of the operating system, which a killed process lets go of."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from uipath_odata.errors import ExportLocked
from uipath_odata.export.disk import failing

__all__ = ["LOCK", "locked"]

LOCK: Final = "job.lock"


@contextmanager
def locked(directory: Path) -> Generator[None, None, None]:
    """Hold a directory for one exporter; raises ExportLocked that names the other one."""
    file = directory / LOCK
    lock = FileLock(file, mode=0o600)
    with failing(file):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise ExportLocked(
                f"{directory} is being exported to by {_holder(file)}: wait for it, or name another place"
            ) from None
    try:
        with contextlib.suppress(OSError):  # a courtesy; Windows lets nobody write to a locked file
            file.write_text(f"process {os.getpid()} on {socket.gethostname()}\n")
        yield
    finally:
        lock.release()


def _holder(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip() or "another process"
    except OSError:
        return "another process"
