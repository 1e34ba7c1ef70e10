"""The bound below a bucket: how close it may come, and what an answer under it must show."""

from __future__ import annotations

import attrs
import pytest

from tests.paging.window.ticks import UNIT, at
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.bound import Bound
from uipath_odata.paging.window.server_profile import ServerProfile


def bound_at(ticks, *, unit=UNIT):
    made = Bound(profile=ServerProfile(unit=unit, page_size=3, window=12))
    made.move(ticks)
    return made


def page_of(*ticks):
    return Page([{"TimeStamp": str(Instant(each))} for each in ticks])


def rows_of(*ticks):
    return [(each, {"TimeStamp": str(Instant(each))}) for each in ticks]


def asked(bound, *answers):
    """Return the bounds that are asked for, and the ticks of the rows that are believed."""
    steps, after, pages = bound.ask(count=False), [], iter(answers)
    request = next(steps)
    while True:
        after.append(request.after)
        try:
            request = steps.send(next(pages))
        except StopIteration as end:
            return after, [ticks for ticks, _ in end.value[1]]


@pytest.mark.parametrize(
    ("below", "after"),
    [(15_555, 14_000), (11_500, 11_400), (10_150, 10_140), (10_002, 10_001), (10_001, None)],
)
def test_a_bound_comes_as_close_as_the_rows_below_leave_room_for(below, after):
    bound = bound_at(20_000, unit=10_000)
    assert bound.after == 10_000
    assert bound.come_closer(rows_of(below, 20_005)) == (after is not None)
    assert bound.after == (after or 10_000)


def test_a_closer_bound_must_show_the_row_just_below_the_bucket():
    bound = bound_at(20_000, unit=10_000)
    assert not bound.is_rounded_past([])
    bound.come_closer(rows_of(15_100, 15_555))
    assert bound.is_rounded_past(rows_of(15_100, 20_005))
    assert not bound.is_rounded_past(rows_of(15_555))


def test_rows_that_were_held_back_and_are_gone_are_looked_for_below_a_row_that_was_given():
    bound = bound_at(at(3))
    bound.remember(rows_of(at(0), at(1), at(2)), held_back=[at(3)])
    back = at(2) // UNIT * UNIT - UNIT
    shown = page_of(at(2), at(4))
    assert asked(bound, page_of(at(4)), shown) == ([bound.after, back], [at(2), at(4)])


@pytest.mark.parametrize(
    "further", [(), ("other", 4), (2,)], ids=["nothing", "the row is not there", "not as far"]
)
def test_an_answer_that_lacks_what_was_given_is_not_believed_either(further):
    bound = bound_at(at(3))
    bound.remember(rows_of(at(0), at(1), at(2)), held_back=[at(3)])
    ticks = [at(2) + 1 if each == "other" else at(each) for each in further]
    after, believed = asked(bound, page_of(at(5)), page_of(*ticks), page_of(at(3)))
    assert len(after) == 3
    assert believed == [at(3)]


def test_an_answer_that_shows_one_of_the_rows_that_were_held_back_is_believed():
    bound = bound_at(at(3))
    bound.remember(rows_of(at(2)), held_back=[at(3), at(4)])
    assert asked(bound, page_of(at(4))) == ([bound.after], [at(4)])


def counted(*pages, ticks=(0, 1), tail=None, asked=()):
    """Return whether two answers with these rows and counts are believed, and note what is asked besides."""
    bound, rows = bound_at(0, unit=10_000), rows_of(*ticks)
    steps = bound.is_counted(rows, len(rows), Page([], len(rows)), rows if tail is None else rows_of(*tail))
    answers = iter(pages)
    try:
        asked += (next(steps),)
        while True:
            asked += (steps.send(next(answers)),)
    except StopIteration as end:
        return end.value, [(each.skip, each.top, each.count) for each in asked]


@pytest.mark.parametrize(
    ("page", "is_believed"),
    [
        (Page([], 2), True),
        (Page([], 0), False),
        (Page([], None), False),
        (Page([], 3), False),
        (page_of(2), False),
        (attrs.evolve(page_of(2), count=2), False),
    ],
    ids=["nothing", "of the page", "none", "one more", "one more row", "no further than the pages"],
)
def test_a_count_of_one_bucket_is_believed_where_nothing_comes_after_as_many_rows(page, is_believed):
    assert counted(page) == (is_believed, [(2, 1, True)])


def test_one_row_that_is_counted_twice_is_all():
    assert counted(ticks=(0,)) == (True, [])


def test_answers_that_do_not_show_the_same_rows_are_not_counted():
    assert counted(tail=(0, 2)) == (False, [])
