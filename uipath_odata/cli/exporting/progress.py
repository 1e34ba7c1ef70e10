"""Show an export while it runs: on a terminal for people, or as one JSON object per line for programs."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Literal, TypeAlias

import attrs
import orjson

from uipath_odata.cli.exporting.summary import RunSummary
from uipath_odata.cli.printable import printable, readable
from uipath_odata.cli.runner import warn
from uipath_odata.cli.standard_streams import silence
from uipath_odata.export import Event

__all__ = ["Mode", "Show", "mode_of", "showing", "warnings_shown"]

Mode: TypeAlias = Literal["rich", "json", "none"]


Show: TypeAlias = Callable[[Event], None]

_EVERY: Final = 10.0
"""Seconds from one line of a list's progress to the next."""

_WARNINGS: Final = (logging.getLogger("uipath_odata.export"), logging.getLogger("uipath_odata.folders"))


def mode_of(chosen: Mode | None) -> Mode:
    """Return the mode that was chosen, else a live display on a terminal and JSON elsewhere."""
    return chosen or ("rich" if sys.stderr.isatty() else "json")


@contextmanager
def showing(mode: Mode, lists: int | None = None) -> Generator[Show, None, None]:
    """Show events on standard error as a live display, on standard output as JSON lines, or not at all."""
    if mode == "json":
        summary = RunSummary()
        yield _JsonLines(summary)
        if summary.lists:
            _line(summary.as_json())
    elif mode == "none":
        yield _nothing
    else:
        from rich.console import Console  # noqa: PLC0415 - JSON needs none of rich

        from uipath_odata.cli.exporting.live import live  # noqa: PLC0415

        with live(lists, Console(stderr=True, highlight=False)) as show:
            yield show


@attrs.frozen(eq=False)
class _JsonLines:
    """Write each event as a line; of the progress of a list, one each ten seconds, so that a log of a night stays short."""

    summary: RunSummary
    _written: dict[tuple[str | None, ...], float] = attrs.field(
        factory=dict[tuple[str | None, ...], float], init=False
    )

    def __call__(self, event: Event) -> None:
        self.summary.take(event)
        if event.event == "progress" and not self._is_due(event):
            return
        facts: dict[str, Any] = {
            **attrs.asdict(event),
            "seconds": round(event.seconds, 3),
            "waits": round(event.waits, 3),
        }
        facts |= {name: readable(facts[name]) for name in ("file", "error") if facts[name]}
        _line(facts)

    def _is_due(self, event: Event) -> bool:
        of = (event.tenant, event.entity_set, event.folder)
        if of in self._written and event.seconds - self._written[of] < _EVERY:
            return False
        self._written[of] = event.seconds
        return True


def _line(facts: Mapping[str, Any]) -> None:
    out = sys.stdout.buffer
    try:
        out.write(orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE))
        out.flush()
    except OSError as error:
        silence(out.fileno())
        warn(
            f"standard output cannot be written, {error.strerror}: the export continues without telling how far it is"
        )


def _nothing(event: Event) -> None:
    del event


@contextmanager
def warnings_shown(warn: Callable[[str], None]) -> Generator[None, None, None]:
    """Pass on what an export warns of, such as that it waits."""
    handler = _WarningLines(warn)
    for logger in _WARNINGS:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in _WARNINGS:
            logger.removeHandler(handler)


class _WarningLines(logging.Handler):
    def __init__(self, warn: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._complain = warn

    def emit(self, record: logging.LogRecord) -> None:
        self._complain(printable(record.getMessage()))
