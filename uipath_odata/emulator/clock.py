"""The emulator's clock: that of the machine or of the test, and how far it was moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_END = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


class Clock:
    """Seconds since 1970, as ``time.time`` counts them: those of ``base`` and what ``advance`` added.

    ``moved`` is called before and after each advance, so that what is due happens, and what was added is planned.
    """

    def __init__(self, base: Callable[[], float], moved: Callable[[], None] = lambda: None) -> None:
        self._base, self._moved = base, moved
        self.ahead = 0.0
        """Seconds by which the clock is ahead of its base."""

    def __call__(self) -> float:
        return self._base() + self.ahead

    @property
    def now(self) -> datetime:
        """The moment that the clock shows, in UTC."""
        return datetime.fromtimestamp(self(), UTC)

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock forward, and let happen what is due: jobs end, schedules start jobs. ValueError for a move back."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
        if step < 0:
            raise ValueError("The clock only moves forward: restore a snapshot to go back in time")
        if not self() + step < _END:
            raise ValueError("The clock ends with the year 9999, as date-times do")
        self._moved()
        self.ahead += step
        self._moved()
