"""Write the files of ``--report`` and ``--metrics``."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from uipath_odata.cli.exporting.progress import Show
from uipath_odata.export import Event
from uipath_odata.export.reports import ReportFiles, writing

__all__ = ["reporting"]


@contextmanager
def reporting(show: Show, files: ReportFiles, warn: Callable[[str], None]) -> Generator[Show, None, None]:
    """Show the events of a run, and write the files that were asked for at its end, however it ends."""
    with writing([files], warn) as take:

        def shown(event: Event) -> None:
            take(event, files)
            show(event)

        yield shown
