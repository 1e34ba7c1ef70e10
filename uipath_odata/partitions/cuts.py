"""Where a list is cut, without I/O and by as few counts as possible; the borders are a guess, and each partition is proven when it is read.

Places are ticks or Ids. ``rows_from(place)`` rows lie from a place on, so that a gap holds the difference of its ends.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections.abc import Generator, Mapping, Sequence
from typing import Final, TypeAlias

import attrs

__all__ = ["Counts", "Gap", "cut_evenly", "cuts", "is_even"]

Counts: TypeAlias = Generator[Sequence[int], Mapping[int, int], "list[Gap]"]
"""Yields the places from which rows are to be counted, takes the counts, returns the gaps."""

_ALLOWED: Final = 1.25
# At first as if all lay evenly; where that was wrong, finer than wanted, so that partitions end near the target.
_FIRST, _THEN = 1.0, 0.6
_ROUNDS: Final = 24


@attrs.frozen
class Gap:
    """The places from ``lo`` on and before ``hi``, and about how many rows there are."""

    lo: int
    hi: int
    rows: int


def is_even(rows: int, target: int) -> bool:
    """Whether so many rows are one partition."""
    return rows <= _ALLOWED * target


def cuts(lo: int, hi: int, total: int, target: int, unit: int = 1) -> Counts:
    """Cut ``lo`` to ``hi``, which hold ``total`` rows, into gaps of about ``target`` rows and never more than 1.25 times that.

    Only rows that share one ``unit`` stay together however many they are. Counts that contradict each other, as rows come and go
    meanwhile, are brought into order.
    """
    known = {lo: total, hi: 0}
    for turn in range(_ROUNDS):
        step = target * (_THEN if turn else _FIRST)
        crowded = [gap for gap in _gaps(known) if not is_even(gap.rows, target)]
        wanted = [place for gap in crowded for place in _inside(gap, step, unit)]
        if not wanted:
            break
        known.update((yield wanted))
    return _joined(_gaps(known), target)


def cut_evenly(
    lo: int, hi: int, sampled: Sequence[tuple[int, float]], target: int, unit: int = 1
) -> list[Gap]:
    """Cut by the rows for each place that were found at some places, where no count tells."""
    starts = [lo, *(at for at, _ in sampled[1:])]
    spans = [end - at for at, end in zip(starts, [*starts[1:], hi], strict=True)]
    rows = [span * density for span, (_, density) in zip(spans, sampled, strict=True)]
    known, before = {lo: 0.0}, 0.0
    for at, span, held in zip(starts, spans, rows, strict=True):
        for step in range(1, (parts := max(1, math.ceil(held / target))) + 1):
            place = _at_unit(at + span * step // parts, unit) if at + span != hi or step < parts else hi
            known[place] = max(known.get(place, 0.0), before + held * step / parts)
        before += held
    counted = {place: math.ceil(before - so_far) for place, so_far in known.items() if lo <= place <= hi}
    return _joined(_gaps(counted), target)


def _gaps(known: Mapping[int, int]) -> list[Gap]:
    places = sorted(known)
    counts = [*itertools.accumulate((known[place] for place in places), min)]  # fewer lie after a later place
    ends = zip(places[:-1], places[1:], counts[:-1], counts[1:], strict=True)
    return [Gap(lo, hi, before - after) for lo, hi, before, after in ends]


def _inside(gap: Gap, step: float, unit: int) -> list[int]:
    """Return where to count within a gap, for every ``step`` rows of it as if they lay evenly."""
    parts = max(2, math.ceil(gap.rows / step))
    places = {_at_unit(gap.lo + (gap.hi - gap.lo) * number // parts, unit) for number in range(1, parts)}
    edges = {_at_unit(gap.lo, unit) + unit, _at_unit(gap.hi - 1, unit)}  # of a gap of two units or three
    inner = sorted(place for place in places if gap.lo < place < gap.hi)
    return inner or sorted(place for place in edges if gap.lo < place < gap.hi)


def _at_unit(place: int, unit: int) -> int:
    return place // unit * unit


def _joined(gaps: Sequence[Gap], target: int) -> list[Gap]:
    """Join neighbours while they are one partition, each partition ending where it comes nearest to the target."""
    ends = [*itertools.accumulate(gap.rows for gap in gaps)]
    total = ends[-1]
    parts: list[Gap] = []
    at, before = 0, 0
    while at < len(gaps):
        over = bisect_left(ends, before + target, at)
        last = min(over, len(gaps) - 1)
        if last > at and target - (ends[last - 1] - before) < (ends[last] - before) - target:
            last -= 1
        if last > at and not is_even(ends[last] - before, target):
            last -= 1
        if total - ends[last] <= (_ALLOWED - 1) * target and is_even(total - before, target):
            last = len(gaps) - 1
        parts.append(Gap(gaps[at].lo, gaps[last].hi, ends[last] - before))
        at, before = last + 1, ends[last]
    return parts
