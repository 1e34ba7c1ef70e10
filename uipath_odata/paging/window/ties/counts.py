"""How many rows the server counts between two instants, as far as its counts can be trusted."""

from __future__ import annotations

import attrs

from uipath_odata.paging.window.request import Steps, WindowRequest
from uipath_odata.paging.window.server_profile import ServerProfile

__all__ = ["Counts"]


@attrs.frozen
class Counts:
    """Ask GetTotalCount, or the list where the server does not have that function.

    The list is asked for one row, so that a count of the page alone shows itself as one.
    """

    profile: ServerProfile

    def between(self, after: int, before: int | None = None) -> Steps[int | None]:
        """Count the rows after ``after`` and, unless it is None, before ``before``; None: the server does not tell."""
        profile = self.profile
        if profile.has_totals:
            page = yield WindowRequest(after=after, before=before, total=True, refusable=before is not None)
            if page.count is not None or page.refused:
                return page.count
            profile.has_totals = False
        page = yield WindowRequest(after=after, before=before, top=1, count=True, refusable=True)
        return page.count if len(page.rows) <= 1 else None

    def honour_upper_bound(self, after: int, before: int) -> Steps[bool]:
        """Find out whether ``lt`` is honoured, by a question that it must empty; a fixed count fails it, too."""
        profile = self.profile
        if profile.upper_bound is None:
            none = yield from self.between(after, max(after, 0))
            some = yield from self.between(after, before)
            profile.upper_bound = profile.counts_nothing = none == 0 and bool(some)
        elif profile.upper_bound:
            yield from self._count_nothing(after, max(after, 0))
        return profile.upper_bound

    def are_live(self) -> Steps[bool]:
        """Find out whether what is counted after the latest row is there: nothing, or rows that came meanwhile."""
        after = self.profile.after_bucket(self.profile.latest)
        yield from self._count_nothing(after, None)
        if self.profile.counts_nothing:
            return True
        request = WindowRequest(after=after, top=1)
        return bool(self.profile.rows_of(request, (yield request)))

    def _count_nothing(self, after: int, before: int | None) -> Steps[None]:
        if not self.profile.counts_nothing:
            self.profile.counts_nothing = (yield from self.between(after, before)) == 0
