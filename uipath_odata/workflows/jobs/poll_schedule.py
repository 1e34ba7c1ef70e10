"""When the poller asks, and for which jobs; no clock and no loop."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

import attrs

__all__ = ["Question", "next_question", "spans_of", "tick_after"]

_SHORTEST: Final = 1.0
_LONGEST: Final = 15.0
# So that nobody waits more than a quarter longer than the job takes.
_PART: Final = 0.25
# Two comparisons each, of the 100 that a filter may have.
_MOST_SPANS: Final = 45


def tick_after(youngest: float) -> float:
    """Return the seconds between two requests: a quarter of the age of the youngest wait, from 1 s to 15 s."""
    return min(_LONGEST, max(_SHORTEST, _PART * youngest))


@attrs.frozen
class Question:
    """One request for the states of jobs: by their Ids, or by spans of Ids where they are too many for a list."""

    ids: tuple[int, ...]
    """Those that it is about, ascending."""
    spans: tuple[tuple[int, int], ...] = ()
    """First and last Ids, ascending; empty: the Ids themselves are listed."""

    def told(self, rows: Sequence[int]) -> int:
        """Count the first Ids that an answer speaks of: all, or with spans those up to its last row.

        A page may be shorter than what there is: what follows its last row is asked again, until nothing does. Rows in
        another order than asked for say nothing.
        """
        if not self.spans or not rows:
            return len(self.ids)
        if any(later <= earlier for earlier, later in itertools.pairwise(rows)):
            return 0
        return sum(1 for each in self.ids if each <= rows[-1])


def next_question(ids: Sequence[int], *, listed: int, dense: bool) -> Question:
    """Return what to ask first of these ascending Ids; ``dense``: spans have few jobs of others between them."""
    if len(ids) <= listed:
        return Question(tuple(ids))
    return Question(tuple(ids), spans_of(ids)) if dense else Question(tuple(ids[:listed]))


def spans_of(ids: Sequence[int], most: int = _MOST_SPANS) -> tuple[tuple[int, int], ...]:
    """Cover ascending Ids with at most so many spans, which leave out the widest gaps between them."""
    gaps = sorted(range(1, len(ids)), key=lambda at: ids[at - 1] - ids[at])[: most - 1]
    cuts = [0, *sorted(at for at in gaps if ids[at] - ids[at - 1] > 1), len(ids)]
    return tuple((ids[begin], ids[end - 1]) for begin, end in itertools.pairwise(cuts))
