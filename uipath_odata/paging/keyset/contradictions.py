"""What earlier answers of a list by Id say must be there: an answer that leaves it out is asked for once more."""

from __future__ import annotations

import attrs

from uipath_odata.paging.checkpoint import merged
from uipath_odata.paging.plan import Page

__all__ = ["Contradictions"]


@attrs.define(eq=False)
class Contradictions:
    """Remember what was seen of a list; each range of keys is doubted once, and then believed.

    Without a contradiction nothing is asked twice: a range whose only hint is its own count of 0 is looked at again at
    the end alone, where fewer rows were found than the first answer counted.
    """

    total: int | None = None
    """How many rows the first answer counted."""
    rows: int = attrs.field(default=0, init=False)
    """How many were found."""

    _counted: bool = attrs.field(default=False, init=False)
    _torn: set[int] = attrs.field(factory=set[int], init=False)
    _doubted: set[tuple[int, int]] = attrs.field(factory=set[tuple[int, int]], init=False)
    _empty: list[tuple[int, int]] = attrs.field(factory=list[tuple[int, int]], init=False)
    _is_explained: bool = attrs.field(default=False, init=False)

    def torn(self, key: int) -> None:
        """Take in that rows of a key were seen and held back, so that they must come again."""
        self._torn.add(key)

    def covered(self, lo: int, hi: int, rows: int) -> None:
        """Take in how many rows a range came to."""
        self.rows += rows
        self._torn.discard(lo + 1)
        if not rows:
            self._empty.append((lo, hi))

    def about(
        self, lo: int, hi: int, keys: list[int], page: Page, *, held: int = 0, bound: int | None
    ) -> bool:
        """Tell whether an answer about ``lo < key <= hi`` lacks what is known of it.

        ``held`` rows of it were skipped. ``bound`` is a key that the answer must hold if it is the whole range.
        """
        counts = page.count is not None
        lacks = (
            (not keys and (page.count or 0) > held)
            or (not keys and self._counted and not counts)
            or (not held and lo + 1 in self._torn and lo + 1 not in keys)
            or (hi == bound and bound not in keys)
        )
        self._counted |= counts
        if not lacks or (lo, hi) in self._doubted:
            return False
        self._doubted.add((lo, hi))
        return True

    def unexplained(self) -> list[tuple[int, int]]:
        """Give the ranges that were empty, once, if fewer rows were found than there should be."""
        empty = merged(self._empty) if self.lacking and not self._is_explained else []
        self._is_explained = True
        return empty

    @property
    def lacking(self) -> bool:
        return self.total is not None and self.rows < self.total
