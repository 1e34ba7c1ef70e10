"""Planning is pure: as many counts as it says, borders that meet, partitions of about the size that is wanted."""

from __future__ import annotations

import bisect
import random
import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.partitions.cuts import cut_evenly, cuts

MINUTES_10 = 6_000_000_000
A_PAGE = 1_000


def driven(counting, rows_from):
    """Run a planning against counts; return its gaps and how many counts and rounds it took."""
    counts = rounds = 0
    try:
        wanted = next(counting)
        while True:
            counts, rounds = counts + len(wanted), rounds + 1
            wanted = counting.send({place: rows_from(place) for place in wanted})
    except StopIteration as end:
        return end.value, counts, rounds


def uneven(total, seed, years=3):
    """Logs of years: nights, weekends, growth, and now and then ten minutes with a hundred times as many."""
    chance = random.Random(seed)
    weights = []
    for number in range(years * 365 * 144):
        day, hour = number // 144, number % 144 / 6
        weight = (0.15 if hour < 6 or hour > 20 else 1.0) * (0.2 if day % 7 >= 5 else 1.0)
        weights.append(weight * (1 + 2 * day / (years * 365)) * (100 if chance.random() < 0.001 else 1))
    whole, before = sum(weights), [0.0]
    for weight in weights:
        before.append(before[-1] + weight / whole * total)

    def rows_from(place):
        number, rest = divmod(place, MINUTES_10)
        if number >= len(weights):
            return 0
        share = rest / MINUTES_10
        return total - int(before[number] * (1 - share) + before[number + 1] * share)

    return rows_from, len(weights) * MINUTES_10


@pytest.mark.parametrize("seed", range(4))
def test_500_million_uneven_logs_take_a_count_for_less_than_500_pages(seed):
    total, target = 500_000_000, 1_000_000
    rows_from, end = uneven(total, seed)
    gaps, counts, rounds = driven(cuts(0, end, total, target, 10_000), rows_from)
    rows = [gap.rows for gap in gaps]
    assert counts <= 0.002 * total / A_PAGE
    assert rounds <= 6
    assert max(rows) <= 1.25 * target
    assert 0.9 * target <= statistics.median(rows) <= 1.1 * target
    assert sum(rows) == total


@given(
    places=st.lists(st.integers(0, 10**6), max_size=400),
    target=st.integers(1, 120),
    unit=st.sampled_from([1, 10, 1_000]),
    forgetful=st.integers(0, 3),
)
def test_gaps_meet_and_only_a_tie_is_larger_than_allowed(places, target, unit, forgetful):
    places.sort()

    def rows_from(place):  # counts that a busy server answers are off by a little
        return max(0, len(places) - bisect.bisect_left(places, place) - (place % (forgetful + 1)))

    gaps, _, _ = driven(cuts(0, 10**6 + unit, len(places), target, unit), rows_from)
    assert gaps[0].lo == 0
    assert gaps[-1].hi == 10**6 + unit
    assert all(before.hi == after.lo for before, after in pairwise(gaps))
    assert all(gap.lo < gap.hi for gap in gaps)
    assert sum(gap.rows for gap in gaps) == len(places)
    if not forgetful:
        for gap in gaps:
            held = bisect.bisect_left(places, gap.hi) - bisect.bisect_left(places, gap.lo)
            assert held == gap.rows
            assert held <= 1.25 * target or gap.hi - gap.lo <= 2 * unit


def test_rows_that_all_share_a_unit_take_few_counts():
    gaps, counts, _ = driven(
        cuts(0, 10**12, 10**6, 1_000, 10_000), lambda place: 10**6 if place <= 5 * 10**9 else 0
    )
    assert counts < 20_000
    assert max(gap.rows for gap in gaps) == 10**6
    [full] = [gap for gap in gaps if gap.rows]
    assert full.hi - full.lo == 10_000


def test_where_no_count_tells_density_at_some_places_cuts():
    sampled = [(0, 1.0), (100, 10.0), (200, 0.0), (300, 1.0)]
    gaps = cut_evenly(0, 400, sampled, 250)
    assert gaps[0].lo == 0
    assert gaps[-1].hi == 400
    assert all(before.hi == after.lo for before, after in pairwise(gaps))
    assert 4 <= len(gaps) <= 6
