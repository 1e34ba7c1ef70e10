"""One growing file, which gets its name when it is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from uipath_odata.export.disk import Disk, OpenFile
from uipath_odata.export.formats import Writer
from uipath_odata.export.state import File

__all__ = ["SingleFile"]


@attrs.define(eq=False)
class SingleFile:
    """The open part of a list whose parts all lie in one file behind each other, ``size`` bytes of them committed."""

    disk: Disk
    name: str
    size: int
    make_writer: Callable[[bool], Writer]
    """Make a writer that begins a file, or goes on with one."""
    _file: OpenFile | None = attrs.field(default=None, init=False)
    _writer: Writer | None = attrs.field(default=None, init=False)
    _rows: int = attrs.field(default=0, init=False)
    _grown: int = attrs.field(default=0, init=False)
    _digest: Any = attrs.field(factory=hashlib.sha256, init=False)

    def write(self, groups: Mapping[str, Sequence[bytes]]) -> None:
        """Append rows."""
        if self._writer is None:
            self._writer = self.make_writer(not self.size)
        for rows in groups.values():
            self._rows += len(rows)
            for piece in self._writer.write(rows):
                self._append(piece)

    def commit(self) -> tuple[File, ...]:
        """Make the rows durable; they count when the journal says so."""
        if self._writer is None:
            return ()
        self._append(self._writer.close())
        self._opened.sync()
        self._opened.close()
        if not self.size:
            self.disk.sync_directory_of(self.name)
        file = File(self.name, self._rows, self._grown, self._digest.hexdigest())
        self.size += self._grown
        self._begin_anew()
        return (file,)

    def discard(self) -> None:
        """Cut off what was not committed."""
        if self._file is not None:
            self._file.close()
            self.disk.open(self.name, self.size).close()
        self._begin_anew()

    def _append(self, data: bytes) -> None:
        self._opened.write(data)
        self._grown += len(data)
        self._digest.update(data)

    @property
    def _opened(self) -> OpenFile:
        if self._file is None:
            self._file = self.disk.open(self.name, self.size)
        return self._file

    def _begin_anew(self) -> None:
        self._file = self._writer = None
        self._rows = self._grown = 0
        self._digest = hashlib.sha256()
