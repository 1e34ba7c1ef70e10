"""Each log of a job once, also those that arrive late; no clock and no loop.

Orchestrator numbers no logs, and a robot that was offline sends its logs later, in their places among older ones. So a
follower keeps how often it has seen each row, as sent, and takes from a reading what it has not seen so often. While the
job runs a reading begins some time before the newest log that is known; equal rows have equal times, so that it holds all
copies of a row or none. From the job's end on, readings are whole, and the last one comes when nothing new has come for
some time.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections import Counter
from typing import Any, Final

import attrs

from uipath_odata.odata.instant import Instant

__all__ = ["LogFollower", "as_answered", "first_tie"]

_SHORTEST: Final = 1.0
_LONGEST: Final = 15.0
_GROWTH: Final = 1.5


@attrs.define(eq=False)
class LogFollower:
    """Take the new rows of each reading, and say when and from where the next one begins."""

    overlap: dt.timedelta
    """How much before the newest log a reading of a running job begins."""
    settle: float
    """Seconds after the job's end, and after the last new log, in which logs may still come."""
    _seen: Counter[str] = attrs.field(factory=Counter[str], init=False)
    _newest: Instant | None = attrs.field(default=None, init=False)
    _ended: float | None = attrs.field(default=None, init=False)
    _delay: float = attrs.field(default=_SHORTEST, init=False)
    _last_new: float = attrs.field(default=0.0, init=False)

    @property
    def since(self) -> Instant | None:
        """After which time the next reading begins; None: it is whole."""
        if self._newest is None or self._ended is not None:
            return None
        return self._newest - self.overlap

    def end(self, now: float) -> None:
        """Note that the job had ended before the next reading."""
        if self._ended is None:
            self._ended, self._delay = now, _SHORTEST

    def take(self, rows: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
        """Return the rows of a reading that were not there before, in its order."""
        counted = Counter[str]()
        new = [row for row in rows if self._is_new(row, counted)]
        self._seen |= counted
        times = [Instant.parse(row["TimeStamp"]) for row in new if row.get("TimeStamp")]
        self._newest = max([*times, *([self._newest] if self._newest else [])], default=None)
        self._delay = _SHORTEST if new else min(_LONGEST, self._delay * _GROWTH)
        self._last_new = now if new else self._last_new
        return new

    def pause(self, now: float) -> float | None:
        """Return the seconds until the next reading; None when the last one was the last."""
        if self._ended is None:
            return self._delay
        left = max(self._ended, self._last_new) + self.settle - now
        return None if left <= 0 else min(self._delay, left)

    def _is_new(self, row: dict[str, Any], counted: Counter[str]) -> bool:
        key = _content(row)
        counted[key] += 1
        return counted[key] > self._seen[key]


def first_tie(rows: list[dict[str, Any]]) -> Instant | None:
    """Return the first time that several rows share, of rows in order of time; None where each has its own."""
    times = (row.get("TimeStamp") for row in rows)
    return next((Instant.parse(one) for one, two in itertools.pairwise(times) if one and one == two), None)


def as_answered(rows: list[dict[str, Any]], answer: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put rows of equal times, which come sorted by content, into the order that one answer of the server has."""
    places = {_content(row): place for place, row in enumerate(answer)}
    groups = (list(group) for _, group in itertools.groupby(rows, key=lambda row: row.get("TimeStamp")))
    return [
        row
        for group in groups
        for row in sorted(group, key=lambda row: places.get(_content(row), len(places)))
    ]


def _content(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, default=str)
