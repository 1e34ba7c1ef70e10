"""Prove a bucket by one count between two readings of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from uipath_odata.errors import Unprovable, WindowOverflow
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.window.request import Cell, Steps, WindowRequest
from uipath_odata.paging.window.server_profile import ServerProfile
from uipath_odata.paging.window.ties.copies import Copies
from uipath_odata.paging.window.ties.counts import Counts
from uipath_odata.paging.window.timestamps import Stamped, within

__all__ = ["Sandwich"]

_TRIES: Final = 3
_ROUNDS: Final = 6
"""Of one reading: where each answer orders equals anew, one round shows few of them."""
_PATIENCE: Final = 500
_ROWS_A_REQUEST: Final = 10
"""It asks at most `_PATIENCE` times, and once more for so many rows that it saw."""


@attrs.define(eq=False, kw_only=True)
class Sandwich:
    """Read the rows after ``after`` and before ``end``, let the server count them, and read them again.

    A row lives in one interval of time: whatever both readings saw existed when it was counted. If these are as
    many as the count, no other row existed then, and none was missed that existed throughout. Raises WindowOverflow
    where the window or the count does not reach that far, Unprovable where the numbers differ.
    """

    after: int
    end: int
    profile: ServerProfile
    cells: Sequence[Cell] = ((),)
    """What to look at, one after the other, as long as rows are missing."""
    is_cramped: bool = False
    """Whether the user's filter leaves no room to split the bucket."""

    _asked: int = attrs.field(default=0, init=False)
    _stands_still: bool = attrs.field(default=False, init=False)
    """Whether a page came again after ``$skip``, so that more rows may lie after it than its server counts."""

    def read(self, seen: Copies) -> Steps[Copies]:
        """Return all rows; ``seen`` are those of earlier answers."""
        before = yield from self._upper_bound()
        counted = yield from self._count(before)
        yield from self._walk(seen, seen, counted)
        shared = 0
        for _ in range(_TRIES):
            earlier, counted = counted, (yield from self._count(before))
            again = Copies()
            # Where more rows were seen than are counted, others were deleted, or the count ends too early.
            is_gone = yield from self._walk(again, seen, max(counted, len(seen)))
            shared = again.shared_with(seen)
            seen.join(again)
            if seen.have_twins:
                raise self._unprovable("some are alike in every byte, and no reading tells these apart")
            is_whole = 0 < shared == counted == earlier and not self._stands_still
            if is_whole or (is_gone and not counted):
                return seen
        raise self._unprovable(
            f"the server counts {counted}, and {shared} were seen before and after that count"
        )

    def _upper_bound(self) -> Steps[int | None]:
        """Return the upper bound of the count: none is needed where no later row was ever seen."""
        counts = Counts(self.profile)
        if (yield from counts.honour_upper_bound(self.after, self.end)):
            return self.end
        if self.profile.latest >= self.end:
            raise self._unprovable(
                "the server does not count, or does not honour TimeStamp lt, so that it cannot count them alone"
            )
        if not (yield from counts.are_live()) or self.profile.latest >= self.end:
            raise self._unprovable("the server does not count them, or counts rows where there are none")
        return None

    def _count(self, before: int | None) -> Steps[int]:
        counted = yield from Counts(self.profile).between(self.after, before)
        if counted is None:
            raise self._unprovable("the server does not count them")
        if counted >= self.profile.window:
            raise WindowOverflow(
                f"{counted} RobotLogs share the instant {Instant(self.end - self.profile.unit)}, as many as the window "
                f"of {self.profile.window} shows or more, and no filter parts them{self._room}: {self._advice}"
            )
        return counted

    def _walk(self, copies: Copies, seen: Copies, wanted: int) -> Steps[bool]:
        """Look at the cells until so many of the rows seen were seen here, or a round shows no more of them.

        Return whether the first answer was empty, which shows that the bucket is.
        """
        for _ in range(_ROUNDS):
            shared = copies.shared_with(seen)
            for cell in self.cells:
                if (yield from self._walk_cell(copies, cell)):
                    return True
                if copies.shared_with(seen) >= wanted:
                    return False
            if copies.shared_with(seen) == shared:
                break
        return False

    def _walk_cell(self, copies: Copies, cell: Cell) -> Steps[bool]:
        """Look at a cell to its end by ``$skip``; return whether there is nothing at all."""
        skip, before = 0, list[Stamped]()
        while skip < self.profile.window:
            self._hold_to_progress(len(copies))
            rows = yield from self._page(cell, skip)
            if not (cell or skip or rows):
                return True
            copies.learn(within(rows, 0, self.end))
            # A page of rows that were seen is not the end: each answer may order the bucket anew.
            if not rows or rows[-1][0] >= self.end:
                break
            if rows == before:
                self._stands_still = True
                break
            skip, before = skip + len(rows), rows
        return False

    def _hold_to_progress(self, rows: int) -> None:
        self._asked += 1
        if self._asked > _PATIENCE + rows // _ROWS_A_REQUEST:
            raise self._unprovable("page after page shows rows that came before: the server ignores $skip")

    def _page(self, cell: Cell, skip: int) -> Steps[list[Stamped]]:
        request = WindowRequest(
            after=self.after,
            where=cell,
            skip=skip,
            top=min(self.profile.page_size, self.profile.window - skip),
            whole=True,
            refusable=bool(cell),
        )
        return self.profile.rows_of(request, (yield request))

    def _unprovable(self, why: str) -> Unprovable:
        start = Instant(self.end - self.profile.unit)
        return Unprovable(
            f"RobotLogs of {start} are more than a page and not proven to be all, because {why}{self._room}: {self._advice}"
        )

    @property
    def _room(self) -> str:
        return ", and the filter leaves no room to split them further" if self.is_cramped else ""

    @property
    def _advice(self) -> str:
        return f"filter by RobotName, JobKey or Level, or leave them out and resume from {Instant(self.end)}"
