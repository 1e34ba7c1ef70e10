"""Compare the sections of a scan with the server's count, and read again those that differ."""

from __future__ import annotations

from typing import Final

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.paging.window.interval_scan import IntervalScan
from uipath_odata.paging.window.request import Steps, WindowRequest
from uipath_odata.paging.window.server_profile import ServerProfile
from uipath_odata.paging.window.ties.counts import Counts

__all__ = ["Section", "SectionCount"]

_READ_AGAIN: Final = 2
_FEW: Final = 64
"""Sections that are all read again where the counts of parts do not tell which one differs."""


@attrs.define(eq=False)
class Section:
    """An interval that was read with one answer or a few, and how many rows it had."""

    at: int
    end: int
    rows: int


@attrs.frozen
class SectionCount:
    """How a server counts what was read; it proves nothing, and finds servers that do not show what they have."""

    profile: ServerProfile

    def of(self, run: list[Section]) -> Steps[int]:
        """Compare what was read without a gap with the count, and read again what differs; return how many rows came late."""
        given = _rows_of(run)
        counted = yield from self._count(run)
        for again in range(_READ_AGAIN):
            shown = _rows_of(run)
            if counted is None or counted <= shown:
                break
            if not again:
                yield from self._read_what_differs(run, counted - shown)
            elif len(run) <= _FEW:
                yield from self._read_all_again(run)
            if _rows_of(run) >= counted:  # all that were counted; more may have come since
                break
            counted = yield from self._count(run)
        if counted is None:
            self.profile.note("The server does not count these rows: no last count was compared with them")
        elif counted > _rows_of(run):
            raise NotProven(
                f"The server counts {counted} RobotLogs and shows {_rows_of(run)}, also when these were read again: "
                "report the server, or read without exact() to take them as they are"
            )
        elif self.profile.window <= counted < given:
            self.profile.note(f"The server counts {counted} of {given} rows: its count ends at the window")
        return _rows_of(run) - given

    def _read_what_differs(self, run: list[Section], missing: int) -> Steps[None]:
        """Read again what has fewer rows than the server counts, half by half."""
        if len(run) == 1:
            yield from self._read_again(run[0])
            return
        earlier, later = run[: len(run) // 2], run[len(run) // 2 :]
        counted = yield from self._count_from(self.profile.below_bucket(later[0].at), later[-1].end)
        in_later = (counted or 0) - _rows_of(later)
        if missing > in_later:
            yield from self._read_what_differs(earlier, missing - in_later)
        if in_later > 0:
            yield from self._read_what_differs(later, in_later)

    def _read_all_again(self, run: list[Section]) -> Steps[None]:
        for section in run:
            yield from self._read_again(section)

    def _read_again(self, section: Section) -> Steps[None]:
        scan, rows = IntervalScan(at=section.at, end=section.end, profile=self.profile), 0
        while not scan.ending:
            rows += len(scan.take((yield scan.request())))
        section.rows = max(section.rows, rows)

    def _count(self, run: list[Section]) -> Steps[int | None]:
        """Count the rows of a run; where in doubt about a bound, too few: an alarm must be right."""
        counts, after = Counts(self.profile), run[0].at - 1
        if self.profile.upper_bound:
            return (yield from self._count_from(after, run[-1].end))
        total = yield from counts.between(after)
        if total is None or total <= _rows_of(run):
            return total
        if not (yield from counts.are_live()):
            raise NotProven(
                f"The server counts {total} RobotLogs and shows {_rows_of(run)}, and it counts rows after the last one "
                "and shows none: report the server, or read without exact() to take them as they are"
            )
        if (yield from self._nothing_follows(run[-1].end)):
            return total
        later = yield from counts.between(self.profile.below_bucket(run[-1].end))
        return None if later is None else total - later

    def _nothing_follows(self, end: int) -> Steps[bool]:
        """Find out whether the newest row is one of those that were read."""
        if end < self.profile.after_bucket(self.profile.latest):
            return False
        request = WindowRequest(falling=True, top=1)
        newest = self.profile.rows_of(request, (yield request))
        return bool(newest) and newest[-1][0] < end

    def _count_from(self, after: int, hi: int) -> Steps[int | None]:
        counts = Counts(self.profile)
        if self.profile.upper_bound:
            return (yield from counts.between(after, self.profile.bucket_of(hi)))
        total = yield from counts.between(after)
        later = yield from counts.between(self.profile.below_bucket(hi))
        return None if total is None or later is None else total - later


def _rows_of(run: list[Section]) -> int:
    return sum(section.rows for section in run)
