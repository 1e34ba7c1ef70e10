"""What a directory exports: written down, so that nothing else is ever mixed into it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.evolution import by_set, continued, what_stops
from uipath_odata.export.places.disk import Disk, write_durably

__all__ = [
    "JOB",
    "MANIFEST",
    "VERSION",
    "bind_job",
    "bound_job",
    "is_of",
    "job_in",
    "refuse_other_versions",
    "verify_digest",
    "with_digest",
]

JOB: Final = "_job.json"
MANIFEST: Final = "_manifest.json"
VERSION: Final = 1
"""Of the job, its journal and its layout."""

_TEMPORARY: Final = "_tmp-job"


def bind_job(disk: Disk, job: Mapping[str, Any], journal: bytes, *, one_file: bool = False) -> dict[str, Any]:
    """Bind a directory to what is asked, and return the job that it has now.

    One that holds something keeps what is not asked for; one whose journal is empty gives way. Raises ExportError where
    the export there cannot be continued so.
    """
    bound = _plain(job)
    if journal:
        bound = bound_job(disk, job, one_file=one_file)
    if disk.has(JOB) and job_in(disk) == bound:
        return bound
    write_durably(disk, _TEMPORARY, orjson.dumps(with_digest(bound), option=orjson.OPT_INDENT_2))
    try:
        disk.rename(_TEMPORARY, JOB)
    except ExportError:
        disk.remove(_TEMPORARY)
        raise
    disk.sync_directory_of(JOB)
    return bound


def bound_job(disk: Disk, job: Mapping[str, Any], *, one_file: bool = False) -> dict[str, Any]:
    """Return the job that a directory with a journal would have; raises ExportError where it cannot be continued so."""
    if not disk.has(JOB):
        raise ExportError(
            f"The journal of an export is here and no {JOB}: restore that, or export into another directory"
        )
    held, asked = job_in(disk), _plain(job)
    if reason := what_stops(held, asked, one_file=one_file):
        raise ExportError(reason)
    return continued(held, asked)


def is_of(disk: Disk, job: Mapping[str, Any], *, one_file: bool = False) -> bool:
    """Tell whether a directory holds this export, and no other columns of it; raises ExportError as `job_in` does."""
    held, asked = job_in(disk), _plain(job)
    if what_stops(held, asked, one_file=one_file):
        return False
    sets, before = continued(held, asked)["sets"], by_set(held)["sets"]
    return sets.keys() == before.keys() and all(
        (facts["schema"], facts["until"])
        == (before[name]["schema"], before[name].get("until", facts["until"]))
        for name, facts in sets.items()
    )


def job_in(disk: Disk) -> dict[str, Any]:
    """Read the job that a directory holds; raises ExportError where it is not what was written."""
    refuse_other_versions(disk)
    held = verify_digest(disk.read(JOB))
    if held is None:
        raise ExportError(
            f"{JOB} was changed after it was written: restore it, or export into another directory"
        )
    return held


def refuse_other_versions(disk: Disk) -> None:
    """Raise ExportError where a job is of another version of this package, which knows more or other records."""
    held = verify_digest(disk.read(JOB)) if disk.has(JOB) else None
    if held is not None and held.get("version") != VERSION:
        raise ExportError(
            f"{JOB} has version {held.get('version')}, and this package reads {VERSION}; {_writer_in(disk)}: use the "
            "release that wrote it, or export into another directory"
        )


def _writer_in(disk: Disk) -> str:
    """Say which release was here; jobs of this version do not hold it, and a manifest comes only when an export ends."""
    manifest = verify_digest(disk.read(MANIFEST)) if disk.has(MANIFEST) else None
    if manifest is None or not isinstance(package := manifest.get("package"), str):
        return "nothing beside it says which release of uipath-odata wrote it"
    return f"the {MANIFEST} beside it was written by {package}"


def with_digest(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with their hash."""
    return {**facts, "hash": _hash(facts)}


def verify_digest(data: bytes) -> dict[str, Any] | None:
    """Read facts that have their hash with them; None where they are not what was written."""
    try:
        held: dict[str, Any] = orjson.loads(data)
        return held if held.pop("hash") == _hash(held) else None
    except (ValueError, KeyError, AttributeError, TypeError):
        return None


def _hash(job: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(job, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = orjson.loads(orjson.dumps(value))
    return plain
