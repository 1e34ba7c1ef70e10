"""An export on a terminal: a line for each list that is being read, one for all of them, and what became of each.

No line is wider than the terminal. While requests wait for the rate limit, no event comes: the seconds until the next request
count down by the terminal's own clock, so that the screen never looks frozen.
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
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.table import Column
from rich.text import Text

from uipath_odata.cli.printable import printable
from uipath_odata.export import Event

__all__ = ["live"]

_MINUTE: Final = 60.0
_PACE: Final = 26
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
        self._console, self._lists, self._clock, self._began = console, lists, clock, clock()
        self._events: dict[str, Event] = {}
        self._tasks: dict[str, TaskID] = {}
        self._samples = deque[tuple[float, int]]()
        name = TextColumn(
            "{task.description}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")
        )
        rows = TextColumn("{task.fields[rows]:>11,} rows", table_column=Column(no_wrap=True))
        each = (SpinnerColumn(), name, rows, _Share(), _Pace(clock))
        whole = (SpinnerColumn(), name, BarColumn(bar_width=12), rows, _Speed())
        self._each = Progress(*each, console=console, expand=True)
        self._all = Progress(*whole, console=console, expand=True)
        self._whole = self._all.add_task("0 lists", total=lists, rows=0, speed=0, left=None)
        self.group = Group(self._each, self._all)

    def show(self, event: Event) -> None:
        name = _name(event)
        self._events[name] = event
        if event.is_last:
            if name in self._tasks:
                self._each.remove_task(self._tasks.pop(name))
            self._settle(name, event)
        else:
            if name not in self._tasks:
                self._tasks[name] = self._each.add_task("", rows=0, expected=None, until=0.0, speed=0)
            self._each.update(
                self._tasks[name],
                description=escape(printable(name)),
                rows=event.rows,
                expected=event.expected,
                until=self._clock() + (event.next_request or 0.0),
                speed=event.rows_a_second,
            )
        self._tell_all()

    def _tell_all(self) -> None:
        ended = sum(event.is_last for event in self._events.values())
        rows, now = self._rows, self._clock()
        self._samples.append((now, rows))
        while now - self._samples[0][0] > _MINUTE:
            self._samples.popleft()
        then, before = self._samples[0]
        speed = (rows - before) / (now - then) if now > then else 0.0
        of = f" of {self._lists}" if self._lists else ""
        self._all.update(
            self._whole,
            description=f"{ended}{of} lists",
            completed=ended,
            rows=rows,
            speed=round(speed),
            left=self._left(speed),
        )

    def _left(self, speed: float) -> float | None:
        """Return the seconds that are left, where every list has begun and was counted."""
        events = self._events.values()
        if speed <= 0 or len(events) != self._lists or any(event.expected is None for event in events):
            return None
        return sum(max(0, (event.expected or 0) - event.rows) for event in events) / speed

    def _settle(self, name: str, event: Event) -> None:
        if event.event != "complete":
            return  # the error itself is the last line
        proof = "proven" if event.proven else "best effort"
        line = Text.from_markup(f"{_MARKS[event.proven]} {escape(printable(name))}")
        end = f"{event.rows:,} rows  {proof}"
        line.truncate(max(8, self._console.width - len(end) - 2), overflow="ellipsis", pad=True)
        self._console.print(line.append(f"  {end}"), no_wrap=True, overflow="ellipsis", crop=True)
        for note in (*(() if event.proven else (event.reason,)), *event.notes):
            self._console.print(f"    {escape(printable(note))}")

    def total(self) -> None:
        """Print what all lists took together."""
        ended = [event for event in self._events.values() if event.is_last]
        if not any(event.event == "complete" for event in ended):
            return  # what failed is the last line
        took = self._clock() - self._began
        places = dict.fromkeys(event.file.rpartition("/")[0] or event.file for event in ended if event.file)
        where = f" in {printable(next(iter(places)))}" if len(places) == 1 else ""
        requests = sum(event.requests for event in ended)
        lists = f"{len(ended):,} list{'' if len(ended) == 1 else 's'}"
        line = f"{lists}, {self._rows:,} rows, {requests:,} requests, {_span(took)}{where}"
        self._console.print(escape(line), soft_wrap=True)  # a path is copied as one line

    @property
    def _rows(self) -> int:
        return sum(event.rows for event in self._events.values())


class _Share(ProgressColumn):
    """How much of what the server counted is there."""

    def render(self, task: Task) -> Text:
        expected = task.fields["expected"]
        return Text(f"{min(99, 100 * task.fields['rows'] // expected):>3} %" if expected else "    ")


class _Pace(ProgressColumn):
    """Rows a second, or why it waits."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(Column(width=_PACE, no_wrap=True, justify="right"))
        self._clock = clock

    def render(self, task: Task) -> Text:
        left = task.fields["until"] - self._clock()
        if left >= 1:
            return Text(f"rate limit, next in {left:.0f} s", style="yellow")
        return Text(f"{task.fields['speed']:,} rows/s")


class _Speed(ProgressColumn):
    """Rows a second over the last minute, and the time that is left."""

    def __init__(self) -> None:
        super().__init__(Column(width=_PACE, no_wrap=True, justify="right"))

    def render(self, task: Task) -> Text:
        left = task.fields["left"]
        return Text(f"{task.fields['speed']:,} rows/s" + ("" if left is None else f", {_span(left)} left"))


def _name(event: Event) -> str:
    tenant = "" if event.tenant is None else f"{event.tenant}: "
    return (
        f"{tenant}{event.entity_set}"
        if event.folder is None
        else f"{tenant}{event.entity_set} · {event.folder}"
    )


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
