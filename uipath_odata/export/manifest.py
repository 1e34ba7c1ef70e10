"""The evidence of an export: what was asked, what came, and the hash of every file."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

import orjson

from uipath_odata.export.disk import Disk
from uipath_odata.export.journal import Record
from uipath_odata.export.shelf import Shelf
from uipath_odata.export.state import ListState, states_of

__all__ = ["MANIFEST", "PUBLISHED", "manifest_of", "publish", "tidy", "withdraw"]

MANIFEST: Final = "manifest.json"
PUBLISHED: Final = "_SUCCESS"

_TEMPORARY: Final = "tmp-"
_PART: Final = re.compile(r"/part-[^/]*-g\d+\.\w+$")


def manifest_of(job: Mapping[str, Any], records: Sequence[Record]) -> dict[str, Any]:
    """Give the manifest as JSON values."""
    states = states_of(records)
    return {
        "version": 1,
        "package": f"uipath-odata {version('uipath-odata')}",
        "job": job,
        "complete": bool(states) and all(state.begun is None for state in states.values()),
        "lists": {name: _list(state) for name, state in sorted(states.items())},
    }


def _list(state: ListState) -> dict[str, Any]:
    ended = state.ended or {}
    facts = {name: ended.get(name) for name in ("until", "read_at", "expected", "proven", "reason", "notes")}
    files = [
        {"name": file.name, "rows": file.rows, "bytes": file.bytes, "sha256": file.sha256, "run": part.run}
        for part in sorted(state.parts.values(), key=lambda part: part.number)
        for file in part.files
    ]
    return {"rows": state.rows, "run": state.run, "ended": state.begun is None, **facts, "files": files}


def withdraw(shelf: Shelf) -> None:
    """Take back the mark of a finished export, before anything changes."""
    shelf.remove(PUBLISHED)


def publish(disk: Disk, shelf: Shelf, manifest: Mapping[str, Any]) -> None:
    """Put the manifest beside the files, and last of all the mark that they are complete."""
    _put(disk, shelf, MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    if manifest["complete"]:
        _put(disk, shelf, PUBLISHED, b"")


def tidy(disk: Disk, shelf: Shelf, records: Sequence[Record], sets: Collection[str]) -> None:
    """Remove what no record speaks of: temporary files, parts of these sets that were not committed or were replaced."""
    for name in disk.names():
        if name.startswith(_TEMPORARY):
            disk.remove(name)
    states = states_of(records)
    wanted = {file.name for state in states.values() for part in state.parts.values() for file in part.files}
    for name in shelf.names():
        if name not in wanted and name.partition("/")[0] in sets and _PART.search(name):
            shelf.remove(name)


def _put(disk: Disk, shelf: Shelf, name: str, data: bytes) -> None:
    temporary = f"{_TEMPORARY}{name}"
    file = disk.open(temporary)
    file.write(data)
    file.sync()
    file.close()
    shelf.put(temporary, name)
