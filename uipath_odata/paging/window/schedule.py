"""Which worker reads which interval next, in order of time."""

from __future__ import annotations

from typing import Final

import attrs

from uipath_odata.paging.window.interval_scan import END_OF_TIME, IntervalScan
from uipath_odata.paging.window.server_profile import ServerProfile

__all__ = ["Schedule"]

# A page that reads past its interval proves it whole; random arrivals of this many rows seldom need a second one.
_FILL: Final = 0.93
# Less than this is not worth a second worker: each of two would end with a page that is part empty.
_WORTH_HALVING: Final = 2.5


@attrs.define(eq=False, kw_only=True)
class Schedule:
    """Scans of intervals that are disjoint and cover what is not read yet.

    In order, a worker takes the earliest idle interval, cut to what a page is likely to hold; the rest waits for the
    next worker. An answer takes the rest after it in again, as far as nobody began it: so that no page is read in
    vain where rows are sparser than expected, and dense stretches are cut anew. Out of order, each worker reads on
    to the end of its interval, and one that has none takes half of the largest rest (work stealing): fewer pages
    are read past an end.
    """

    profile: ServerProfile
    scans: list[IntervalScan]
    steals: bool = False
    newest: int | None = None
    """About where the rows end, in ticks; None: not known. A guess, so that the last interval stays open."""

    _is_sized_up: bool = attrs.field(default=False, init=False)
    _wants_newest: bool = attrs.field(default=False, init=False)

    @property
    def head(self) -> int:
        """The instant before which everything is read."""
        return self.scans[0].at if self.scans else END_OF_TIME

    def idle(self) -> IntervalScan | None:
        """Return the earliest interval that nobody reads."""
        return next((scan for scan in self.scans if not scan.busy), None)

    def steal(self) -> IntervalScan | None:
        """Return half of the largest rest that a worker has before it; None: none is worth it."""
        density = self.profile.density
        if not self.steals or density is None:
            return None
        largest = max(self.scans, key=self._rest, default=None)
        page = self.profile.capacity / density
        if largest is None or self._rest(largest) <= _WORTH_HALVING * page:
            return None
        middle = self.profile.bucket_of(int(largest.at + (self._rest(largest) + page) / 2))
        return self._split(largest, max(middle, largest.bucket_end))

    def size_up(self, scan: IntervalScan, rest: int) -> None:
        """Find out once where the rows end, if more of them are left than the next page is likely to hold."""
        density = self.profile.density
        if self._is_sized_up:
            return
        self._is_sized_up = True
        self._wants_newest = density is None or rest > self.profile.capacity
        if density is not None and not self._wants_newest:
            self.newest = scan.at + int(rest / density)

    def asks_for_newest(self) -> bool:
        """Tell, once, whether the newest row is to be asked for."""
        wanted, self._wants_newest = self._wants_newest, False
        return wanted

    def begin(self, scan: IntervalScan) -> None:
        """Let one request read an interval; in order, leave what is beyond its reach to others."""
        scan.busy = True
        end = self._reach(scan)
        if end is not None and end < scan.end:
            self._split(scan, end)

    def answered(self, scan: IntervalScan) -> None:
        """Widen an interval, before it takes its answer, by what nobody began after it."""
        for rest in self._untouched_after(scan):
            if rest.at == scan.end:
                scan.end = rest.end
                self.scans.remove(rest)

    def taken(self, scan: IntervalScan, *, is_full: bool) -> None:
        """Let go of an interval whose answer was taken, and of what the answer showed to be empty."""
        scan.busy = False
        if scan.ending:
            self.scans.remove(scan)
        elif is_full and self.newest is not None and scan.at > self.newest:
            self.newest = None  # the guess was wrong: a full page lies after it
        if scan.exhausted:
            for rest in self._untouched_after(scan):
                self.scans.remove(rest)

    def _rest(self, scan: IntervalScan) -> float:
        """Return the ticks that are left of an interval, as far as rows are likely there."""
        end = scan.end if self.newest is None else min(scan.end, self.newest + 1)
        return -1 if end == END_OF_TIME or scan.asks_for_tail else end - scan.at

    def _split(self, scan: IntervalScan, at: int) -> IntervalScan:
        rest = scan.cut(at)
        self.scans.insert(self.scans.index(scan) + 1, rest)
        return rest

    def _untouched_after(self, scan: IntervalScan) -> list[IntervalScan]:
        return [other for other in self.scans if other.at >= scan.at and not other.started]

    def _reach(self, scan: IntervalScan) -> int | None:
        if scan.in_group:
            return scan.bucket_end
        density = self.profile.density
        if self.steals or density is None or scan.asks_for_tail:
            return None
        width = int(_FILL * self.profile.capacity / density)
        end = max(scan.bucket_end, self.profile.bucket_of(scan.at + width))
        return None if self.newest is not None and end > self.newest else end
