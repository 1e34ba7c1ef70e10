"""Names of the first release, whose files did not begin with ``_``, so that readers of a lake took them for rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from uipath_odata.export.journal.job import JOB, verify_digest
from uipath_odata.export.journal.journal import JOURNAL, sound_records_in
from uipath_odata.export.journal.manifest import MANIFEST
from uipath_odata.export.places.disk import Disk, OpenFile
from uipath_odata.export.places.file_store import FileStore

__all__ = ["EARLIER_MANIFEST", "adopt", "as_named_now", "remove_earlier_manifest"]

EARLIER_MANIFEST: Final = "manifest.json"
_JOURNAL: Final = "journal"
_JOB: Final = "job.json"
# The journal is renamed last: while it has its old name, all of this is done again.
_NOW: Final[Mapping[str, str]] = {_JOB: JOB, f"{_JOURNAL}.cleared": f"{JOURNAL}.cleared", _JOURNAL: JOURNAL}


def adopt(disk: Disk) -> None:
    """Rename the journal and the job of an earlier release, which this process holds; other people's files stay."""
    if not _is_of_an_earlier_release(disk):
        return
    for earlier, now in _NOW.items():
        if disk.has(earlier) and not disk.has(now):
            disk.rename(earlier, now)
            disk.sync_directory_of(now)


def as_named_now(disk: Disk) -> Disk:
    """Return a view of a disk under the names of today, to be read."""
    return _Renamed(disk) if _is_of_an_earlier_release(disk) else disk


def remove_earlier_manifest(store: FileStore) -> None:
    """Remove the manifest that an earlier release wrote, once there is one of today."""
    names = store.names()
    if EARLIER_MANIFEST not in names or MANIFEST not in names:
        return
    held = verify_digest(store.read(EARLIER_MANIFEST)) or {}
    if str(held.get("package")).startswith("uipath-odata "):
        store.remove(EARLIER_MANIFEST)


def _is_of_an_earlier_release(disk: Disk) -> bool:
    if disk.has(_JOB) and verify_digest(disk.read(_JOB)) is not None:
        return True
    return disk.has(_JOURNAL) and bool(sound_records_in(disk.read(_JOURNAL)))


@attrs.frozen(eq=False)
class _Renamed:
    """Read under each name of today what has the earlier one."""

    disk: Disk

    def has(self, name: str, /) -> bool:
        return self.disk.has(self._earlier(name))

    def size(self, name: str, /) -> int | None:
        return self.disk.size(self._earlier(name))

    def names(self) -> list[str]:
        return self.disk.names()

    def read(self, name: str, /) -> bytes:
        return self.disk.read(self._earlier(name))

    def pieces(self, name: str, /, start: int = 0) -> Iterator[bytes]:
        return self.disk.pieces(self._earlier(name), start)

    def open(self, name: str, /, size: int = 0) -> OpenFile:
        return self.disk.open(name, size)

    def rename(self, name: str, to: str, /) -> None:
        self.disk.rename(name, to)

    def remove(self, name: str, /) -> None:
        self.disk.remove(name)

    def sync_directory_of(self, name: str, /) -> None:
        self.disk.sync_directory_of(name)

    def _earlier(self, name: str) -> str:
        earlier = {now: each for each, now in _NOW.items()}.get(name, name)
        return name if self.disk.has(name) else earlier
