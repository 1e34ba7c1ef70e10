"""A small file that only its owner can read, written completely or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

from uipath_odata.errors import AuthenticationFailed
from uipath_odata.local.durable import put_in_place

__all__ = ["read_private", "write_private"]

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LARGEST = 1_048_576
# Windows has neither; there a profile's directories are its owner's alone.
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_OWNER = os.geteuid() if hasattr(os, "geteuid") else None


def read_private(path: Path) -> bytes | None:
    """Return the bytes; None where the file does not exist.

    Raises AuthenticationFailed for one that is a link, somebody else's, or readable by others.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | _NOFOLLOW)
    except FileNotFoundError:
        return None
    except OSError:
        raise _refusal(path) from None
    try:
        _check(os.fstat(descriptor), stat.S_ISREG, path)
        return os.read(descriptor, _LARGEST)
    finally:
        os.close(descriptor)


def write_private(path: Path, data: bytes) -> None:
    """Put the bytes in the file's place, on the disk before anybody sees them; one writer at a time."""
    directory = path.parent
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check(directory.lstat(), stat.S_ISDIR, directory)
    fresh = path.with_name(f"{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()  # a writer that was killed left it
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        put_in_place(file, fresh, path)


def _check(found: os.stat_result, is_kind: Callable[[int], bool], path: Path) -> None:
    is_private = _OWNER is None or (found.st_uid == _OWNER and not found.st_mode & _OTHERS)
    if not (is_kind(found.st_mode) and is_private):
        raise _refusal(path)


def _refusal(path: Path) -> AuthenticationFailed:
    return AuthenticationFailed(
        f"{path} is a link, belongs to somebody else, or is open to others: remove it and log in again"
    )
