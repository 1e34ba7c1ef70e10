"""What a directory exports: written once, so that nothing else is ever mixed into it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from uipath_odata.errors import ExportError
from uipath_odata.export.places.disk import Disk, write_durably

__all__ = [
    "JOB",
    "VERSION",
    "bind_job",
    "is_of",
    "job_in",
    "refuse_another",
    "refuse_other_versions",
    "verify_digest",
    "with_digest",
]

JOB: Final = "job.json"
VERSION: Final = 1
"""Of the job, its journal and its layout."""

_TEMPORARY: Final = "tmp-job"


def bind_job(disk: Disk, job: Mapping[str, Any], journal: bytes) -> None:
    """Write the job, or raise ExportError where this directory holds the export of another one.

    A job whose journal is empty holds nothing, and gives way.
    """
    if journal:
        refuse_another(disk, job)
        return
    if disk.has(JOB) and is_of(disk, job):
        return
    write_durably(disk, _TEMPORARY, orjson.dumps(with_digest(job), option=orjson.OPT_INDENT_2))
    try:
        disk.rename(_TEMPORARY, JOB)
    except ExportError:
        disk.remove(_TEMPORARY)
        raise
    disk.sync_directory_of(JOB)


def refuse_another(disk: Disk, job: Mapping[str, Any]) -> None:
    """Raise ExportError where the journal in a directory is of another job, or of none."""
    if not disk.has(JOB):
        raise ExportError(
            f"There is a file named journal here and no {JOB}: restore that, or export into another directory"
        )
    held = job_in(disk)
    other = [name for name in sorted({*held, *job}) if _plain(held.get(name)) != _plain(job.get(name))]
    if other == ["timestamps"]:
        raise ExportError(
            f"The Parquet files here have date-times in {held.get('timestamps', 'ns')}: export with "
            f"timestamps='{held.get('timestamps', 'ns')}', or into another directory"
        )
    if other:
        raise ExportError(
            f"This directory holds the export of something else ({', '.join(other)} differ): ask for the same again, "
            "or name another directory"
        )


def is_of(disk: Disk, job: Mapping[str, Any]) -> bool:
    """Tell whether a directory holds the export of this job; raises ExportError as `job_in` does."""
    held, asked = _plain(job_in(disk)), _plain(job)
    return bool(held == asked)


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
            f"{JOB} has version {held.get('version')}, and this package reads {VERSION}: use the release of uipath-odata "
            "that wrote it, or export into another directory"
        )


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


def _plain(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))
