"""The lease on a directory: renewed while its exporter lives, for machines that do not see each other's locks."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.places.disk import LocalDisk, file_errors
from uipath_odata.export.places.heartbeat import Heartbeat
from uipath_odata.export.places.holder import beat, holder_line, holder_of, locked_by, refuse_another
from uipath_odata.local.durable import sync_file

__all__ = ["Lease", "lease_in"]


@attrs.define(eq=False)
class Lease:
    """Our line in the file of the lease; what another exporter puts in its place is another file."""

    file: Path
    token: str
    _descriptor: int
    _beats: int = attrs.field(default=0, init=False)
    _heartbeat: Heartbeat = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._heartbeat = Heartbeat(lambda: self._write(b""), ended=lambda: os.close(self._descriptor))

    @classmethod
    def take(cls, file: Path, silence: float, *, replaces: bool, mode: int | None = None) -> Lease:
        """Begin a lease, in place of a silent one if it ``replaces`` that; it is renewed thrice in ``silence`` seconds.

        Raises ExportLocked where another exporter was quicker.
        """
        token = secrets.token_hex(16)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with file_errors(file):
            try:
                if replaces:
                    file.unlink(missing_ok=True)
                lease = cls(file, token, os.open(file, flags, 0o600))
            except FileExistsError:
                raise locked_by(file.parent, holder_of(lease_in(file) or b"")) from None
            if mode is not None:
                os.fchmod(lease._descriptor, mode)
            try:
                lease._write(holder_line(token))
                lease._heartbeat.begin(silence / 3)
            except BaseException:
                os.close(lease._descriptor)
                file.unlink(missing_ok=True)
                raise
        return lease

    def check_fence(self) -> None:
        """Raise ExportLocked once another exporter holds the directory; asked of the disk, for a machine may sleep."""
        refuse_another(lease_in(self.file), self.token, place=self.file.parent, lease=self.file)

    def end(self) -> None:
        """Remove the lease, if it is still ours; waits for the disk, at most some seconds."""
        self._heartbeat.end()
        with contextlib.suppress(OSError, ExportError):
            if self.token.encode() in (lease_in(self.file) or b""):
                self.file.unlink()

    def _write(self, line: bytes) -> None:
        self._beats += 1
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        rest = beat(self._beats) + line
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        sync_file(self._descriptor)


def lease_in(file: Path) -> bytes | None:
    """Read a lease; None where there is none."""
    try:
        return LocalDisk(file.parent).read(file.name)
    except ExportError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise
