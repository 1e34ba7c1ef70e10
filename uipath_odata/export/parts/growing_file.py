"""A file that rows are being written to, and what is known of its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import attrs

from uipath_odata.export.formats import Writer
from uipath_odata.export.journal.records import File
from uipath_odata.export.places.disk import Disk, OpenFile

__all__ = ["GrowingFile"]


@attrs.define(eq=False)
class GrowingFile:
    """Append rows after the first ``start`` bytes of a file; it is opened when the first of them comes."""

    disk: Disk
    name: str
    writer: Writer
    start: int = 0
    file: OpenFile | None = attrs.field(default=None, init=False)
    rows: int = attrs.field(default=0, init=False)
    size: int = attrs.field(default=0, init=False)
    """Of what was appended, as is the digest."""
    _digest: Any = attrs.field(factory=hashlib.sha256, init=False)

    def write(self, rows: Sequence[bytes]) -> None:
        """Append rows."""
        self.rows += len(rows)
        for piece in self.writer.write(rows):
            self._append(piece)

    def finish(self) -> None:
        """Append the end; all of it would survive a loss of power then."""
        self._append(self.writer.close())
        self.rest()

    def rest(self) -> None:
        """Close the file until more comes, as durable as it is."""
        self._opened.sync()
        self.close()

    def close(self) -> None:
        """Close the file; what was not synced does not count."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def described(self, name: str) -> File:
        """Say what was appended to the file of this name."""
        return File(name=name, rows=self.rows, bytes=self.size, sha256=self._digest.hexdigest())

    def _append(self, data: bytes) -> None:
        self._opened.write(data)
        self.size += len(data)
        self._digest.update(data)

    @property
    def _opened(self) -> OpenFile:
        if self.file is None:
            self.file = self.disk.open(self.name, self.start + self.size)
        return self.file
