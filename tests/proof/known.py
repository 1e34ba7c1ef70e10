"""Worlds that are still read wrongly, by what is wrong: to be emptied."""

from __future__ import annotations

__all__ = ["OPEN"]

OPEN = frozenset(
    {
        *(900, 1606, 2027, 2353, 2605),  # items that come twice in one answer, where no folder is selected
        *(158, 2251),  # rows that come twice in a part of a list
        2131,  # $skip is ignored, and a tie is walked by it without end
        2223,  # logs that are hidden and counted, where the function for totals is missing
        2611,  # moments that contradict in_
        2951,  # $orderby is ignored and nothing is counted
    }
)
