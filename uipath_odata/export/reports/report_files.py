"""The files of a run's reports, each about the lists that name it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.export.events import Event
from uipath_odata.export.reports.metrics import metrics_text
from uipath_odata.export.reports.page import report_page
from uipath_odata.export.reports.run_record import RunRecord
from uipath_odata.local.durable import write_whole

__all__ = ["ReportFiles", "check_reports", "writing"]

_TEXTS: Final[tuple[Callable[[RunRecord], str], ...]] = (report_page, metrics_text)


@attrs.frozen
class ReportFiles:
    """A page and a file of metrics, where they are wanted."""

    report: str | None = None
    metrics: str | None = None

    @property
    def texts(self) -> list[tuple[Path, Callable[[RunRecord], str]]]:
        """Return each file with what makes its text."""
        wanted = zip((self.report, self.metrics), _TEXTS, strict=True)
        return [(Path(file), text_of) for file, text_of in wanted if file]


def check_reports(all_files: Iterable[ReportFiles]) -> None:
    """Raise QueryError for a file whose directory is not there, or that would be a page and metrics at once."""
    kinds = dict[Path, Callable[[RunRecord], str]]()
    for files in all_files:
        for file, text_of in files.texts:
            if file.is_dir() or not file.absolute().parent.is_dir():
                raise QueryError(f"{file} cannot be written: name a file in a directory that is there")
            if kinds.setdefault(file.absolute(), text_of) is not text_of:
                raise QueryError(f"{file} is the file of report= and of metrics=: give each its own")


@contextmanager
def writing(
    all_files: Iterable[ReportFiles], warn: Callable[[str], None]
) -> Generator[Callable[[Event, ReportFiles], None], None, None]:
    """Take the events of a run, each with the files that are to have it, and write these at its end, however it ends."""
    texts = {file: text_of for files in all_files for file, text_of in files.texts}
    records = {file: RunRecord() for file in texts}

    def take(event: Event, files: ReportFiles) -> None:
        for file, _ in files.texts:
            records[file].take(event)

    try:
        yield take
    finally:
        for file, text_of in texts.items():
            _write(file, text_of(records[file]), warn)


def _write(file: Path, text: str, warn: Callable[[str], None]) -> None:
    try:
        write_whole(file, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        warn(f"{file} cannot be written, {error.strerror or error}: the export itself is not touched by that")
