"""How many Ids a range should span to hold about one page of rows: an estimate, never a proof."""

from __future__ import annotations

from typing import Final

import attrs

__all__ = ["Density"]

# A page that is just not full is known to be whole by its count; without counts every range costs requests
# of its own at its end, so that it should hold several pages.
_FILL: Final = 0.9
_FILL_WITHOUT_COUNT: Final = 4.0
_MEMORY: Final = 0.5  # of a page's rows: half a page of new evidence outweighs all that was seen before


@attrs.define(eq=False)
class Density:
    """Learn from each answer how far apart the Ids of matching rows lie."""

    capacity: int
    """How many rows the server puts on a page."""
    gap: float = 1.0
    """Ids for each row."""

    def learn(self, rows: int, span: int) -> None:
        """Take in that a stretch of ``span`` Ids held so many rows: three empty ranges widen the next tenfold."""
        known = _MEMORY * self.capacity
        self.gap = (self.gap * known + span) / (known + rows)

    def width(self, *, counted: bool) -> int:
        """Give the Ids that the next range should span."""
        need = self.capacity * (_FILL if counted else _FILL_WITHOUT_COUNT)
        # So few Ids that unique ones cannot fill a page, however dense they are.
        return max(int(need * self.gap), self.capacity - 1, 1)
