"""Write a part: one file, or one for each value that the layout divides it by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import attrs

from uipath_odata.export.formats import Writer
from uipath_odata.export.journal.records import File
from uipath_odata.export.parts.growing_file import GrowingFile
from uipath_odata.export.places.disk import Disk
from uipath_odata.export.places.file_store import FileStore

__all__ = ["TEMPORARY", "PartFiles"]

TEMPORARY: Final = "_tmp-"
_OPEN_FILES: Final = 64


@attrs.define(eq=False, kw_only=True)
class PartFiles:
    """The open part of one list: files under temporary names until it is committed."""

    key: str
    """Of the list; tells the temporary names of lists apart."""
    disk: Disk
    store: FileStore
    make_writer: Callable[[], Writer]
    name: Callable[[str], str]
    """The name of the file of one value."""
    _growing: dict[str, GrowingFile] = attrs.field(factory=dict[str, GrowingFile], init=False)

    def write(self, groups: Mapping[str, Sequence[bytes]]) -> None:
        """Append rows to the file of each value."""
        for value, rows in groups.items():
            if value not in self._growing:
                temporary = f"{TEMPORARY}{self.key}-{len(self._growing)}"
                self._growing[value] = GrowingFile(self.disk, temporary, self.make_writer())
            self._growing[value].write(rows)
            self._bound()

    def commit(self) -> tuple[File, ...]:
        """Put each file under its name once its bytes are durable; they count when the journal says so."""
        files = list[File]()
        for value, growing in self._growing.items():
            growing.finish()
            name = self.name(value)
            self.store.put(growing.name, name)
            files.append(growing.described(name))
        self._growing.clear()
        return tuple(files)

    def discard(self) -> None:
        """Remove what was not committed."""
        for growing in self._growing.values():
            growing.close()
        temporaries = [growing.name for growing in self._growing.values()]
        self._growing.clear()
        for temporary in temporaries:
            self.disk.remove(temporary)

    def _bound(self) -> None:
        """Close the files that are open if they are many: a part may have a file for each day of years."""
        is_open = [growing for growing in self._growing.values() if growing.file is not None]
        if len(is_open) > _OPEN_FILES:
            for growing in is_open:
                growing.rest()
