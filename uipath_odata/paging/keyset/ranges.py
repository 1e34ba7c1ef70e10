"""The keys that no page has covered yet, as disjoint ranges, and how wide the next should be."""

from __future__ import annotations

from typing import Any, Final

import attrs

from uipath_odata.paging.keyset.checkpoint import HIGHEST, LOWEST
from uipath_odata.paging.steps import Conversation

__all__ = ["Density", "Range", "Ranges"]

# An answer that shows a key after its range covers the range; random gaps of this fill seldom need a second one.
_FILL: Final = 0.9
_MEMORY: Final = 0.5  # of a page's rows: half a page of new evidence outweighs all that was seen before


@attrs.define(eq=False)
class Range:
    """Keys above ``lo`` up to ``hi``, read by pages, or by ``steps`` where a page does not tell."""

    lo: int = LOWEST
    hi: int = HIGHEST
    steps: Conversation[Any] | None = None


@attrs.define(eq=False)
class Ranges:
    """Ranges that wait to be read, in order, and those that a request is under way for."""

    waiting: list[Range]
    under_way: list[Range] = attrs.field(factory=list[Range], init=False)

    @property
    def unread(self) -> list[Range]:
        """Return all ranges that no answer has covered."""
        return [*self.waiting, *self.under_way]

    def take(self, width: int | None) -> Range:
        """Send the lowest waiting range on its way, cut to a width; None: all of it."""
        first = self.waiting.pop(0)
        self.under_way.append(first)
        if width is not None and first.steps is None and first.hi - first.lo > width:
            self.waiting.insert(0, Range(first.lo + width, first.hi))
            first.hi = first.lo + width
        return first

    def answered(self, range_: Range) -> None:
        """Take in that the answer about a range is here and was understood."""
        self.under_way.remove(range_)

    def widen(self, range_: Range) -> None:
        """Let a range that is answered cover what waits right after it too."""
        while (after := self._waiting_at(range_.hi)) is not None:
            self.waiting.remove(after)
            range_.hi = after.hi

    def wait(self, *ranges: Range) -> None:
        """Put ranges back, joined to what waits right after them."""
        for range_ in ranges:
            if range_.lo < range_.hi:
                if range_.steps is None:
                    self.widen(range_)
                self.waiting.append(range_)
        self.waiting.sort(key=lambda each: each.lo)

    def drop_above(self, lo: int) -> list[Range]:
        """Take away, and return, the waiting ranges above a key, because nothing is there."""
        dropped = [each for each in self.waiting if each.lo >= lo and each.steps is None]
        self.waiting = [each for each in self.waiting if each not in dropped]
        return dropped

    def _waiting_at(self, lo: int) -> Range | None:
        return next((each for each in self.waiting if each.lo == lo and each.steps is None), None)


@attrs.define(eq=False)
class Density:
    """Learn from each answer how far apart the Ids of matching rows lie."""

    capacity: int
    """How many rows the server puts on a page."""
    gap: float = 1.0
    """Ids for each row."""

    def learn(self, rows: int, span: int) -> None:
        """Take in that a stretch of ``span`` Ids held so many rows."""
        known = _MEMORY * self.capacity
        self.gap = (self.gap * known + span) / (known + rows)

    def width(self) -> int:
        """Return how many Ids the next range should span."""
        # So few Ids that unique ones cannot fill a page, however dense they are.
        return max(int(_FILL * self.capacity * self.gap), self.capacity - 1, 1)
