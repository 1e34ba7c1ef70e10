"""Who reads which interval next: the unread rest of a scan, in order of time."""

from __future__ import annotations

import bisect
from operator import attrgetter
from typing import Final

import attrs

from uipath_odata.paging.window.partition import END_OF_TIME, TieSplit
from uipath_odata.paging.window.server_profile import ServerProfile

__all__ = ["Schedule"]

# A page that reads past its partition proves it whole; random arrivals of this many rows seldom need a second one.
_FILL: Final = 0.9


@attrs.define(eq=False, kw_only=True)
class Schedule:
    """Partitions that are disjoint and cover what is not read yet.

    A worker takes the earliest idle partition, cut to what a page is likely to hold; the rest waits for the next
    worker. An answer that comes back takes the rest behind it in again, as far as nobody began it: so that no page
    is read in vain where rows are sparser than expected, and dense stretches are cut anew.
    """

    habits: ServerProfile
    partitions: list[TieSplit]
    newest: int | None = None
    """About where the rows end, in ticks; None: not known. A guess, so that the last partition stays open."""

    @property
    def head(self) -> int:
        """The instant before which everything is read."""
        return self.partitions[0].at if self.partitions else END_OF_TIME

    _empty: list[tuple[TieSplit, int]] = attrs.field(factory=list[tuple[TieSplit, int]], init=False)
    """What was taken for empty because nothing was said to be later, and the latest row that was known then."""

    def idle(self) -> TieSplit | None:
        """Give the earliest partition that nobody reads."""
        return next((partition for partition in self.partitions if not partition.busy), None)

    def begin(self, partition: TieSplit) -> None:
        """Let one request read a partition, and leave what is behind its reach to others."""
        partition.busy = True
        self.habits.begun += not partition.started
        end = self._reach(partition)
        if end is not None and end < partition.end:
            self.partitions.insert(self.partitions.index(partition) + 1, partition.cut(end))

    def answered(self, partition: TieSplit) -> None:
        """Widen a partition, before it takes its answer, by what nobody began behind it."""
        for rest in self._untouched_after(partition):
            if rest.at == partition.end:
                partition.end = rest.end
                self.partitions.remove(rest)

    def taken(self, partition: TieSplit, *, full: bool) -> None:
        """Let go of a partition that took its answer, and of what the answer showed to be empty."""
        partition.busy = False
        if partition.ending:
            self.habits.begun -= 1
            self._end(partition)
        elif full and self.newest is not None and partition.at > self.newest:
            self.newest = None  # the guess was wrong: a full page lies behind it
        for rest in self._untouched_after(partition):
            if partition.exhausted:
                rest.empty_from, rest.exhausted = rest.at, True
                self._end(rest)
            elif partition.density is not None:
                rest.density = partition.density

    def reopen(self) -> None:
        """Read again what was taken for empty, where rows that came to light since then lie behind it."""
        latest = self.habits.latest
        for ended, known in self._empty[:]:
            if latest > known and ended.empty_from <= latest and ended.empty_from < ended.end:
                self._empty.remove((ended, known))
                again = TieSplit(at=ended.empty_from, end=ended.end, habits=self.habits)
                bisect.insort(self.partitions, again, key=attrgetter("at"))

    def _end(self, partition: TieSplit) -> None:
        self.partitions.remove(partition)
        if partition.exhausted:
            self._empty.append((partition, self.habits.latest))

    def _untouched_after(self, partition: TieSplit) -> list[TieSplit]:
        return [other for other in self.partitions if other.at >= partition.at and not other.started]

    def _reach(self, partition: TieSplit) -> int | None:
        if partition.in_group:
            return partition.group_end
        if partition.density is None or partition.probes:
            return None
        width = int(_FILL * self.habits.capacity / partition.density)
        end = max(partition.group_end, self.habits.group_of(partition.at + width))
        return None if self.newest is not None and end > self.newest else end
