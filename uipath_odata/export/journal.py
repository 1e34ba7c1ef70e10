"""The journal of an export: what is committed, one checked line a record, and the only cursor."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs
import orjson

from uipath_odata.export.disk import Disk, OpenFile

__all__ = ["JOURNAL", "Journal", "Record", "line_of", "records_in"]

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
    for record, length in _whole_lines(data):
        records.append(record)
        size += length
    return records, size


def _whole_lines(data: bytes) -> Iterator[tuple[Record, int]]:
    for line in data.splitlines(keepends=True):
        check, _, text = line.removesuffix(b"\n").partition(b" ")
        if not line.endswith(b"\n") or check != b"%08x" % zlib.crc32(text):
            return
        yield orjson.loads(text), len(line)


@attrs.define(eq=False)
class Journal:
    """An open journal: what it held, and what is appended durably."""

    records: list[Record]
    torn: int
    """How many bytes of a record that was never finished were cut off."""
    _file: OpenFile

    @classmethod
    def open(cls, disk: Disk) -> Journal:
        """Read the journal, cut it behind its last whole record, and make sure that it is there to stay."""
        data = disk.read(JOURNAL) if JOURNAL in disk.names() else b""
        records, size = records_in(data)
        file = disk.open(JOURNAL, size)
        file.sync()
        disk.sync_directory_of(JOURNAL)
        return cls(records, len(data) - size, file)

    def append(self, record: Record) -> None:
        """Write a record, and return once it is durable."""
        self._file.write(line_of(record))
        self._file.sync()
        self.records.append(record)

    def close(self) -> None:
        self._file.close()
