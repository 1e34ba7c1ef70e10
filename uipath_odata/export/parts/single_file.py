"""One growing file, which gets its name when it is whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs

from uipath_odata.export.formats import Writer
from uipath_odata.export.journal.records import File
from uipath_odata.export.parts.growing_file import GrowingFile
from uipath_odata.export.places.disk import Disk

__all__ = ["SingleFile"]


@attrs.define(eq=False)
class SingleFile:
    """The open part of a list whose parts all follow one another in one file, ``size`` bytes of them committed."""

    disk: Disk
    name: str
    size: int
    make_writer: Callable[[bool], Writer]
    """Make a writer that begins a file, or continues one."""
    _growing: GrowingFile | None = attrs.field(default=None, init=False)

    def write(self, groups: Mapping[str, Sequence[bytes]]) -> None:
        """Append rows."""
        if self._growing is None:
            self._growing = GrowingFile(self.disk, self.name, self.make_writer(not self.size), self.size)
        for rows in groups.values():
            self._growing.write(rows)

    def commit(self) -> tuple[File, ...]:
        """Make the rows durable; they count when the journal says so."""
        growing = self._growing
        if growing is None:
            return ()
        growing.finish()
        if not self.size:
            self.disk.sync_directory_of(self.name)
        self.size += growing.size
        self._growing = None
        return (growing.described(self.name),)

    def discard(self) -> None:
        """Cut off what was not committed."""
        growing, self._growing = self._growing, None
        if growing is not None and growing.file is not None:
            growing.close()
            self.disk.open(self.name, self.size).close()
