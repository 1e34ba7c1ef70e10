"""A file that appears under its name whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO

import attrs

from uipath_odata.errors import ExportError

__all__ = ["NewFile"]

_BUFFER = 1024 * 1024


@attrs.define(eq=False)
class NewFile:
    """A file being written beside its final name, readable by its owner alone; raises ExportError.

    An existing file is left as it is until ``commit``, and refused unless ``overwrite``.
    """

    path: Path
    overwrite: bool = False
    _file: IO[bytes] = attrs.field(init=False)
    _temporary: Path = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._refuse_existing()
        with self._failing():
            # The same directory, because a rename across file systems is a copy; mkstemp gives mode 0600.
            descriptor, name = tempfile.mkstemp(prefix=".export-", suffix=".tmp", dir=self.path.parent)
        self._temporary = Path(name)
        self._file = os.fdopen(descriptor, "wb", buffering=_BUFFER)

    @property
    def partial_path(self) -> Path:
        """Where ``commit_partial`` puts the file."""
        return self.path.with_name(f"{self.path.name}.partial")

    def write(self, data: bytes) -> None:
        """Append bytes."""
        with self._failing():
            self._file.write(data)

    def commit(self) -> None:
        """Give the file its name once its bytes are on the disk."""
        self._refuse_existing()
        self._rename(self.path)

    def commit_partial(self) -> None:
        """Keep what was written so far under ``partial_path``, in place of an older one."""
        self._rename(self.partial_path)

    def discard(self) -> None:
        """Remove the file unless it was committed; discarding again changes nothing."""
        with contextlib.suppress(OSError):  # closing writes what is buffered, which nobody wants any more
            self._file.close()
        self._temporary.unlink(missing_ok=True)

    def _rename(self, path: Path) -> None:
        with self._failing():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._temporary.replace(path)
            _sync_directory(path.parent)

    def _refuse_existing(self) -> None:
        if self.path.is_dir():
            raise ExportError(f"{self.path} is a directory: name a file")
        if not self.overwrite and self.path.exists():
            raise ExportError(f"{self.path} exists already: name another file, or overwrite it")

    @contextlib.contextmanager
    def _failing(self) -> Generator[None, None, None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ExportError(
                f"{self.path} cannot be written, {reason}: correct that or name another place"
            ) from error


def _sync_directory(directory: Path) -> None:
    """Make a rename durable (POSIX keeps names in the directory); Windows opens no directories."""
    with contextlib.suppress(PermissionError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
