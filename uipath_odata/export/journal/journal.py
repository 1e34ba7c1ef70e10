"""The journal of an export: what is committed, one checked line a record, and the only cursor."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs
import orjson

from uipath_odata.errors import ExportError
from uipath_odata.export.places.disk import Disk, OpenFile

__all__ = ["JOURNAL", "Journal", "Record", "all_records_in", "line_of", "records_in", "sound_records_in"]

JOURNAL: Final = "journal"

Record: TypeAlias = Mapping[str, Any]


def line_of(record: Record) -> bytes:
    """Give a record as ``crc32 json`` with a line's end."""
    text = orjson.dumps(record)
    return b"%08x %b\n" % (zlib.crc32(text), text)


def records_in(data: bytes) -> tuple[list[Record], int]:
    """Read records up to the first line that is torn or was altered; give how many bytes they are."""
    records = list[Record]()
    size = 0
    for line, record in _lines(data):
        if record is None:
            break
        records.append(record)
        size += len(line)
    return records, size


def sound_records_in(data: bytes) -> list[Record]:
    """Read every record that is whole, whatever lies before it."""
    return [record for _, record in _lines(data) if record is not None]


def all_records_in(data: bytes) -> tuple[list[Record], int]:
    """Read all records but a torn last one, as `records_in` does; raises ExportError where another is not whole."""
    records, size = records_in(data)
    if len(sound_records_in(data)) != len(records):
        raise ExportError(
            f"The {JOURNAL} was altered behind byte {size:,}: restore it, or overwrite the export"
        )
    return records, size


def _lines(data: bytes) -> Iterator[tuple[bytes, Record | None]]:
    for line in data.splitlines(keepends=True):
        check, _, text = line.removesuffix(b"\n").partition(b" ")
        is_whole = line.endswith(b"\n") and check == b"%08x" % zlib.crc32(text)
        yield line, orjson.loads(text) if is_whole else None


@attrs.define(eq=False)
class Journal:
    """An open journal: what it held, and what is appended durably."""

    records: list[Record]
    torn: int
    """How many bytes of a record that was never finished were cut off."""
    _file: OpenFile
    _appending: threading.Lock = attrs.field(factory=threading.Lock, init=False)
    is_sound: bool = attrs.field(default=True, init=False)
    """False behind a record of which nobody knows whether it is there: what it speaks of is left as it is."""

    @classmethod
    def open(cls, disk: Disk) -> Journal:
        """Read the journal, cut it behind its last whole record, and make sure that it is there to stay.

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
