"""Pages that wait for their turn, and how many rows are still wanted."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from uipath_odata.paging.plan import Row

__all__ = ["IdDelivery"]


@attrs.define(eq=False, kw_only=True)
class IdDelivery:
    """Pages by the key that they begin after; ``position`` is the last key before which all was given out, in order."""

    ordered: bool
    left: int
    position: int
    given: int = attrs.field(default=0, init=False)
    pages: dict[int, tuple[list[Row], int]] = attrs.field(
        factory=dict[int, tuple[list[Row], int]], init=False
    )

    def add(self, lo: int, end: int, rows: list[Row]) -> None:
        """Take in the rows of the keys above ``lo`` up to ``end``."""
        if rows:
            self.pages[lo] = rows, end

    def next_rows(self, unread: Iterable[int]) -> list[Row] | None:
        """Return the lowest page; in order none that begins above what is unread."""
        if not self.pages or not self.left:
            return None
        lo = min(self.pages)
        if self.ordered and any(each < lo for each in unread):
            return None
        rows, self.position = self.pages.pop(lo)
        rows = rows[: self.left]
        self.left -= len(rows)
        self.given += len(rows)
        if not self.left:
            self.pages.clear()
        return rows

    def below(self, key: int) -> int:
        """Return how many rows below a key wait."""
        return sum(len(rows) for lo, (rows, _) in self.pages.items() if lo < key)

    @property
    def is_enough(self) -> bool:
        """Whether what waits is all that is wanted."""
        return sum(len(rows) for rows, _ in self.pages.values()) >= self.left
