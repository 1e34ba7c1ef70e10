"""What ``--report`` and ``--metrics`` leave of a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from uipath_odata.cli.exporting.progress import Show
from uipath_odata.errors import QueryError
from uipath_odata.export import Event
from uipath_odata.export.reports import RunRecord, metrics_text, report_page

__all__ = ["REPORTS", "check_reports", "reporting"]

REPORTS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--report",
        metavar="FILE.html",
        type=click.Path(path_type=Path),
        help="Draw the run on a page: rows over time, requests against the budget, waits, retries, and every list.",
    ),
    click.option(
        "--metrics",
        metavar="FILE.prom",
        type=click.Path(path_type=Path),
        help="Write what a node exporter's textfile collector reads: rows, requests, seconds, complete and proven by list.",
    ),
)


def check_reports(*files: Path | None) -> None:
    """Raise QueryError for a file whose directory is not there."""
    for file in files:
        if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
            raise QueryError(f"{file} cannot be written: name a file in a directory that is there")


@contextmanager
def reporting(
    show: Show, report: Path | None, metrics: Path | None, warn: Callable[[str], None]
) -> Generator[Show, None, None]:
    """Watch the events of a run and write the files that were asked for at its end, however it ends."""
    wanted = [(file, text_of) for file, text_of in ((report, report_page), (metrics, metrics_text)) if file]
    record = RunRecord()

    def shown(event: Event) -> None:
        record.take(event)
        show(event)

    try:
        yield shown if wanted else show
    finally:
        for file, text_of in wanted:
            _write(file, text_of(record), warn)


def _write(file: Path, text: str, warn: Callable[[str], None]) -> None:
    """Write a file that readers never see in part."""
    growing = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        growing.write_text(text, "utf-8", "backslashreplace")
        growing.replace(file)
    except OSError as error:
        growing.unlink(missing_ok=True)
        warn(f"{file} cannot be written, {error.strerror or error}: the export itself is not touched by that")
