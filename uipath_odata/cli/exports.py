"""Export entity sets one after another: files, events and the exit code."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from uipath_odata.bound_query import BoundQuery
from uipath_odata.cli.printable import printable
from uipath_odata.cli.progress import Event, Show
from uipath_odata.errors import ExportError, FolderRequired, OrchestratorError, QueryError
from uipath_odata.export import Run, exporting
from uipath_odata.stream import Report

__all__ = ["COMPLETE", "FAILED", "INTERRUPTED", "PARTIAL", "Task", "export_all", "files_for"]

COMPLETE: Final = 0
FAILED: Final = 1
PARTIAL: Final = 3
INTERRUPTED: Final = 130
"""128 + SIGINT, as shells count."""

_SUFFIX: Final = ".jsonl"
_REPORTED: Final = ("rows", "requests", "retries", "proven", "reason", "notes")


@attrs.frozen
class Task:
    """One entity set to be written to one file."""

    entity_set: str
    query: BoundQuery[Any, Any]
    file: Path


def files_for(entity_sets: Sequence[str], output: Path) -> list[Path]:
    """Give the file of each set: a name ending in .jsonl is the file of one, any other a directory, made if missing."""
    if output.suffix != _SUFFIX:
        _make(output)
        return [output / f"{name}{_SUFFIX}" for name in entity_sets]
    if len(entity_sets) > 1:
        raise QueryError(
            f"{output} is one file and {len(entity_sets)} sets are asked for: give --output a directory"
        )
    return [output]


def _make(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{directory} cannot be made, {error.strerror}: name another --output") from error


async def export_all(
    tasks: Sequence[Task],
    show: Show,
    complain: Callable[[str], None],
    *,
    clock: Callable[[], float] = time.monotonic,
    **options: Any,
) -> int:
    """Export each set; one that fails does not stop the others. Give the exit code."""
    ends = [await _export(task, show, complain, clock, options) for task in tasks]
    if all(end == "complete" for end in ends):
        return COMPLETE
    return FAILED if all(end == "failed" for end in ends) else PARTIAL


async def _export(
    task: Task,
    show: Show,
    complain: Callable[[str], None],
    clock: Callable[[], float],
    options: dict[str, Any],
) -> str:
    started, run = clock(), None
    try:
        async with exporting(task.query, task.file, **options) as run:
            async for report in run:
                show(_event(task, report, clock() - started))
        end = _event(task, run.report, clock() - started, event="complete", file=task.file)
    except OrchestratorError as error:
        end = _failure(task, error, run, clock() - started)
        complain(end.error)
    show(end)
    return end.event


def _failure(task: Task, error: OrchestratorError, run: Run | None, seconds: float) -> Event:
    advice = " (give --folder)" if isinstance(error, FolderRequired) else ""
    message = f"{task.entity_set}: {error}{advice}"
    if run is None:
        return Event(event="failed", entity_set=task.entity_set, error=printable(message))
    if run.partial is None:
        return _event(task, run.report, seconds, event="failed", error=printable(message))
    message += f"; the {run.report.rows:,} rows before it are in {run.partial}"
    return _event(task, run.report, seconds, event="partial", file=run.partial, error=printable(message))


def _event(task: Task, report: Report, seconds: float, **facts: Any) -> Event:
    known = {name: getattr(report, name) for name in _REPORTED}
    every: dict[str, Any] = {
        "event": "progress",
        "entity_set": task.entity_set,
        "seconds": seconds,
        **known,
        **facts,
    }
    return Event(**every)
