"""Which closed intervals must be read again: rows came late, or were deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from uipath_odata.odata.instant import Instant

__all__ = ["Closed", "bounds_of", "moved"]


@attrs.frozen
class Closed:
    """An interval that was read to its end: ``lo <= TimeStamp < hi``, and how many rows it had."""

    lo: Instant
    hi: Instant
    rows: int


def bounds_of(closed: Iterable[Closed]) -> list[Instant]:
    """Give the instants at which the rows must be counted, each once, ascending."""
    return sorted({bound for interval in closed for bound in (interval.lo, interval.hi)})


def moved(closed: Iterable[Closed], rows_from: Mapping[Instant, int]) -> list[Closed]:
    """Give the intervals that no longer have as many rows as when they were closed.

    ``rows_from`` has, for each of `bounds_of`, how many rows the server counts from there on (GetTotalCount). Rows
    that came and as many that went hide from a count; a count taken while rows arrive only reads one in vain.
    """
    return [
        interval for interval in closed if rows_from[interval.lo] - rows_from[interval.hi] != interval.rows
    ]
