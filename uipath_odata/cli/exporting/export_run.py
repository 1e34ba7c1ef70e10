"""Export lists to their end: events, signals and the exit code."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Final, Unpack

import attrs

from uipath_odata.cli.exit_codes import COMPLETE, FAILED, INTERRUPTED, PARTIAL
from uipath_odata.cli.exporting.progress import Show
from uipath_odata.cli.printable import printable
from uipath_odata.cli.wording import as_options
from uipath_odata.errors import OrchestratorError
from uipath_odata.export import Event, ExportList, ExportRun, exporting
from uipath_odata.export.exporting import DestinationOptions
from uipath_odata.export.formats import Format
from uipath_odata.export.places.place import without_login

__all__ = ["Stopping", "export_all", "failure_line", "stopping"]

_LOST: Final = "; have the account given access again, or accept it with accept_lost_folders=true where it is gone for good"
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


async def export_all(
    lists: Sequence[ExportList],
    output: str,
    show: Show,
    warn: Callable[[str], None],
    stop: Stopping,
    *,
    accept_lost_folders: bool,
    finds_folders: bool,
    words: Callable[[str], str] = as_options,
    format: Format | None = None,  # noqa: A002 - the option's own name
    **options: Unpack[DestinationOptions],
) -> int:
    """Export lists and return the exit code; one that fails does not stop the others, and is named in these words.

    Where folders are found and not named, one that earlier runs read and that is not seen any more counts as one that
    failed, unless it is accepted.
    """
    async with exporting([*lists], output, format, **options) as run:
        lost = run.not_asked if finds_folders and not accept_lost_folders else ()
        for key in run.not_asked if finds_folders else ():
            advice = words(_LOST) if key in lost else ""
            warn(
                f"{key} is not asked for any more, its folder is gone or not seen: what it had before stays{advice}"
            )
        if run.was_whole:
            warn(f"{without_login(output)} holds this export whole already: nothing is asked")
        with stop.of(run):
            try:
                async for event in run:
                    _tell(event, show, warn, words)
            except OrchestratorError:
                pass  # each list that failed was reported
        return _code(run, is_any_lost=bool(lost))


def _tell(event: Event, show: Show, warn: Callable[[str], None], words: Callable[[str], str]) -> None:
    show(event)
    if event.error:
        where = f"{event.entity_set} in {event.folder}" if event.folder else event.entity_set
        kept = f"; {event.committed:,} rows before it are committed" if event.event == "partial" else ""
        warn(failure_line(where, event.error, event.error_type, kept, words=words))


def failure_line(
    where: str, error: str, error_type: str, kept: str = "", *, words: Callable[[str], str] = as_options
) -> str:
    """Return the line that says what failed where."""
    advice = " (give folder= or all_folders=true)" if error_type == "FolderRequired" else ""
    return printable(f"{where}: {words(f'{error}{advice}')}{kept}")


def _code(run: ExportRun, *, is_any_lost: bool) -> int:
    ends = {event.event for event in run.summary.lists}
    if run.is_complete:
        return PARTIAL if is_any_lost or not run.summary.proven else COMPLETE
    if run.is_stopped:
        return INTERRUPTED
    return FAILED if ends <= {"failed"} else PARTIAL


@attrs.define(eq=False)
class Stopping:
    """Whether somebody asked to stop, and what runs meanwhile."""

    is_asked: bool = attrs.field(default=False, init=False)
    _runs: list[ExportRun] = attrs.field(factory=list[ExportRun], init=False)

    @contextmanager
    def of(self, run: ExportRun) -> Generator[None, None, None]:
        """Let a run be stopped while it lasts; one that begins after that ends at once."""
        self._runs.append(run)
        if self.is_asked:
            run.stop()
        try:
            yield
        except asyncio.CancelledError:
            if not run.is_stopped:
                raise
        finally:
            self._runs.remove(run)

    def stop(self) -> None:
        """End each run after the pages that it is writing."""
        self.is_asked = True
        for run in self._runs:
            run.stop()


@contextmanager
def stopping(warn: Callable[[str], None]) -> Generator[Stopping, None, None]:
    """Let the first Ctrl-C or SIGTERM end exports after their pages, and the second at once."""
    loop, task, stop = asyncio.get_running_loop(), asyncio.current_task(), Stopping()

    def asked() -> None:
        if stop.is_asked and task is not None:
            task.cancel()
            return
        stop.stop()
        warn(
            "Stopping after the page that is being written; once more stops at once. The same command resumes."
        )

    try:
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C stops at once
            for number in _SIGNALS:
                loop.add_signal_handler(number, asked)
        yield stop
    finally:
        with contextlib.suppress(NotImplementedError):
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
