"""Compact a lake: hold it, see that it is sound, merge its small parts, and see that it is sound again."""

from __future__ import annotations

import datetime as dt
import functools
from os import PathLike

import attrs
from yarl import URL

from uipath_odata.errors import ExportError, ExportUnsound, QueryError
from uipath_odata.export.compaction.compactor import Compactor
from uipath_odata.export.journal.holding import holding, journal_disk
from uipath_odata.export.journal.job import JOB, job_in
from uipath_odata.export.journal.journal import JOURNAL, all_records_in
from uipath_odata.export.journal.state import states_of
from uipath_odata.export.places.disk import Disk
from uipath_odata.export.places.place import Place
from uipath_odata.export.verify import held_at, look_at, rights_at
from uipath_odata.local.log_line import LogPlace
from uipath_odata.local.threads import in_thread

__all__ = ["Compaction", "compact"]


@attrs.frozen(kw_only=True)
class Compaction:
    """What became of a lake's files."""

    files_before: int
    files: int
    rows: int
    left: tuple[str, ...] = ()
    """Lists that were left as they are, because a run over them was not read to its end."""


async def compact(
    destination: str | PathLike[str],
    *,
    part_rows: int | None = None,
    look_back: dt.timedelta = dt.timedelta(days=7),
    state: str | PathLike[str] | None = None,
) -> Compaction:
    """Make parts of up to ``part_rows`` rows out of smaller ones; None: as many as each set was exported with.

    Every row stays as it is, in its order and with its columns; that is proven before the journal counts a new part. Parts whose
    rows are counted again by the next night, by its ``look_back``, stay as they are. Nothing is asked of Orchestrator. If the
    process is killed, the lake has the old parts or the new ones, and the next call or export continues.

    Raises ExportError where there is no lake, ExportUnsound where a file of it was altered, ExportLocked while another process
    holds it.
    """
    if part_rows is not None and part_rows < 1:
        raise QueryError(f"part_rows={part_rows} is not a number of rows: give 1 or more")
    place, disk, whom = await in_thread(lambda: _found(destination, state))
    async with holding(place, disk, whom) as (here, check_fence):
        store = place.file_store(here, check_fence)
        compactor = await in_thread(lambda: Compactor.open(here, store, part_rows, look_back))
        files_before = compactor.files
        try:
            await in_thread(lambda: _refuse_unsound(place, here, of_files_only=True))
            for key in sorted(compactor.states):
                await in_thread(functools.partial(compactor.compact, key))
            await in_thread(compactor.publish)
        finally:
            await in_thread(compactor.journal.close)
        is_partial = bool(compactor.left) or not compactor.was_published
        await in_thread(lambda: _refuse_unsound(place, here, of_files_only=is_partial))
    return Compaction(
        files_before=files_before, files=compactor.files, rows=compactor.rows, left=tuple(compactor.left)
    )


def _found(
    destination: str | PathLike[str], state: str | PathLike[str] | None
) -> tuple[Place, Disk, LogPlace]:
    """Return a lake, with the rights that its files have; raises ExportError where there is none."""
    found, read_only = held_at(destination, state)
    place = attrs.evolve(found, mode=rights_at(found))
    return place, journal_disk(place), _whom(place, read_only)


def _whom(place: Place, disk: Disk) -> LogPlace:
    """Return whom the log is about; raises ExportError where what is there has no parts."""
    if not disk.has(JOB):
        raise ExportError(f"{place.name} has no {JOB}: restore it, or overwrite the export")
    files = [
        file for each in states_of(all_records_in(disk.read(JOURNAL))[0]).values() for file in each.files
    ]
    if any("/" not in file.name for file in files):
        raise ExportError(
            f"{place.name} is one file that grows, compressed or not, and has no parts: name the directory of a lake"
        )
    url = URL(job_in(disk)["url"])
    return LogPlace(f"{url.host}{url.path.rstrip('/')}")


def _refuse_unsound(place: Place, disk: Disk, *, of_files_only: bool) -> None:
    problems = [*look_at(place, disk, of_files_only=of_files_only).problems]
    if problems:
        more = f" and {len(problems) - 1:,} more" if len(problems) > 1 else ""
        raise ExportUnsound(
            f"{problems[0]}{more}: run  uipath-odata verify  on the lake, and restore its files"
        )
