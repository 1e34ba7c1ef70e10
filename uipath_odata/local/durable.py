"""Put files on the disk completely or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO

__all__ = ["put_in_place", "sync_directory", "sync_file", "write_whole"]


def put_in_place(file: IO[bytes], fresh: Path, path: Path) -> None:
    """Close a file that was written beside its place and let it take the place.

    Its bytes are on the disk before its name is, and its name is when this returns. Raise OSError.
    """
    file.flush()
    sync_file(file.fileno())
    file.close()
    fresh.replace(path)
    sync_directory(path.parent)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that readers never see in part. Raise OSError, and leave what was there, where that fails."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            put_in_place(file, fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def sync_file(descriptor: int) -> None:
    """Return once the bytes of an open file are on the disk. Raise OSError.

    Never call it again after an error: the kernel may have dropped the pages and call them clean.
    """
    os.fsync(descriptor)


def sync_directory(directory: Path) -> None:
    """Make renames durable: POSIX keeps names in the directory. Windows opens no directories."""
    with contextlib.suppress(PermissionError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            sync_file(descriptor)
        finally:
            os.close(descriptor)
