"""What a scan asks after its last row: whether the order was honoured, and whether the server counts more rows."""

from __future__ import annotations

import bisect
import contextlib
from operator import attrgetter
from typing import Final

import attrs

from uipath_odata.errors import NotProven, OrderViolation
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.request import Steps, WindowRequest
from uipath_odata.paging.window.section_count import Section, SectionCount
from uipath_odata.paging.window.server_profile import ServerProfile
from uipath_odata.paging.window.ties.counts import Counts

__all__ = ["Closing"]

_TRIES: Final = 3
_WITNESSES: Final = 50
"""Rows that a descending answer is asked for, of more than one bucket if there are."""


@attrs.define(eq=False, kw_only=True)
class Closing:
    """The questions at the end of a scan.

    The last count proves nothing: it finds servers that do not show what they have. Where it is higher than the
    rows given, the sections that differ are read again. Rows that are found then came late, if all that the first
    answer counted were given; else, or where the count stays higher, the scan is refused.
    """

    profile: ServerProfile
    is_exact: bool
    counted_at_first: int | None = None
    """How many rows the first answer counted of an open list."""
    sections: list[Section] = attrs.field(factory=list[Section], init=False)
    tail_count: int | None = attrs.field(default=None, init=False)
    """What the answer at the end of an open list counted."""
    question: WindowRequest | None = attrs.field(default=None, init=False)
    """What is to be asked next."""
    _questions: Steps[None] | None = attrs.field(default=None, init=False)
    given: int = attrs.field(default=0, init=False)
    """Rows that were given."""
    late: int = attrs.field(default=0, init=False)
    """Rows found that came after their section was read, and were not given."""

    def add(self, at: int, end: int, rows: int) -> None:
        """Take in that an interval was read."""
        self.given += rows
        end = min(end, self.profile.after_bucket(self.profile.latest))
        if self.is_exact and at < end:
            bisect.insort(self.sections, Section(at, end, rows), key=attrgetter("at"))

    @property
    def contradiction(self) -> int | None:
        """Return what an open list was counted to hold, if that is more than it gave and no last count explains it."""
        counts = [self.tail_count or 0, self.counted_at_first or 0]
        return None if self.is_exact or max(counts) <= self.given else max(counts)

    def begin(self, *, is_whole: bool) -> None:
        """Make the first question, once; ``is_whole`` tells whether the scan was read to its end."""
        if self._questions is None:
            self._questions = self._questions_at_end(is_whole=is_whole)
            self.take(None)

    def take(self, page: Page | None) -> None:
        """Take in the answer to the question, and make the next one."""
        self.question = None
        if self._questions is not None:
            with contextlib.suppress(StopIteration):  # nothing is left to ask
                self.question = next(self._questions) if page is None else self._questions.send(page)

    def _questions_at_end(self, *, is_whole: bool) -> Steps[None]:
        is_one_bucket = self.profile.honours_order and not self.profile.shows_order
        is_short = self.profile.answers <= 2 or is_one_bucket  # noqa: PLR2004 - there and back
        is_counted = is_short and self.tail_count is not None and self.tail_count <= self.given
        if self.profile.answers > 1 or self.is_exact:
            yield from self._confirm_order()
        if self.is_exact and is_whole and not is_counted:
            section_count = SectionCount(self.profile)
            for run in _runs(self.sections):
                self.late += yield from section_count.of(run)
            if self.late:
                self._judge_late()
            counted = max(self.tail_count or 0, self.counted_at_first or 0)
            if counted > self.given + self.late and self.profile.latest >= 0:
                yield from self._look_beyond()
                yield from self._count_in_answers()

    def _confirm_order(self) -> Steps[None]:
        """Ask in the other direction, once a scan: a server that ignores ``$orderby`` cannot agree with both."""
        profile = self.profile
        for _ in range(_TRIES):
            if profile.honours_order or profile.latest < 0:
                return
            request = WindowRequest(falling=True, top=min(profile.page_size, _WITNESSES))
            newest = profile.rows_of(request, (yield request))
            if not profile.shows_order:
                yield from self._confirm_one_bucket(len(newest))
                return
            if not profile.honours_order:  # the latest row was deleted, or stands elsewhere
                request = WindowRequest(after=profile.below_bucket(profile.latest), top=1)
                later = profile.rows_of(request, (yield request))
                profile.honours_order = not later
                profile.latest = max((ticks for ticks, _ in (*newest, *later)), default=-1)
        raise OrderViolation(
            f"$orderby=TimeStamp desc does not begin with {Instant(profile.latest)}, which is there: the server "
            "does not honour the order. Read with stream(paging='offset'), which proves less"
        )

    def _confirm_one_bucket(self, shown: int) -> Steps[None]:
        """Ask from the first row on, where all that was seen shares one bucket: it is all that there is, or counted so."""
        profile, request = self.profile, WindowRequest(top=1)
        profile.rows_of(request, (yield request))
        profile.honours_order = profile.shows_order
        if not profile.honours_order:
            profile.honours_order = (yield from Counts(profile).between(-1)) == max(
                shown, self.given, profile.largest_tie
            )

    # The last count

    def _look_beyond(self) -> Steps[None]:
        """Ask for rows after the last one, which no section counts: new ones show, those that never do are refused."""
        request = WindowRequest(after=self.profile.latest, top=1, count=True)
        page = yield request
        if page.count and not self.profile.rows_of(request, page):
            raise NotProven(
                f"The server counts {page.count} RobotLogs after {Instant(self.profile.latest)} and shows none: report the "
                "server, or read without exact() to take them as they are"
            )

    def _count_in_answers(self) -> Steps[None]:
        """Let the answers themselves count the list again, as they did before: GetTotalCount may know of fewer rows."""
        end = self.sections[-1].end if self.sections else 0
        counts = list[int]()
        for after in (-1, self.profile.below_bucket(end)):
            request = WindowRequest(after=after, top=1, count=True)
            page = yield request
            self.profile.rows_of(request, page)
            counts.append(page.count or 0)
        counted, shown = counts[0] - counts[1], self.given + self.late
        if counted > shown:
            raise NotProven(
                f"The server counts {counted} RobotLogs before {Instant(end)} in its answers and showed {shown}: report the "
                "server, or read without exact() to take them as they are"
            )

    def _judge_late(self) -> None:
        if self.counted_at_first is not None and self.counted_at_first > self.given:
            raise NotProven(
                f"The server counted {self.counted_at_first} RobotLogs at first and showed {self.given}, and "
                f"{self.late} more when these were read again: read once more, or without exact()"
            )
        self.profile.note(
            f"{self.late} rows came late, among those that were read, and were not given: read again later"
        )


def _runs(sections: list[Section]) -> list[list[Section]]:
    """Return the sections in lists without a gap."""
    runs: list[list[Section]] = []
    for section in sections:
        if runs and runs[-1][-1].end == section.at:
            runs[-1].append(section)
        else:
            runs.append([section])
    return runs
