"""The journal of an export: one record per line, with a checksum; an export resumes from nothing else."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.records import Record, json_of, record_of
from uipath_odata.export.places.disk import Disk, OpenFile

__all__ = ["JOURNAL", "Journal", "all_records_in", "line_of", "records_in", "sound_records_in"]

JOURNAL: Final = "_journal"


def line_of(record: Record) -> bytes:
    """Return a record as ``crc32 json`` with a line's end."""
    text = json_of(record)
    return b"%08x %b\n" % (zlib.crc32(text), text)


def records_in(data: bytes) -> tuple[list[Record], int]:
    """Read records up to the first line that is torn or was altered; also return how many bytes they are.

    Raises ExportError for a whole line that says what no record of this release says.
    """
    records = list[Record]()
    size = 0
    for line, text in _lines(data):
        if text is None:
            break
        records.append(record_of(text))
        size += len(line)
    return records, size


def sound_records_in(data: bytes) -> list[Record]:
    """Read every record that is whole and known, whatever lies before it."""
    records = list[Record]()
    for _, text in _lines(data):
        with suppress(ExportError):
            records += () if text is None else (record_of(text),)
    return records


def all_records_in(data: bytes) -> tuple[list[Record], int]:
    """Read all records but a torn last one, as `records_in` does; raises ExportError where another is not whole."""
    records, size = records_in(data)
    if sum(text is not None for _, text in _lines(data)) != len(records):
        raise ExportError(
            f"The {JOURNAL} was altered after byte {size:,}: restore it, or overwrite the export"
        )
    return records, size


def _lines(data: bytes) -> Iterator[tuple[bytes, bytes | None]]:
    """Return each line with its JSON text, None where the line is not whole."""
    for line in data.splitlines(keepends=True):
        check, _, text = line.removesuffix(b"\n").partition(b" ")
        is_whole = line.endswith(b"\n") and check == b"%08x" % zlib.crc32(text)
        yield line, text if is_whole else None


@attrs.define(eq=False)
class Journal:
    """An open journal: what it held, and what is appended durably."""

    records: list[Record]
    torn: int
    """How many bytes of a record that was never finished were cut off."""
    _file: OpenFile
    _appending: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    is_sound: bool = attrs.field(default=True, init=False)
    """False once nobody knows whether the last record is on the disk: what it speaks of is left as it is."""

    @classmethod
    def open(cls, disk: Disk) -> Journal:
        """Read the journal, cut it after its last whole record, and make sure that it is there to stay.

        Raises ExportError where anything but its last record is not whole: no end of a process does that.
        """
        data = disk.read(JOURNAL) if disk.has(JOURNAL) else b""
        records, size = all_records_in(data)
        file = disk.open(JOURNAL, size)
        try:
            file.sync()
            disk.sync_directory_of(JOURNAL)
        except ExportError:
            file.close()
            raise
        return cls(records, len(data) - size, file)

    def append(self, record: Record) -> None:
        """Write a record, and return once it is durable."""
        with self._appending:
            if not self.is_sound:
                raise ExportError(
                    f"The {JOURNAL} cannot be written any more: correct that, then run the same export again"
                )
            self.is_sound = False
            self._file.write(line_of(record))
            self._file.sync()
            self.records.append(record)
            self.is_sound = True

    def close(self) -> None:
        self._file.close()
