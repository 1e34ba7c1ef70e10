"""What an export tells while it runs: to a person, or one JSON object a line to a program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import attrs
import orjson
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from uipath_odata.cli.printable import printable

__all__ = ["Event", "Mode", "Show", "showing"]

Mode: TypeAlias = Literal["rich", "json", "none"]


@attrs.frozen(kw_only=True)
class Event:
    """Where the export of one entity set stands; ``error`` where it failed, ``file`` where rows are."""

    event: Literal["progress", "complete", "partial", "failed"]
    entity_set: str
    rows: int = 0
    requests: int = 0
    retries: int = 0
    seconds: float = 0.0
    proven: bool = False
    reason: str = ""
    notes: tuple[str, ...] = ()
    file: Path | None = None
    error: str = ""

    @property
    def rows_a_second(self) -> int:
        return round(self.rows / self.seconds) if self.seconds else 0


Show: TypeAlias = Callable[[Event], None]


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
    facts = {
        name: str(value) if isinstance(value, Path) else value for name, value in attrs.asdict(event).items()
    }
    facts["seconds"] = round(event.seconds, 3)
    sys.stdout.buffer.write(orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def _nothing(event: Event) -> None:
    del event


@contextmanager
def _live() -> Generator[Show, None, None]:
    console = Console(stderr=True, highlight=False)
    columns = (SpinnerColumn(finished_text=" "), TextColumn("{task.description}"), TimeElapsedColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

        def show(event: Event) -> None:
            if event.event == "progress":
                if event.entity_set not in tasks:
                    tasks[event.entity_set] = progress.add_task(_moving(event))
                progress.update(tasks[event.entity_set], description=_moving(event))
            else:
                if event.entity_set in tasks:
                    progress.remove_task(tasks.pop(event.entity_set))
                for line in _settled(event):
                    console.print(line, soft_wrap=True)

        yield show


def _moving(event: Event) -> str:
    return (
        f"[bold]{escape(event.entity_set)}[/]  {event.rows:,} rows  {event.rows_a_second:,} rows/s  "
        f"{event.requests:,} requests"
    )


def _settled(event: Event) -> Iterator[str]:
    if event.event != "complete":
        return  # the error itself is the last line
    mark = "[green]proven complete[/]" if event.proven else "[yellow]best effort[/]"
    yield (
        f"[bold]{escape(event.entity_set)}[/]  {event.rows:,} rows in {escape(printable(str(event.file)))}, {mark}: "
        f"{escape(printable(event.reason))}"
    )
    for note in event.notes:
        yield f"  {escape(printable(note))}"
