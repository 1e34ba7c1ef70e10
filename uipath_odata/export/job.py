"""What a directory exports: written once, so that nothing else is ever mixed into it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from uipath_odata.errors import ExportError
from uipath_odata.export.disk import Disk

__all__ = ["JOB", "hold_to", "is_of", "job_in"]

JOB: Final = "job.json"

_TEMPORARY: Final = "tmp-job"


def hold_to(disk: Disk, job: Mapping[str, Any]) -> None:
    """Write the job, or raise ExportError where this directory holds the export of another one."""
    names = disk.names()
    if JOB in names:
        _compare(job_in(disk), job)
        return
    file = disk.open(_TEMPORARY)
    file.write(orjson.dumps({**job, "hash": _hash(job)}, option=orjson.OPT_INDENT_2))
    file.sync()
    file.close()
    disk.rename(_TEMPORARY, JOB)
    disk.sync_directory_of(JOB)


def is_of(disk: Disk, job: Mapping[str, Any]) -> bool:
    """Tell whether a directory holds the export of this job; raises ExportError as `job_in` does."""
    return _plain(job_in(disk)) == _plain(job)


def job_in(disk: Disk) -> dict[str, Any]:
    """Read the job that a directory holds; raises ExportError where it is not what was written."""
    try:
        held: dict[str, Any] = orjson.loads(disk.read(JOB))
        written = held.pop("hash")
    except (ValueError, KeyError, AttributeError):
        written, held = None, {}
    if written != _hash(held):
        raise ExportError(
            f"{JOB} was changed after it was written: restore it, or export into another directory"
        )
    return held


def _compare(held: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    other = [name for name in sorted({*held, *asked}) if _plain(held.get(name)) != _plain(asked.get(name))]
    if other:
        raise ExportError(
            f"This directory holds the export of something else ({', '.join(other)} differ): ask for the same again, "
            "or name another directory"
        )


def _hash(job: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(job, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))
