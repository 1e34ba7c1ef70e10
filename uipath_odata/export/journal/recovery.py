"""Bring a destination to what its journal says, empty it to be overwritten, or refuse it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.job import JOB, verify_digest
from uipath_odata.export.journal.journal import JOURNAL, sound_records_in
from uipath_odata.export.journal.manifest import MANIFEST, PUBLISHED
from uipath_odata.export.journal.records import Part, PartsMerged, RunBegan
from uipath_odata.export.journal.state import ListState, states_of
from uipath_odata.export.places.disk import Disk, write_durably
from uipath_odata.export.places.file_store import FileStore

__all__ = [
    "finish_overwriting",
    "is_part",
    "overwrite",
    "refuse_what_is_missing",
    "refuse_what_is_unknown",
    "remove_journal",
    "remove_uncommitted",
]

_CLEARED: Final = "_journal.cleared"
_TEMPORARY: Final = re.compile(r"_?tmp-(?:job|_?manifest\.json|_SUCCESS|(?P<key>.+)-\d+)")
_PART: Final = re.compile(
    r"(?P<set>\w+)/(?:(?:date|folder)=[^/]*/)*"
    r"part-(?:(?P<folder>\d+)-)?(?P<number>\d{6,})-g(?P<generation>\d+)\.(?:jsonl|csv|parquet)"
)


def remove_uncommitted(
    disk: Disk, store: FileStore, states: Mapping[str, ListState], keys: Collection[str]
) -> None:
    """Remove what was begun and does not count: temporary files, parts that were replaced or never committed."""
    for name in disk.names():
        found = _TEMPORARY.fullmatch(name)
        if found and (found["key"] is None or found["key"] in keys):
            disk.remove(name)
    wanted = _wanted(states)
    replaced = {file.name for state in states.values() for part in state.replaced for file in part.files}
    for name in store.names():
        if name not in wanted and (name in replaced or _was_in_flight(name, states)):
            store.remove(name)


def refuse_what_is_missing(there: AbstractSet[str], states: Mapping[str, ListState]) -> None:
    """Raise ExportError where files that the journal counts are not there."""
    missing = sorted(_wanted(states) - there)
    if missing:
        others = f" and {len(missing) - 1:,} more" if missing[1:] else ""
        raise ExportError(
            f"{missing[0]}{others}, which the journal counts, cannot be found: restore what is missing, or export again with "
            "overwrite=True or to another place"
        )


def refuse_what_is_unknown(
    there: AbstractSet[str], states: Mapping[str, ListState], keys: Collection[str], name: str
) -> None:
    """Raise ExportError where files have names that this export gives and that its journal does not know."""
    unknown = sorted(each for each in there - _wanted(states) if _key_of(each) in keys)
    unknown += [] if states else sorted(there & {MANIFEST, PUBLISHED})
    if unknown:
        raise ExportError(
            f"{name} holds {unknown[0]}, and no journal here knows it: name another place or the state that it was written "
            "with, or overwrite the export"
        )


def overwrite(disk: Disk, store: FileStore) -> None:
    """Remove what an export left here, and nothing else; ended in the middle, `finish_overwriting` does the rest."""
    data = disk.read(JOURNAL) if disk.has(JOURNAL) else b""
    has_job = disk.has(JOB) and verify_digest(disk.read(JOB)) is not None
    if not (has_job or sound_records_in(data) or _manifest_on(store)):
        return  # what lies here is somebody else's, or nothing
    store.remove(PUBLISHED)
    if disk.has(JOURNAL):
        disk.rename(JOURNAL, _CLEARED)
    else:
        write_durably(disk, _CLEARED, b"")
    disk.sync_directory_of(_CLEARED)
    disk.remove(JOB)
    finish_overwriting(disk, store)


def finish_overwriting(disk: Disk, store: FileStore) -> None:
    """Remove the files of an export whose journal was put aside."""
    if not disk.has(_CLEARED):
        return
    found = sound_records_in(disk.read(_CLEARED))
    as_parts = [each.part if isinstance(each, PartsMerged) else each for each in found]
    records = [each for each in as_parts if isinstance(each, RunBegan | Part)]
    states, manifest = states_of(records), _manifest_on(store)
    counted = {file.name for each in records if isinstance(each, Part) for file in each.files}
    for name in store.names():
        if name in counted or _was_in_flight(name, states) or (name in manifest and _PART.fullmatch(name)):
            store.remove(name)
    if manifest:
        store.remove(MANIFEST)
    disk.remove(_CLEARED)
    disk.sync_directory_of(_CLEARED)


def remove_journal(disk: Disk) -> None:
    """Remove the journal, and then the job: a journal never lies with the job of another."""
    disk.remove(JOURNAL)
    disk.sync_directory_of(JOURNAL)
    disk.remove(JOB)


def _wanted(states: Mapping[str, ListState]) -> set[str]:
    return {file.name for state in states.values() for file in state.files}


def _manifest_on(store: FileStore) -> set[str]:
    """Return the files that the manifest of an export names, and itself; none where it is another program's."""
    held = (verify_digest(store.read(MANIFEST)) if MANIFEST in store.names() else None) or {}
    if not str(held.get("package")).startswith("uipath-odata "):
        return set()
    return {MANIFEST, *(file["name"] for each in held["lists"].values() for file in each["files"])}


def is_part(name: str) -> bool:
    """Tell whether a name is one that exports give."""
    return _PART.fullmatch(name) is not None


def _key_of(name: str) -> str | None:
    found = _PART.fullmatch(name)
    if found is None:
        return None
    return found["set"] if found["folder"] is None else f"{found['set']}-{found['folder']}"


def _was_in_flight(name: str, states: Mapping[str, ListState]) -> bool:
    """Tell whether a part that the journal does not know was being written by this export when it ended."""
    found, state = _PART.fullmatch(name), states.get(_key_of(name) or "")
    if found is None or state is None:
        return False
    number = int(found["number"])
    part = state.parts.get(number)
    generation = 1 if part is None else part.generation + 1
    return number <= state.next_number and int(found["generation"]) <= generation
