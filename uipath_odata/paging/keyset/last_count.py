"""One count at the end of an exact reading, which finds servers that left out what they count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.paging.keyset.checkpoint import HIGHEST, LOWEST
from uipath_odata.paging.keyset.keys import Keys
from uipath_odata.paging.keyset.requests import KeysetRequests
from uipath_odata.paging.steps import Ask, Steps

__all__ = ["LastCount", "ReadRange"]

_READINGS: Final = 2


@attrs.frozen
class ReadRange:
    """How many rows were found above ``lo``, up to ``hi``."""

    lo: int
    hi: int
    rows: int


@attrs.frozen(kw_only=True)
class LastCount:
    """Compare what was given with what the server counts, and read again where it counts more.

    ``first`` is what it counted at the beginning, ``given`` how many rows were given, segments or not.
    """

    requests: KeysetRequests
    keys: Keys
    first: int | None
    given: int
    note: Callable[[str], None]

    def compare(self, segments: Sequence[ReadRange]) -> Steps[int]:
        """Return how many rows came late: into what was read already.

        Raises NotProven for rows that were counted and not found, or counted at first and found only now.
        """
        late = total = 0
        for run in _runs(segments):
            counted = yield from self._count(run)
            if counted is None:
                return self._without_count()
            total += counted
            if counted > sum(each.rows for each in run):
                late += yield from self._look_for(run)
        if late and self.first is not None and self.first > self.given:
            raise NotProven(
                f"The server counted {self.first} rows at first and sent {self.given}, and {late} more appeared only "
                "when they were asked for again: read the list again"
            )
        self.compare_total(total)
        return late

    def compare_total(self, counted: int) -> None:
        """Note a count that was too small at first and is the same still: some servers count no further than a number."""
        if self.first == counted < self.given:
            self.note(f"The server counts {counted} rows, and {self.given} came: its counts end too early")

    def _without_count(self) -> int:
        if self.first is not None and self.first > self.given:
            raise NotProven(
                f"The server counted {self.first} rows at first, sent {self.given} and then counts none, so that nothing "
                "tells whether the others were deleted: read the list again"
            )
        self.note("The server counts no rows: what was read was not compared with a count")
        return 0

    def _look_for(self, segments: Sequence[ReadRange]) -> Steps[int]:
        """Find the segments of which more is counted than was found, by halves."""
        if len(segments) == 1:
            return (yield from self._read_again(segments[0]))
        late, middle = 0, len(segments) // 2
        for half in (segments[:middle], segments[middle:]):
            counted = yield from self._count(half)
            if counted is not None and counted > sum(each.rows for each in half):
                late += yield from self._look_for(half)
        return late

    def _read_again(self, segment: ReadRange) -> Steps[int]:
        counted, found = 0, 0
        for _ in range(_READINGS):
            found = yield from self._rows_in(segment)
            if found > segment.rows:
                # Above the last key new rows come, which nobody asked for.
                return 0 if segment.hi >= HIGHEST else found - segment.rows
            counted = (yield from self._count([segment])) or 0
            if counted <= segment.rows:  # deleted since
                return 0
        start = f" from the Id {self.keys.id_of(segment.lo + 1)}" if segment.lo > LOWEST else ""
        end = f" to the Id {self.keys.id_of(segment.hi)}" if segment.hi < HIGHEST else ""
        raise NotProven(
            f"The server counts {counted} rows{start}{end}, and sent {found} of them, asked several times: ask its "
            "administrator why, or read without exact()"
        )

    def _rows_in(self, segment: ReadRange) -> Steps[int]:
        rows, at = 0, segment.lo
        while at < segment.hi:
            found = self.keys.read((yield Ask(self.requests.page(at, segment.hi))).rows, at, segment.hi)
            if not found:
                break
            torn = self.keys.linked and found[0] < found[-1] < segment.hi
            at = found[-1] - 1 if torn else found[-1]
            rows += sum(key <= at for key in found)
        return rows

    def _count(self, segments: Sequence[ReadRange]) -> Steps[int | None]:
        """Count the stretch that segments cover; they follow each other."""
        lo, hi = segments[0].lo, segments[-1].hi
        page = yield Ask(self.requests.count(lo, hi))
        self.keys.read(page.rows, lo, hi)
        return page.count


def _runs(segments: Sequence[ReadRange]) -> list[list[ReadRange]]:
    """Cut segments, in order, where one does not follow the other."""
    runs: list[list[ReadRange]] = []
    for each in segments:
        if runs and runs[-1][-1].hi == each.lo:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs
