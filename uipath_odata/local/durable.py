"""Put files on the disk completely or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO

__all__ = ["put_in_place", "sync_directory"]


def put_in_place(file: IO[bytes], fresh: Path, path: Path) -> None:
    """Close a file that was written beside its place and let it take the place.

    Its bytes are on the disk before its name is, and its name is when this returns. Raise OSError.
    """
    file.flush()
    os.fsync(file.fileno())
    file.close()
    fresh.replace(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make renames durable: POSIX keeps names in the directory. Windows opens no directories."""
    with contextlib.suppress(PermissionError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
