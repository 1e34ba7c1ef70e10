"""The journal of a place: read by anyone, held by one exporter."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.bucket_disk import BucketDisk
from uipath_odata.export.journal.earlier_names import as_named_now
from uipath_odata.export.journal.journal import JOURNAL
from uipath_odata.export.places.bucket_lease import leased
from uipath_odata.export.places.disk import Disk, LocalDisk, make_directory
from uipath_odata.export.places.fenced_disk import FencedDisk
from uipath_odata.export.places.lock import locked
from uipath_odata.export.places.objects import objects_at
from uipath_odata.export.places.place import JOURNAL_PREFIX, Place
from uipath_odata.local.log_line import LogPlace
from uipath_odata.local.threads import in_thread

__all__ = ["holding", "journal_disk"]


def journal_disk(place: Place) -> Disk:
    """Return the disk that a place's journal is read from."""
    if not place.keeps_journal or place.url is None:
        return LocalDisk(place.state, mode=place.mode)
    return BucketDisk(objects_at(f"{place.url}/{JOURNAL_PREFIX}", place.login))


@asynccontextmanager
async def holding(
    place: Place, disk: Disk, whom: LogPlace
) -> AsyncGenerator[tuple[Disk, Callable[[], None]], None]:
    """Hold a place; yields the disk of its journal, and a function that raises ExportLocked once another one holds it."""
    if isinstance(disk, BucketDisk):
        await in_thread(lambda: _refuse_a_journal_here(place, disk))
        with tempfile.TemporaryDirectory(prefix="uipath-odata-") as scratch:
            async with leased(disk.objects, place.name, whom=whom) as check_fence:
                yield BucketDisk(disk.objects, LocalDisk(Path(scratch)), check_fence), check_fence
        return
    is_file = place.file is not None
    is_made = make_directory(place.state, parents=not is_file, mode=place.mode)
    async with locked(place.state, is_ours=is_made or is_file, whom=whom, mode=place.mode) as check_fence:
        yield FencedDisk(disk, check_fence), check_fence


def _refuse_a_journal_here(place: Place, disk: Disk) -> None:
    """Raise ExportError where an earlier release began this export, and kept its journal on this machine."""
    if as_named_now(LocalDisk(place.state)).has(JOURNAL) and not disk.has(JOURNAL):
        raise ExportError(
            f"{place.name} was begun with its journal in {place.state}: continue it with state={str(place.state)!r}"
        )
