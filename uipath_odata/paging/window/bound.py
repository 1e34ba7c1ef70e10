"""The bound below a bucket, and what an answer under it must show."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.request import Steps, WindowRequest
from uipath_odata.paging.window.server_profile import ServerProfile
from uipath_odata.paging.window.timestamps import Stamped, identity

__all__ = ["Bound"]


@attrs.define(eq=False, kw_only=True)
class Bound:
    """Ask for the rows from the bucket of ``at`` on, so that even a server that rounds shows all of it."""

    profile: ServerProfile
    at: int = attrs.field(init=False)
    after: int = attrs.field(init=False)

    _marker: int | None = attrs.field(default=None, init=False)
    """A row below ``at`` that an answer under a closer bound must still show."""
    _held_back: frozenset[int] = attrs.field(default=frozenset(), init=False)
    """The TimeStamps of the rows from ``at`` on that an answer showed."""
    _earlier: int | None = attrs.field(default=None, init=False)
    """A row of the last page that was returned."""

    def move(self, at: int) -> None:
        """Stand below the bucket of ``at``."""
        self.at, self.after = at, self.profile.below_bucket(at)
        self._marker, self._held_back = None, frozenset()

    def remember(self, given: list[Stamped], held_back: Iterable[int]) -> None:
        """Take in which rows were returned, and which must show again."""
        if given:
            self._earlier = given[len(given) * 3 // 4][0]
        self._held_back = frozenset(held_back)

    def ask(self, *, count: bool) -> Steps[tuple[Page, list[Stamped]]]:
        """Read rows after the bound; where the answer does not show a row that it must, look from further back."""
        request = WindowRequest(after=self.after, top=self.profile.page_size, count=count)
        page, rows = yield from self.answer(request)
        if self._marker is None and self._lacks_held_back(rows):
            if self._earlier is not None:
                back = attrs.evolve(request, after=self.profile.below_bucket(self._earlier))
                _, further = yield from self.answer(back)
                if any(ticks == self._earlier for ticks, _ in further) and further[-1][0] >= self.at:
                    return Page([]), further
            page, rows = yield from self.answer(request)
        return page, rows

    def answer(self, request: WindowRequest) -> Steps[tuple[Page, list[Stamped]]]:
        """Read one answer, and its rows with their ticks."""
        page = yield request
        return page, self.profile.rows_of(request, page)

    def is_counted(
        self, rows: list[Stamped], counted: int | None, tail_page: Page, tail: list[Stamped]
    ) -> Steps[bool]:
        """Find out whether answers in both directions show the same rows, no two of them alike, and each counts as many.

        Some servers count the page alone, or no further than they send. Such a count shows itself after as many rows:
        there it says less, or more rows come.
        """
        shown = [{identity(row) for _, row in each} for each in (rows, tail)]
        number = len(shown[0] & shown[1])
        if {len(rows), len(tail), counted, tail_page.count} != {number}:
            return False
        if number == 1:
            return True
        request = WindowRequest(after=self.after, skip=number, top=1, count=True)
        page, more = yield from self.answer(request)
        return page.count == number and not more

    def is_rounded_past(self, rows: list[Stamped]) -> bool:
        """Tell whether a closer bound lost the row below it that must be there, and maybe more."""
        return self._marker is not None and all(ticks != self._marker for ticks, _ in rows)

    def come_closer(self, rows: list[Stamped]) -> bool:
        """Raise the bound where rows before ``at`` fill the page; they show how precise the server is."""
        below = max((ticks for ticks, _ in rows if ticks < self.at), default=0)
        unit = self.profile.unit
        for step in (unit // 10, unit // 100, unit // 1000, 1):
            if step and below // step * step - step > self.after:
                self.after, self._marker = below // step * step - step, below
                return True
        return False

    def _lacks_held_back(self, rows: list[Stamped]) -> bool:
        """Tell whether none of the rows is there that the last answer showed: deleted, or left out."""
        return bool(self._held_back) and all(ticks not in self._held_back for ticks, _ in rows)
