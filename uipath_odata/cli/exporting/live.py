"""An export on a terminal: a line for each list that is being read, one for all of them, and what became of each.

No line is wider than the terminal. While requests wait for the rate limit, or an answer takes long, no event comes: the seconds
move by the terminal's own clock, so that the screen never looks frozen.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from uipath_odata.cli.exporting.summary import RunSummary, name_of
from uipath_odata.cli.exporting.summary_table import span, summary_table
from uipath_odata.cli.printable import counted, printable
from uipath_odata.cli.wording import as_options
from uipath_odata.export import Event

__all__ = ["live"]

_MINUTE: Final = 60.0
_PACE: Final = len("rate limit, next request in 34 s")
_QUIET: Final = 3.0
"""Seconds without a page after which a line says so."""
_MARKS: Final = {True: "[green]✓[/]", False: "[yellow]![/]"}


@contextmanager
def live(
    lists: int | None, console: Console, clock: Callable[[], float] = time.monotonic
) -> Generator[Callable[[Event], None], None, None]:
    """Show events, of so many lists where that is known; at the end, what all of them took."""
    screen = _Screen(console, lists, clock)
    with Live(screen.group, console=console, transient=True, refresh_per_second=8) as shown:
        if not console.is_terminal:
            shown.stop()
        yield screen.show
    screen.total()


class _Screen:
    def __init__(self, console: Console, lists: int | None, clock: Callable[[], float]) -> None:
        self._console, self._lists, self._clock = console, lists, clock
        self._summary, self._speed = RunSummary(clock), _Speed(clock)
        self._tasks: dict[str, TaskID] = {}
        self._said = set[str]()
        name = TextColumn(
            "{task.description}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")
        )
        rows = TextColumn("{task.fields[rows]:>11,} rows", table_column=Column(no_wrap=True))
        each = (SpinnerColumn(), name, rows, _Pace(clock))
        whole = (SpinnerColumn(), name, BarColumn(bar_width=12), rows, self._speed)
        self._each = Progress(*each, console=console, expand=True)
        self._all = Progress(*whole, console=console, expand=True)
        self._whole = self._all.add_task(self._count(0), total=lists, rows=0)
        self.group = Group(self._each, self._all)

    def show(self, event: Event) -> None:
        name = name_of(event)
        self._summary.take(event)
        if event.is_last:
            if name in self._tasks:
                self._each.remove_task(self._tasks.pop(name))
            self._settle(name, event)
        else:
            self._progress(name, event)
        ended = len(self._summary.ended)
        rows = self._summary.new_rows
        self._speed.take(rows, self._rows_left(rows))
        self._all.update(self._whole, description=self._count(ended), completed=ended, rows=rows)

    def _progress(self, name: str, event: Event) -> None:
        now = self._clock()
        if name not in self._tasks:
            self._tasks[name] = self._each.add_task(escape(printable(name)), rows=0, page=now)
        task = self._tasks[name]
        self._each.update(
            task,
            rows=event.new_rows,
            held=event.rows,
            expected=event.expected,
            until=now + (event.next_request or 0.0),
            speed=event.rows_a_second,
        )
        if event.event != "waiting":
            self._each.update(task, page=now)

    def _count(self, ended: int) -> str:
        return counted(ended, "list", self._lists or None)

    def _rows_left(self, rows: int) -> float | None:
        """Return how many rows are left where the server counted them; lists that have not begun count as the mean of those."""
        reading = self._summary.open.values()
        if not self._lists or any(each.expected is None for each in reading):
            return None
        left = sum(max(0, (each.expected or 0) - each.rows) for each in reading)
        begun = len(self._summary.ended) + len(reading)
        return left + (rows + left) / max(1, begun) * max(0, self._lists - begun)

    def _settle(self, name: str, event: Event) -> None:
        if event.event != "complete":
            return  # the error itself is the last line
        proof = "proven" if event.proven else "best effort"
        line = Text.from_markup(f"{_MARKS[event.proven]} {escape(printable(name))}")
        end = f"{event.new_rows:,} rows  {proof}"
        line.truncate(max(8, self._console.width - len(end) - 2), overflow="ellipsis", pad=True)
        self._console.print(line.append(f"  {end}"), no_wrap=True, overflow="ellipsis", crop=True)
        for note in (*(() if event.proven else (event.reason,)), *event.notes):
            if note not in self._said:  # of many lists alike, the first says why
                self._console.print(Padding(escape(printable(as_options(note))), (0, 0, 0, 4), expand=False))
            self._said.add(note)

    def total(self) -> None:
        """Print what all lists took together."""
        if any(
            event.event == "complete" for event in self._summary.ended
        ):  # else what failed is the last line
            self._console.print(summary_table(self._summary), no_wrap=True)
            places = ", ".join(map(printable, self._summary.where))
            took = f"{span(self._summary.seconds)} in all, rows are in {places}"
            self._console.print(escape(took), soft_wrap=True)  # a path is copied as one line


class _Pace(ProgressColumn):
    """How much of what the server counted is there and how many rows a second come, or why none come."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(Column(width=_PACE, no_wrap=True, justify="right"))
        self._clock = clock

    def render(self, task: Task) -> Text:
        now, facts = self._clock(), task.fields
        if (left := facts["until"] - now) >= 1:
            return Text(f"rate limit, next request in {left:.0f} s", style="yellow")
        if now - facts["page"] >= _QUIET:
            return _last_page(now - facts["page"])
        expected = facts["expected"]
        share = f"{min(99, 100 * facts['held'] // expected)} %  " if expected else ""
        return Text(f"{share}{facts['speed']:>9,} rows/s")


class _Speed(ProgressColumn):
    """Rows a second over the last minute, and the time that is left."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(Column(width=_PACE, no_wrap=True, justify="right"))
        self._clock = clock
        self._samples = deque([(clock(), 0)])
        self._left: float | None = None

    def take(self, rows: int, left: float | None) -> None:
        self._samples.append((self._clock(), rows))
        self._left = left

    def render(self, task: Task) -> Text:
        del task
        now = self._clock()
        while len(self._samples) > 1 and now - self._samples[1][0] > _MINUTE:
            self._samples.popleft()
        (then, before), (last, rows) = self._samples[0], self._samples[-1]
        if rows == before and now - last >= _QUIET:
            return _last_page(now - last)
        speed = (rows - before) / (now - then) if now > then else 0.0
        left = f", {span(self._left / speed)} left" if self._left is not None and speed else ""
        return Text(f"{round(speed):,} rows/s{left}")


def _last_page(seconds: float) -> Text:
    return Text(f"last page {span(seconds)} ago", style="yellow")
