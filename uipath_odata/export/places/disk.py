"""The file operations of an export; the process may be killed at each of them.

Writing, syncing and renaming are separate operations here, which `durable` has as one: a journal in a bucket has the same
operations, and Windows needs several attempts at a rename.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable, Generator, Iterator
from io import FileIO
from pathlib import Path
from typing import Final, Protocol

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.places.mode import OWN
from uipath_odata.local.durable import sync_directory, sync_file

__all__ = ["PIECE", "Disk", "LocalDisk", "OpenFile", "file_errors", "make_directory", "write_durably"]


_NO_WAITING: Final = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)


PIECE: Final = 2**20
"""Bytes that are read at once of a file that need not fit into memory."""


class OpenFile(Protocol):
    """A file that bytes are appended to."""

    def write(self, data: bytes, /) -> None: ...
    def sync(self) -> None:
        """Return once all that was written would survive a loss of power."""
        ...

    def close(self) -> None:
        """End it; never fails, and what was not synced does not count."""
        ...


class Disk(Protocol):
    """One directory; names are relative to it, with ``/``. Every failure is an ExportError."""

    def has(self, name: str, /) -> bool: ...
    def size(self, name: str, /) -> int | None:
        """Return how many bytes a file has, None where there is none."""
        ...

    def names(self) -> list[str]:
        """List the files, those in directories below included, sorted."""
        ...

    def read(self, name: str, /) -> bytes: ...
    def pieces(self, name: str, /, start: int = 0) -> Iterator[bytes]:
        """Read a file in pieces, from a byte on."""
        ...

    def open(self, name: str, /, size: int = 0) -> OpenFile:
        """Open a file to append to, cut to ``size`` bytes; it and its directories are made where they are missing.

        Raises ExportError where it has less.
        """
        ...

    def rename(self, name: str, to: str, /) -> None:
        """Rename a file, in place of one that has the new name; its directories are made where they are missing."""
        ...

    def remove(self, name: str, /) -> None: ...
    def sync_directory_of(self, name: str, /) -> None:
        """Return once the names in this file's directory would survive a loss of power."""
        ...


@attrs.define(eq=False)
class _LocalFile:
    path: Path
    _file: FileIO
    """Without a buffer: what was not written when the place was lost is not written when the file is closed."""
    _unsynced: int = 0

    def write(self, data: bytes, /) -> None:
        self._unsynced += len(data)
        rest = memoryview(data)
        with file_errors(self.path, self._unsynced):
            while rest:
                rest = rest[self._file.write(rest) or 0 :]

    def sync(self) -> None:
        with file_errors(self.path, self._unsynced):
            sync_file(self._file.fileno())
        self._unsynced = 0

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


_MOMENTS: Final = (0.05, 0.1, 0.2, 0.4, 0.8) if os.name == "nt" else ()
"""Seconds between attempts: Windows lets nobody replace a file while a reader or a virus scanner has it open."""


@attrs.frozen
class LocalDisk:
    """A local directory; what is made in it is its owner's alone, unless the rights of files are given."""

    root: Path
    mode: int | None = attrs.field(default=None, kw_only=True)
    moments: tuple[float, ...] = attrs.field(default=_MOMENTS, kw_only=True)
    sleep: Callable[[float], object] = attrs.field(default=time.sleep, kw_only=True)

    def names(self) -> list[str]:
        return sorted(
            path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if not path.is_dir()
        )

    def has(self, name: str, /) -> bool:
        return (self.root / name).exists()

    def size(self, name: str, /) -> int | None:
        path = self.root / name
        return path.stat().st_size if path.is_file() else None

    def read(self, name: str, /) -> bytes:
        path = self.root / name
        with file_errors(path, deed="read"):
            descriptor = self._opened(path, os.O_RDONLY)
            with FileIO(descriptor, "r") as file:
                return file.readall()

    def pieces(self, name: str, /, start: int = 0) -> Iterator[bytes]:
        path = self.root / name
        with file_errors(path, deed="read"), FileIO(self._opened(path, os.O_RDONLY), "r") as file:
            file.seek(start)
            while piece := file.read(PIECE):
                yield piece

    def open(self, name: str, /, size: int = 0) -> OpenFile:
        path = self.root / name
        self._refuse_links(path.parent)
        with file_errors(path):
            _make(path.parent, self.mode)
            file = FileIO(self._opened(path, os.O_WRONLY | os.O_CREAT), "w")
            try:
                _cut(file, path, size)
            except BaseException:
                file.close()
                raise
        return _LocalFile(path, file)

    def _opened(self, path: Path, flags: int) -> int:
        """Open a file itself: a symbolic link may lead anywhere, and a pipe would wait for its other end."""
        self._refuse_links(path)
        is_new = self.mode is not None and bool(flags & os.O_CREAT) and not path.exists()
        descriptor = os.open(path, flags | _NO_WAITING, OWN)
        if self.mode is not None and is_new:
            os.fchmod(descriptor, self.mode)  # whatever the umask is
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise ExportError(f"{path} is not a file: remove it, or name another place")
        return descriptor

    def _refuse_links(self, path: Path) -> None:
        """Raise ExportError where a path leads over a symbolic link below this directory."""
        below = [each for each in (path, *path.parents) if self.root in each.parents]
        if link := next((each for each in below if each.is_symlink()), None):
            raise ExportError(
                f"{link} is a symbolic link, which no export follows: put what it names in its place"
            )

    def rename(self, name: str, to: str, /) -> None:
        path = self.root / to
        self._refuse_links(path.parent)
        with file_errors(path):
            _make(path.parent, self.mode)
            for moment in self.moments:
                with contextlib.suppress(PermissionError):
                    (self.root / name).replace(path)
                    return
                self.sleep(moment)
            (self.root / name).replace(path)

    def remove(self, name: str, /) -> None:
        self._refuse_links((self.root / name).parent)
        with file_errors(self.root / name):
            (self.root / name).unlink(missing_ok=True)

    def sync_directory_of(self, name: str, /) -> None:
        with file_errors(self.root / name):
            sync_directory((self.root / name).parent)


def _cut(file: FileIO, path: Path, size: int) -> None:
    there = os.fstat(file.fileno()).st_size
    if there < size:
        raise ExportError(
            f"{path} has {there:,} bytes, and the journal counts {size:,}: restore it, or name another place"
        )
    file.truncate(size)
    file.seek(size)


def _make(directory: Path, mode: int | None, *, parents: bool = True) -> None:
    """Make a directory, its owner's alone unless the rights of files in it are given: who may read these may look in."""
    missing = [] if mode is None else [each for each in (directory, *directory.parents) if not each.exists()]
    directory.mkdir(parents=parents, exist_ok=True, mode=0o700)
    for each in missing:
        each.chmod((mode or 0) | ((mode or 0) & 0o444) >> 2)


def make_directory(directory: Path, *, parents: bool, mode: int | None = None) -> bool:
    """Make a directory that survives a loss of power, its owner's alone unless the rights of its files are given.

    Tell whether it was not there.
    """
    if not parents and not directory.parent.is_dir():
        raise ExportError(f"{directory.parent} is not a directory: make it, or name another place")
    with file_errors(directory):
        missing = [each for each in (directory, *directory.parents) if not each.exists()]
        _make(directory, mode, parents=parents)
    for each in missing:
        LocalDisk(each.parent).sync_directory_of(each.name)
    return bool(missing)


def write_durably(disk: Disk, name: str, data: bytes) -> None:
    """Write a file whole, or leave nothing of it."""
    file = disk.open(name)
    try:
        file.write(data)
        file.sync()
    except ExportError:
        file.close()
        disk.remove(name)
        raise
    file.close()


@contextlib.contextmanager
def file_errors(path: Path, size: int = 0, deed: str = "written") -> Generator[None, None, None]:
    """Raise an operating system's error as ExportError that names the file and what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        advice = "correct that, then run the same export again: it resumes from what is committed"
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            advice = (
                f"free some space ({size:,} bytes more were to be written), then run the same export again"
            )
        raise ExportError(f"{path} cannot be {deed}, {reason}: {advice}") from error
