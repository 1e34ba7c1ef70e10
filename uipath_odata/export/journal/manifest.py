"""The manifest of an export: the query, the counts, and the hash of every file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

import orjson

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.job import MANIFEST, with_digest
from uipath_odata.export.journal.records import CompactionBegan, PartsMerged, Record
from uipath_odata.export.journal.state import ListState, states_of
from uipath_odata.export.places.disk import Disk, write_durably
from uipath_odata.export.places.file_store import FileStore
from uipath_odata.odata.instant import Instant

__all__ = ["MANIFEST", "PUBLISHED", "lost_to_a_compaction", "manifest_of", "publish", "withdraw"]

PUBLISHED: Final = "_SUCCESS"

_TEMPORARY: Final = "_tmp-"


def manifest_of(job: Mapping[str, Any], records: Sequence[Record]) -> dict[str, Any]:
    """Return the manifest as JSON values.

    A list's ``proof`` is the weakest kind in its last run that ended. A list has none where a part of that run did
    not record its kind: it was written by an earlier release, or before the reading of a query was resumed.
    """
    states = states_of(records)
    facts = {
        "version": 1,
        "package": f"uipath-odata {version('uipath-odata')}",
        "job": job,
        "complete": bool(states) and all(state.begun is None for state in states.values()),
        "lists": {name: _list(state) for name, state in sorted(states.items())},
    }
    return with_digest(facts)


def _list(state: ListState) -> dict[str, Any]:
    ended = state.ended
    read_at = ended and ended.read_at
    facts: dict[str, Any] = {
        "until": ended and ended.until,
        "read_at": read_at and str(Instant.from_datetime(read_at)),
        "expected": ended and ended.expected,
        "proven": ended and ended.proven,
        "reason": ended and ended.reason,
        "notes": ended and ended.notes,
    }
    if ended is not None and ended.proof is not None:
        facts["proof"] = ended.proof
    files = [
        {
            "name": file.name,
            "rows": file.rows,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "run": part.run,
            **({"schema": part.schema} if part.schema > 1 else {}),
        }
        for part in sorted(state.parts.values(), key=lambda part: part.number)
        for file in part.files
    ]
    return {"rows": state.rows, "run": state.run, "ended": state.begun is None, **facts, "files": files}


def withdraw(store: FileStore) -> None:
    """Take back the mark of a finished export, before anything changes."""
    store.remove(PUBLISHED)


def lost_to_a_compaction(records: Sequence[Record]) -> bool:
    """Tell whether a mark that is not there was taken back by a compaction, which was ended before it put it again."""
    last = next((each for each in reversed(records) if not isinstance(each, PartsMerged)), None)
    return isinstance(last, CompactionBegan) and last.published


def publish(disk: Disk, store: FileStore, manifest: Mapping[str, Any], *, mark: bool) -> None:
    """Put the manifest with the files, and last of all the mark that they are complete."""
    _put(disk, store, MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    if mark and manifest["complete"]:
        _put(disk, store, PUBLISHED, b"")


def _put(disk: Disk, store: FileStore, name: str, data: bytes) -> None:
    temporary = f"{_TEMPORARY}{name}"
    write_durably(disk, temporary, data)
    try:
        store.put(temporary, name, replaces=True)
    except ExportError:
        disk.remove(temporary)
        raise
