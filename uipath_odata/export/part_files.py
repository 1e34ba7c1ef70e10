"""A part on its way to the disk: one file, or one for each value that the layout parts it by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from uipath_odata.export.disk import Disk, OpenFile
from uipath_odata.export.formats import Writer
from uipath_odata.export.shelf import Shelf
from uipath_odata.export.state import File

__all__ = ["TEMPORARY", "PartFiles"]

TEMPORARY: Final = "tmp-"
_OPEN_FILES: Final = 64


@attrs.define(eq=False)
class _Growing:
    """One file being written, and what is known of its bytes."""

    disk: Disk
    temporary: str
    writer: Writer
    file: OpenFile | None = None
    rows: int = 0
    size: int = 0
    digest: Any = attrs.field(factory=hashlib.sha256)

    def write(self, rows: Sequence[bytes]) -> None:
        self.rows += len(rows)
        for piece in self.writer.write(rows):
            self.append(piece)

    def append(self, data: bytes) -> None:
        self.opened.write(data)
        self.size += len(data)
        self.digest.update(data)

    @property
    def opened(self) -> OpenFile:
        if self.file is None:
            self.file = self.disk.open(self.temporary, self.size)
        return self.file

    def close(self) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None


@attrs.define(eq=False, kw_only=True)
class PartFiles:
    """The open part of one list: files under temporary names until it is committed."""

    key: str
    """Of the list; tells the temporary names of lists apart."""
    disk: Disk
    shelf: Shelf
    make_writer: Callable[[], Writer]
    name: Callable[[str], str]
    """The name of the file of one value."""
    _growing: dict[str, _Growing] = attrs.field(factory=dict[str, _Growing], init=False)

    def write(self, groups: Mapping[str, Sequence[bytes]]) -> None:
        """Append rows to the file of each value."""
        for value, rows in groups.items():
            if value not in self._growing:
                temporary = f"{TEMPORARY}{self.key}-{len(self._growing)}"
                self._growing[value] = _Growing(self.disk, temporary, self.make_writer())
            self._growing[value].write(rows)
            self._bound()

    def commit(self) -> tuple[File, ...]:
        """Give each file its name once its bytes are durable; they count when the journal says so."""
        files = list[File]()
        for value, growing in self._growing.items():
            growing.append(growing.writer.close())
            growing.opened.sync()
            growing.close()
            name = self.name(value)
            self.shelf.put(growing.temporary, name)
            files.append(File(name, growing.rows, growing.size, growing.digest.hexdigest()))
        self._growing.clear()
        return tuple(files)

    def discard(self) -> None:
        """Remove what was not committed."""
        for growing in self._growing.values():
            growing.close()
        temporaries = [growing.temporary for growing in self._growing.values()]
        self._growing.clear()
        for temporary in temporaries:
            self.disk.remove(temporary)

    def _bound(self) -> None:
        """Close the files that are open if they are many: a part may have a file for each day of years."""
        is_open = [growing for growing in self._growing.values() if growing.file is not None]
        if len(is_open) > _OPEN_FILES:
            for growing in is_open:
                growing.opened.sync()
                growing.close()
