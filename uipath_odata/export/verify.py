"""Look at an export without asking anyone: is every file there, as it was written, and was every list ended?"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import attrs
import orjson

from uipath_odata.errors import ExportError
from uipath_odata.export.formats import Format
from uipath_odata.export.formats.row_count import rows_in
from uipath_odata.export.journal.command_line import commands_of
from uipath_odata.export.journal.earlier_names import EARLIER_MANIFEST, as_named_now
from uipath_odata.export.journal.evolution import by_set
from uipath_odata.export.journal.holding import journal_disk
from uipath_odata.export.journal.job import JOB, job_in, refuse_other_versions, verify_digest
from uipath_odata.export.journal.journal import JOURNAL, records_in
from uipath_odata.export.journal.manifest import MANIFEST, PUBLISHED, lost_to_a_compaction, manifest_of
from uipath_odata.export.journal.records import File, Record
from uipath_odata.export.journal.recovery import is_part
from uipath_odata.export.journal.state import ListState, states_of
from uipath_odata.export.places.disk import Disk
from uipath_odata.export.places.file_store import FileStore
from uipath_odata.export.places.mode import OWN
from uipath_odata.export.places.place import Place, place_of

__all__ = ["ListStatus", "Status", "Verification", "held_at", "look_at", "rights_at", "status", "verify"]


@attrs.frozen
class ListStatus:
    """Where one list of an export stands."""

    name: str
    """Its key, as in names of files: ``Jobs-7`` is that of the folder with the Id 7."""
    rows: int
    expected: int | None
    files: int
    run: int
    ended: bool
    proven: bool
    reason: str
    entity_set: str = ""
    folder: str | None = None
    """The path of the folder that its rows were read in, where the export tells folders apart."""


@attrs.frozen
class Status:
    """Where an export stands, by its journal."""

    lists: tuple[ListStatus, ...]
    commands: tuple[str, ...] = ()
    """Command lines that ask for what the export holds; the same export may have been made by a program."""

    @property
    def is_complete(self) -> bool:
        return bool(self.lists) and all(each.ended for each in self.lists)


@attrs.frozen
class Verification:
    """What was looked at, and every place where an export is not what was written."""

    files: int
    rows: int
    problems: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        return not self.problems


def status(destination: str | PathLike[str], *, state: str | PathLike[str] | None = None) -> Status:
    """Read where an export stands; raises ExportError where there is none."""
    place, disk = held_at(destination, state)
    records, _ = records_in(disk.read(JOURNAL))
    job = _job(disk)
    held: dict[str, Any] = by_set(job) if job else {"sets": {}}
    lists = [_status(name, each, held["sets"]) for name, each in states_of(records).items()]
    return Status(
        tuple(sorted(lists, key=lambda each: (each.entity_set, each.folder or ""))),
        tuple(commands_of(held, place.name, rights_at(place))) if job else (),
    )


def verify(destination: str | PathLike[str], *, state: str | PathLike[str] | None = None) -> Verification:
    """Compare every file with its hash, size and rows in the journal, and the manifest with both; offline.

    Raises ExportError where the destination does not hold an export.
    """
    place, disk = held_at(destination, state)
    return look_at(place, disk)


def look_at(place: Place, disk: Disk, *, of_files_only: bool = False) -> Verification:
    """Compare what lies on a disk with the journal there; ``of_files_only``: a run or its manifest may be unfinished."""
    data = disk.read(JOURNAL)
    records, whole = records_in(data)
    problems = [] if whole == len(data) else [f"{JOURNAL} is torn or was altered after byte {whole}"]
    problems += _job_problems(disk)
    states = states_of(records)
    store = place.file_store(disk)
    facts = [file for each in states.values() for file in each.files]
    there = set(store.names())
    ends = dict[str, int]()
    for file in facts:
        start = ends.get(file.name, 0)
        ends[file.name] = start + file.bytes
        problems += _file_problems(store, there, file, start, _format(disk))
    problems += _foreign(there, {file.name for file in facts}, states, _job(disk))
    if not of_files_only:
        problems += [f"{name} was not read to its end" for name, each in states.items() if each.begun]
        problems += [] if problems else _manifest_problems(disk, store, there, records)
    return Verification(len(facts), sum(file.rows for file in facts), tuple(problems))


def held_at(destination: str | PathLike[str], state: str | PathLike[str] | None) -> tuple[Place, Disk]:
    """Return the place and the journal's disk of an export, with the rights that its files have; raises ExportError where there is none."""
    if Path(destination).is_file():
        raise ExportError(
            f"{destination} is a file, and one that has its name is whole: name the directory of an export"
        )
    place = place_of(destination, None, single_file=False, state=state)
    disk = as_named_now(journal_disk(place))
    if not disk.has(JOURNAL):
        where = f" (its journal is not in {place.journal_name})" if place.url else ""
        raise ExportError(f"{place.name} holds no export{where}: name the place that one was written to")
    refuse_other_versions(disk)
    return place, disk


def _job(disk: Disk) -> Mapping[str, Any]:
    try:
        return job_in(disk)
    except ExportError:
        return {}


def _format(disk: Disk) -> Format:
    found: Format = _job(disk).get("format", "jsonl")
    return found


def rights_at(place: Place) -> int | None:
    """Return the rights that the files of a local export have, None where they are their owner's alone."""
    if place.url is not None or os.name == "nt":  # where a file has other rights than those of POSIX
        return None
    rights = {stat.S_IMODE(file.stat().st_mode) for file in place.state.glob(JOURNAL)} - {OWN}
    return next(iter(rights), None)


def _status(name: str, each: ListState, sets: Mapping[str, Any]) -> ListStatus:
    last, ended = each.begun or each.ended, each.ended
    entity_set, _, folder = name.partition("-")
    return ListStatus(
        name,
        each.rows,
        None if last is None else last.expected,
        len(each.files),
        each.run,
        each.begun is None,
        ended is not None and ended.proven,
        "not read to the end" if ended is None else ended.reason,
        entity_set,
        sets.get(entity_set, {}).get("folders", {}).get(folder),
    )


def _job_problems(disk: Disk) -> Iterator[str]:
    try:
        job_in(disk)
    except ExportError as error:
        yield f"{JOB}: {error}"


def _file_problems(store: FileStore, there: set[str], file: File, before: int, kind: Format) -> Iterator[str]:
    if file.name not in there:
        yield f"{file.name} is missing"
        return
    # The one file grows part by part, and may have a tail that does not count.
    end = file.bytes if "/" not in file.name else None

    def pieces(start: int = 0) -> Iterator[bytes]:
        return _until(store.pieces(file.name, before + start), None if end is None else end - start)

    size, digest = _size_and_digest(pieces())
    if size != file.bytes:
        yield f"{file.name} has {before + size:,} bytes instead of {before + file.bytes:,}"
    elif digest != file.sha256:
        yield f"{file.name} was altered: its hash is another one"
    elif rows_in(pieces, size, kind, file.name, header=not before) != file.rows:
        yield f"{file.name} has other rows than the journal says"


def _until(pieces: Iterator[bytes], size: int | None) -> Iterator[bytes]:
    """Return the first so many bytes of a file, None: all of them."""
    for piece in pieces:
        yield piece if size is None else piece[:size]
        size = None if size is None else size - len(piece)
        if size is not None and size <= 0:
            return


def _size_and_digest(pieces: Iterator[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        digest.update(piece)
    return size, digest.hexdigest()


def _foreign(
    there: set[str], counted: set[str], states: Mapping[str, ListState], job: Mapping[str, Any]
) -> Iterator[str]:
    """Name what lies among the rows of a set and is none of its parts; a part that is being written may be one soon."""
    is_over = all(each.begun is None for each in states.values())
    for name in sorted(there - counted):
        folder, _, plain = name.partition("/")
        is_passed_over = any(each.startswith(("_", ".")) for each in plain.split("/"))
        if plain and folder in job.get("sets", {}) and not is_passed_over and (is_over or not is_part(name)):
            yield f"{name} is not a part that the journal counts, and readers of the directory take it for one: remove it"


def _manifest_problems(disk: Disk, store: FileStore, there: set[str], records: list[Record]) -> Iterator[str]:
    name = MANIFEST if MANIFEST in there else EARLIER_MANIFEST
    way_on = f"run {'compact or ' if lost_to_a_compaction(records) else ''}the same export again"
    if name not in there:
        yield f"{MANIFEST} is missing: {way_on}"
        return
    held = verify_digest(store.read(name))
    made = orjson.loads(orjson.dumps(manifest_of(job_in(disk), records)))
    if held is None:
        yield f"{MANIFEST} was altered: its hash is another one"
    elif any(held.get(name) != made[name] for name in ("job", "complete", "lists")):
        yield f"{MANIFEST} says something else than the journal: {way_on}"
    if PUBLISHED not in there:
        yield f"{PUBLISHED} is missing: {way_on}"
