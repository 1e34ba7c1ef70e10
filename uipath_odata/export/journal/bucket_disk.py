"""The journal of an export as objects in the bucket that has its files.

Each record is an object of its own, numbered, that is put only where none is. Nobody can put a record between two others
or in place of one, whatever an exporter that lost its lease may still try. Many are folded into one now and then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import attrs

from uipath_odata.errors import ExportError, ExportLocked
from uipath_odata.export.journal.job import JOB
from uipath_odata.export.journal.journal import JOURNAL
from uipath_odata.export.places.disk import LocalDisk, OpenFile
from uipath_odata.export.places.fenced_disk import unfenced
from uipath_odata.export.places.objects import Objects
from uipath_odata.export.places.place import JOURNAL_PREFIX

__all__ = ["BucketDisk"]

_CLEARED: Final = f"{JOURNAL}.cleared"
_OBJECTS: Final = {JOB: "job.json", _CLEARED: "cleared"}
_RECORDS: Final = re.compile(r"(\d{9})(\.folded)?")
_MANY: Final = 100
"""Records that are read one by one; more are folded."""


@attrs.define(eq=False)
class BucketDisk:
    """The journal and the job are objects; files that are not finished yet are on this machine, in ``scratch``."""

    objects: Objects
    scratch: LocalDisk | None = None
    """None: it is only read."""
    check_fence: Callable[[], None] = unfenced
    _seen: dict[str, bytes] = attrs.field(factory=dict[str, bytes], init=False)
    """Records by the names of their objects, which never change."""

    def has(self, name: str, /) -> bool:
        if name == JOURNAL:
            return bool(self._records()) and not self._is_cleared
        if name in _OBJECTS:
            return self.objects.get(_OBJECTS[name]) is not None
        return self.scratch is not None and self.scratch.has(name)

    def size(self, name: str, /) -> int | None:
        if name == JOURNAL or name in _OBJECTS:
            return len(self.read(name)) if self.has(name) else None
        return self._local.size(name)

    def names(self) -> list[str]:
        return self._local.names()

    def read(self, name: str, /) -> bytes:
        if name == JOURNAL:
            return self._journal(is_whole=True)
        if name == _CLEARED:
            return self._journal(is_whole=False)
        if name not in _OBJECTS:
            return self._local.read(name)
        found = self.objects.get(_OBJECTS[name])
        if found is None:
            raise ExportError(f"{name} is not there: restore it, or name another place")
        return found[0]

    def pieces(self, name: str, /, start: int = 0) -> Iterator[bytes]:
        yield self.read(name)[start:]

    def open(self, name: str, /, size: int = 0) -> OpenFile:
        if name in _OBJECTS:
            return _Object(self, _OBJECTS[name])
        if name != JOURNAL:
            return self._local.open(name, size)
        if self.has(name) and len(self.read(name)) != size:
            raise ExportError(
                f"The {JOURNAL} was altered after byte {size:,}: restore it, or overwrite the export"
            )
        self._fold()
        return _Records(self, max((number for number, _ in self._records()), default=0) + 1)

    def rename(self, name: str, to: str, /) -> None:
        if name == JOURNAL:
            self.put(_OBJECTS[_CLEARED], b"")
        elif to in _OBJECTS:
            self.put(_OBJECTS[to], self._local.read(name))
            self._local.remove(name)
        else:
            self._local.rename(name, to)

    def remove(self, name: str, /) -> None:
        if name not in (JOURNAL, *_OBJECTS):
            self._local.remove(name)
            return
        self.check_fence()
        self._seen.clear()
        if name in (JOURNAL, _CLEARED):
            # Those that a fold left behind, which was cut short, go first: without it they would be the journal again.
            records = [_name(*record) for record in self._records()]
            left = sorted(
                {each for each in self.objects.names() if _RECORDS.fullmatch(each)}.difference(records)
            )
            self.objects.remove([*left, *reversed(records)])
        if name in _OBJECTS:
            self.objects.remove([_OBJECTS[name]])

    def sync_directory_of(self, name: str, /) -> None:
        """Do nothing: an object that was put is there."""

    def put(self, name: str, data: bytes) -> None:
        """Put an object in place of what has its name."""
        self.check_fence()
        found = self.objects.get(name)
        if self.objects.put(name, data, replaces=None if found is None else found[1]) is None:
            raise _another()

    def add(self, number: int, data: bytes) -> None:
        """Put the record of this number, which must be the first of its number."""
        self.check_fence()
        name = _name(number, False)
        if self.objects.put(name, data, replaces=None) is None:
            found = self.objects.get(name)  # our own put may have been sent again after its answer was lost
            if found is None or found[0] != data:
                raise _another()
        # Who takes the place over reads the journal after that: with the lease in hand now, our record is in it.
        self.check_fence()

    def _journal(self, *, is_whole: bool) -> bytes:
        records = self._records()
        if is_whole and (gap := _gap_in(records)):
            raise ExportError(
                f"{JOURNAL_PREFIX}/{_name(gap, False)} is missing: restore it, or overwrite the export"
            )
        names = [_name(*record) for record in records]
        new = [name for name in names if name not in self._seen]
        self._seen |= zip(new, self.objects.read_all(new), strict=True)
        return b"".join(self._seen[name] for name in names)

    def _records(self) -> list[tuple[int, bool]]:
        """Return the numbers of the records and whether each has those before it folded in, from the last fold on."""
        found = [each for each in map(_RECORDS.fullmatch, self.objects.names()) if each is not None]
        all_of_them = sorted((int(each[1]), each[2] is not None) for each in found)
        folded = max((number for number, is_folded in all_of_them if is_folded), default=0)
        return [each for each in all_of_them if each[0] > folded or each == (folded, True)]

    def _fold(self) -> None:
        records = self._records()
        if len(records) <= _MANY:
            return
        last = records[-1][0]
        self.put(_name(last, True), self._journal(is_whole=True))
        self.check_fence()
        kept = _name(last, True)
        old = [each for each in self.objects.names() if _RECORDS.fullmatch(each) and each != kept]
        self.objects.remove([each for each in old if int(each[:9]) <= last])

    @property
    def _is_cleared(self) -> bool:
        return self.objects.get(_OBJECTS[_CLEARED]) is not None

    @property
    def _local(self) -> LocalDisk:
        if self.scratch is None:
            raise RuntimeError("a journal that is only read has no files")
        return self.scratch


def _another() -> ExportLocked:
    return ExportLocked("another exporter wrote to the same place: it continues this export, or run it again")


@attrs.define(eq=False)
class _Object:
    """An object that is put once it is synced."""

    disk: BucketDisk
    name: str
    _data: bytearray = attrs.field(factory=bytearray, init=False)

    def write(self, data: bytes, /) -> None:
        self._data += data

    def sync(self) -> None:
        self.disk.put(self.name, bytes(self._data))

    def close(self) -> None:
        """Do nothing: what was not synced was not put."""


@attrs.define(eq=False)
class _Records:
    """What is written between two syncs is one record; the first, which is empty, keeps out who held the place before."""

    disk: BucketDisk
    _number: int
    _data: bytearray = attrs.field(factory=bytearray, init=False)

    def write(self, data: bytes, /) -> None:
        self._data += data

    def sync(self) -> None:
        self.disk.add(self._number, bytes(self._data))
        self._number += 1
        self._data.clear()

    def close(self) -> None:
        """Do nothing: what was not synced was not put."""


def _name(number: int, is_folded: bool) -> str:
    return f"{number:09}{'.folded' if is_folded else ''}"


def _gap_in(records: list[tuple[int, bool]]) -> int | None:
    """Return the first number that is missing."""
    expected = records[0][0] if records and records[0][1] else 1
    for number, _ in records:
        if number != expected:
            return expected
        expected += 1
    return None
