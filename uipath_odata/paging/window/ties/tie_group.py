"""A bucket that is larger than a page: read completely, or refused."""

from __future__ import annotations

import attrs

from uipath_odata.errors import Unprovable
from uipath_odata.paging.window.request import Steps
from uipath_odata.paging.window.server_profile import ServerProfile
from uipath_odata.paging.window.ties.copies import Copies
from uipath_odata.paging.window.ties.sandwich import Sandwich
from uipath_odata.paging.window.ties.tie_split import TieSplit
from uipath_odata.paging.window.timestamps import Stamped

__all__ = ["TieGroup"]


@attrs.define(eq=False, kw_only=True)
class TieGroup:
    """Read the bucket that begins at ``start``, under the bound ``after`` below it.

    First in parts, of which each comes in one answer; where that does not show all, by a count between two readings.
    Raises WindowOverflow or Unprovable where neither does.
    """

    start: int
    after: int
    profile: ServerProfile

    def read(self) -> Steps[list[Stamped]]:
        """Return the rows after the bound and before the end of the bucket, whole ones, each as often as it exists."""
        was_last = self._is_last
        try:
            return (yield from self._read())
        except Unprovable:
            if not was_last or self._is_last:
                raise
        return (yield from self._read())  # a row that came after the bucket may show it whole

    @property
    def _is_last(self) -> bool:
        return self.profile.latest < self.start + self.profile.unit

    def _read(self) -> Steps[list[Stamped]]:
        seen = Copies()
        split = TieSplit(start=self.start, after=self.after, profile=self.profile, seen=seen)
        if (yield from split.shows_all()):
            if split.was_needed:
                self.profile.prove("by_remainder", "a bucket was split, and the remainder asked last")
            return seen.rows
        end = self.start + self.profile.unit
        sandwich = Sandwich(
            after=self.after,
            end=end,
            profile=self.profile,
            cells=split.open_cells,
            is_cramped=split.is_cramped,
        )
        rows = (yield from sandwich.read(seen)).rows
        self.profile.prove(
            "by_count", "as many rows of a bucket were seen before and after a count as it says"
        )
        return rows
