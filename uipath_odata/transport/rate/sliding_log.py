"""How soon one more request of a rate class may be sent: a log of the last minute, and what answers said; without a clock."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from uipath_odata.transport.headers.pace import RateLimit

__all__ = ["MINUTE", "Rate"]

MINUTE: Final = 60.0
_CUT: Final = 0.9
_RECOVERY: Final = 60 * MINUTE
# A tenth faster than evenly, so that what a pause left unused is used after it.
_CATCH_UP: Final = 0.9
# Below one a second, pauses alone are enough for a class whose limit nobody documents.
_LEAST_LEARNED: Final = 60.0
# Doubled at each refusal in a row, so that five attempts outlast a window of a minute.
_FIRST_PAUSE: Final = MINUTE / 8
# A longer pause is a mistake in the header: the longest documented limits are by the day.
_LONGEST_PAUSE: Final = 86_400.0


@attrs.frozen
class _Cut:
    at: float
    limit: float


class Rate:
    """A sliding log of the requests of one class; all times are seconds of one monotonic clock.

    ``ceiling`` is how many may be sent in any 60 s; infinite until a 429 teaches a limit. A 429 cuts the limit by a
    tenth, once for all requests that were under way; an hour brings it back, in even steps. Bulk requests may use
    half of it at once and are spread over the minute from there, so that interactive ones find room at any time.
    ``even`` spreads them from the first one on, for a program that does not know what another one sent a moment ago: they
    keep to a schedule that begins one step after the rate is first asked. Interactive ones go at once, and the bulk
    ones after them pay for that.
    """

    def __init__(self, ceiling: float = math.inf, *, even: bool = False) -> None:
        self.ceiling = ceiling
        self.even = even
        self._sent = deque[float]()
        self._cut: _Cut | None = None
        self._refusals = 0
        self._paused_until = -math.inf
        self._bulk_paused_until = -math.inf
        self._step_at: float | None = None

    def limit(self, now: float) -> float:
        """Say how many requests in 60 s are allowed now."""
        if self._cut is None:
            return self.ceiling
        documented = math.isfinite(self.ceiling)
        recovered = (now - self._cut.at) / _RECOVERY * (self.ceiling if documented else self._cut.limit)
        limit = self._cut.limit + recovered
        whole = self.ceiling if documented else 2 * self._cut.limit
        return limit if limit < whole else self.ceiling

    def used(self, now: float) -> int:
        """Count the requests that were sent in the last 60 s."""
        while self._sent and self._sent[0] + MINUTE <= now:
            self._sent.popleft()
        return len(self._sent)

    def is_idle(self, now: float) -> bool:
        """Whether it remembers nothing that counts."""
        paused = max(self._paused_until, self._bulk_paused_until)
        return not self.used(now) and paused <= now and (self._cut is None or self.limit(now) >= self.ceiling)

    def wait(self, now: float, *, bulk: bool = False, ahead: int = 0) -> float:
        """Seconds until one more may be sent, after those ``ahead`` of it; 0 or less: now."""
        until = self._room_at(now, ahead)
        if self.even:
            self._begin_schedule(now)
        return max(until, self._bulk_room_at if bulk else until) - now

    def send(self, now: float, *, bulk: bool = False) -> None:
        """Log one request."""
        self._sent.append(now)
        used, limit = self.used(now), self.limit(now)
        if self.even and math.isfinite(limit):
            # What came late by less than a step is made up, never more: no stretch holds more than its steps.
            self._step_at = max(self._begin_schedule(now) + MINUTE / limit, now)
        elif bulk and used >= limit / 2:
            next_room = self._sent[0] + MINUTE - now
            gap = max(_CATCH_UP * MINUTE / limit, next_room / (limit - used + 1))
            self._bulk_paused_until = max(self._bulk_paused_until, now + gap)

    def on_success(self) -> None:
        """Note an answer that is not a 429."""
        self._refusals = 0

    def on_429(self, sent: float, now: float, retry_after: float | None) -> None:
        """Learn from a 429 to a request of the time ``sent``; the server may have said how long to leave it alone."""
        if self._cut is None or sent > self._cut.at:
            self._refusals += 1
            self._cut = _Cut(now, self._less(now))
        if retry_after is not None:
            self.pause_until(now + min(retry_after, _LONGEST_PAUSE))
        elif math.isfinite(self.ceiling):
            self.pause_until(self._cut.at + min(MINUTE, _FIRST_PAUSE * 2 ** (self._refusals - 1)))

    def apply_headers(self, told: RateLimit, now: float) -> None:
        """Leave what the server says is left of its limit to interactive requests, and wait where nothing is left."""
        if told.reset > _LONGEST_PAUSE:
            return
        if told.remaining < 1:
            self.pause_until(now + told.reset)
        elif told.limit is None or told.remaining < told.limit / 2:
            self._bulk_paused_until = max(self._bulk_paused_until, now + told.reset / told.remaining)

    def pause_until(self, until: float) -> None:
        """Let nothing of the class be sent before ``until``."""
        self._paused_until = max(self._paused_until, until)

    @property
    def _bulk_room_at(self) -> float:
        return max(self._bulk_paused_until, -math.inf if self._step_at is None else self._step_at)

    def _begin_schedule(self, now: float) -> float:
        if self._step_at is None:
            self._step_at = now + MINUTE / self.limit(now)
        return self._step_at

    def _less(self, now: float) -> float:
        if math.isfinite(self.ceiling):
            return max(1.0, _CUT * self.limit(now))
        return max(_LEAST_LEARNED, _CUT * min(self.limit(now), self.used(now)))

    def _room_at(self, now: float, ahead: int) -> float:
        used, limit = self.used(now), self.limit(now)
        if math.isinf(limit):
            return self._paused_until
        whole = max(1, math.floor(limit))
        # Whose leaving makes the room; of those not sent yet, each leaves a minute after the one that lets it go.
        leaving = used + ahead - whole
        minutes = max(0, -(-(leaving - used + 1) // whole))
        leaving -= minutes * whole
        room = self._sent[leaving] + MINUTE if leaving >= 0 else now if minutes else -math.inf
        return max(self._paused_until, room) + minutes * MINUTE
