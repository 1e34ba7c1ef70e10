"""What an export tells while it runs: to a person, or one JSON object a line to a program."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Final, Literal, TypeAlias

import attrs
import orjson
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from uipath_odata.cli.printable import printable
from uipath_odata.export import Event

__all__ = ["Mode", "Show", "showing", "warnings_shown"]

Mode: TypeAlias = Literal["rich", "json", "none"]


Show: TypeAlias = Callable[[Event], None]

_WARNINGS: Final = (logging.getLogger("uipath_odata.export"), logging.getLogger("uipath_odata.folders"))


@contextmanager
def showing(mode: Mode) -> Generator[Show, None, None]:
    """Show events on standard error as a live display, on standard output as JSON lines, or not at all."""
    if mode == "json":
        yield _json
    elif mode == "none":
        yield _nothing
    else:
        with _live() as show:
            yield show


def _json(event: Event) -> None:
    facts = {**attrs.asdict(event), "seconds": round(event.seconds, 3), "waits": round(event.waits, 3)}
    sys.stdout.buffer.write(orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def _nothing(event: Event) -> None:
    del event


@contextmanager
def _live() -> Generator[Show, None, None]:
    console = Console(stderr=True, highlight=False)
    columns = (
        SpinnerColumn(finished_text=" "),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

        def show(event: Event) -> None:
            name = _name(event)
            if not event.is_last:
                if name not in tasks:
                    tasks[name] = progress.add_task(_moving(event), total=None)
                progress.update(
                    tasks[name], description=_moving(event), completed=event.rows, total=event.expected
                )
                return
            if name in tasks:
                progress.remove_task(tasks.pop(name))
            for line in _settled(event):
                console.print(line, soft_wrap=True)

        yield show


def _name(event: Event) -> str:
    name = event.entity_set if event.folder is None else f"{event.entity_set} in {event.folder}"
    return name if event.tenant is None else f"{event.tenant}: {name}"


def _moving(event: Event) -> str:
    waited = f", {event.waits:,.0f} s within the rate limit" if event.waits >= 1 else ""
    return (
        f"[bold]{escape(printable(_name(event)))}[/]  {event.rows:,} rows ({event.committed:,} safe in {event.parts:,} parts)"
        f"  {event.rows_a_second:,} rows/s  {event.requests:,} requests{_pace(event)}{waited}"
    )


def _pace(event: Event) -> str:
    if event.budget is None:
        return ""
    return f" ({event.sent_in_a_minute:,} of {event.budget:,.0f} a minute)"


def _settled(event: Event) -> Iterator[str]:
    if event.event != "complete":
        return  # the error itself is the last line
    mark = "[green]proven complete[/]" if event.proven else "[yellow]best effort[/]"
    counted = "" if event.expected is None else f", the server counted {event.expected:,}"
    yield (
        f"[bold]{escape(printable(_name(event)))}[/]  {event.rows:,} rows in {escape(printable(str(event.file)))}{counted}, "
        f"{mark}: "
        f"{escape(printable(event.reason))}"
    )
    for note in event.notes:
        yield f"  {escape(printable(note))}"


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
