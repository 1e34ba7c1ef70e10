"""The course of a run, from its events."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Final

import attrs

from uipath_odata.export.events import Event

__all__ = ["RunRecord", "Sample"]

_SAMPLES: Final = 1_000
_PAUSE: Final = 0.2
"""Seconds between samples."""


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@attrs.frozen
class Sample:
    """What all lists had done together after so many seconds."""

    seconds: float
    rows: int
    """Of this run."""
    requests: int
    retries: int
    waits: float
    """Seconds that requests had waited for the rate budget."""
    sent_in_a_minute: int | None
    budget: float | None


@attrs.define(eq=False)
class RunRecord:
    """Takes the events of a run; ``lists`` has the last of each list, ``samples`` its course, a thousand at most."""

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], dt.datetime] = _utc_now
    samples: list[Sample] = attrs.field(factory=list[Sample], init=False)
    began_at: dt.datetime = attrs.field(init=False)
    _events: dict[tuple[str | None, str, str | None], Event] = attrs.field(
        factory=dict[tuple[str | None, str, str | None], Event], init=False
    )
    _began: float = attrs.field(init=False)
    _pause: float = attrs.field(default=_PAUSE, init=False)

    def __attrs_post_init__(self) -> None:
        self._began, self.began_at = self.clock(), self.now()

    @property
    def lists(self) -> list[Event]:
        return [event for _, event in sorted(self._events.items(), key=lambda each: tuple(map(str, each[0])))]

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return self.clock() - self._began

    def take(self, event: Event) -> None:
        """Take the next event."""
        self._events[event.tenant, event.entity_set, event.folder] = event
        if event.is_last or not self.samples or self.seconds - self.samples[-1].seconds >= self._pause:
            self.samples.append(self._sample())
        if len(self.samples) > _SAMPLES:
            self.samples, self._pause = self.samples[::2], 2 * self._pause

    def _sample(self) -> Sample:
        events = self._events.values()
        sent = [each.sent_in_a_minute for each in events if each.sent_in_a_minute is not None]
        budgets = [each.budget for each in events if each.budget is not None]
        return Sample(
            self.seconds,
            sum(each.new_rows for each in events),
            sum(each.requests for each in events),
            sum(each.retries for each in events),
            sum(each.waits for each in events),
            max(sent, default=None),
            max(budgets, default=None),
        )
