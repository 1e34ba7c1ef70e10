"""Which closed intervals must be read again: rows came late, or were deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from uipath_odata.export.journal.records import Part
from uipath_odata.export.journal.state import ListState

__all__ = ["Closed", "bounds_of", "is_watched", "moved", "suspects"]


class Closed(Protocol):
    """An interval that was read to its end: from ``lo`` on and before ``hi``, and how many rows it had."""

    @property
    def lo(self) -> Any:
        """An instant or Id; None: from the first row on."""
        ...

    @property
    def hi(self) -> Any: ...
    @property
    def rows(self) -> int: ...


C = TypeVar("C", bound=Closed)


def bounds_of(closed: Iterable[Closed]) -> list[Any]:
    """Return the lower bounds of the counts that must be asked, each once, ascending, None first."""
    bounds = {bound for interval in closed for bound in (interval.lo, interval.hi)}
    return sorted(bounds, key=lambda bound: (bound is not None, bound))


def moved(closed: Iterable[C], rows_from: Mapping[Any, int]) -> list[C]:
    """Return the intervals that no longer have as many rows as when they were closed.

    ``rows_from`` has, for each of `bounds_of`, how many rows the server counts from there on (GetTotalCount). Rows
    that came and as many that went hide from a count; a count taken while rows arrive only reads one in vain.
    """
    return [
        interval for interval in closed if rows_from[interval.lo] - rows_from[interval.hi] != interval.rows
    ]


async def suspects(closed: Sequence[C], count_from: Callable[[Any], Awaitable[int]]) -> list[C]:
    """Return ascending intervals without those that together, next to each other, still have as many rows.

    It asks for a handful of counts where few of many intervals changed. Rows that came to one and as many that went from
    its neighbour hide, too.
    """
    found = list[C]()
    waiting = [*_next_to_each_other(closed)]
    while waiting:
        row = waiting.pop()
        if await count_from(row[0].lo) - await count_from(row[-1].hi) == sum(each.rows for each in row):
            continue
        half = len(row) // 2
        waiting += [row[half:], row[:half]] if half else ()
        found += () if half else row
    return found


def _next_to_each_other(closed: Sequence[C]) -> list[list[C]]:
    rows = list[list[C]]()
    for each in closed:
        if rows and rows[-1][-1].hi == each.lo:
            rows[-1].append(each)
        else:
            rows.append([each])
    return rows[::-1]


def is_watched(state: ListState, part: Part, look_back: dt.timedelta) -> bool:
    """Tell whether the next run counts a closed part again: it ends, or was read, in the ``look_back`` before the last run."""
    ticks = look_back // dt.timedelta(microseconds=1) * 10
    if state.ended is not None and state.ended.until is not None:
        return part.hi is not None and part.hi > state.ended.until - ticks
    return state.read_at[part.run] > state.read_at[state.run] - ticks
