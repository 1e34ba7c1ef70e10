"""Closed intervals whose rows are no longer as many."""

from __future__ import annotations

import attrs

from uipath_odata.export.incremental.recount import bounds_of, moved
from uipath_odata.odata.instant import Instant

ONE, TWO, THREE, FOUR = (Instant.parse(f"2024-01-0{day}T00:00:00Z") for day in (1, 2, 3, 4))


@attrs.frozen
class Closed:
    lo: Instant
    hi: Instant
    rows: int


def test_each_bound_is_counted_once():
    closed = [Closed(TWO, THREE, 5), Closed(ONE, TWO, 7), Closed(THREE, FOUR, 0)]
    assert bounds_of(closed) == [ONE, TWO, THREE, FOUR]


def test_the_intervals_that_rows_came_to_or_went_from_are_read_again():
    """R77, R78."""
    closed = [Closed(ONE, TWO, 7), Closed(TWO, THREE, 5), Closed(THREE, FOUR, 2)]
    assert moved(closed, {ONE: 20, TWO: 12, THREE: 7, FOUR: 6}) == [closed[0], closed[2]]


def test_nothing_is_read_again_where_nothing_moved():
    assert moved([Closed(ONE, TWO, 7)], {ONE: 9, TWO: 2}) == []
