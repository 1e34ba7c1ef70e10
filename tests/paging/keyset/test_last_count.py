"""The count at the end of an exact reading by Id: what it asks, what it takes for late, and what it refuses."""

from __future__ import annotations

import re

import pytest

from uipath_odata.errors import NotProven, OrderViolation
from uipath_odata.paging.keyset.checkpoint import HIGHEST, LOWEST
from uipath_odata.paging.keyset.keys import Keys
from uipath_odata.paging.keyset.last_count import LastCount, ReadRange
from uipath_odata.paging.keyset.requests import KeysetRequests
from uipath_odata.paging.plan import Page

BOUNDS = re.compile(r"Id (gt|le) (-?\d+)")


class Questions:
    """Answers the questions of a last count from a list of Ids, and remembers what they were about."""

    def __init__(self, ids, *, counts=len, linked=False, hidden=()):
        self.ids, self.counts, self.linked, self.hidden = ids, counts, linked, hidden
        self.asked, self.notes, self.before = [], [], {}

    def compare(self, *segments, first=None, given=0):
        compare = LastCount(
            requests=KeysetRequests(options={}, page_size=3, linked=self.linked),
            keys=Keys(linked=self.linked),
            first=first,
            given=given,
            note=self.notes.append,
        )
        steps = compare.compare([ReadRange(*each) for each in segments])
        page = None
        while True:
            try:
                ask = next(steps) if page is None else steps.send(page)
            except StopIteration as ended:
                return ended.value
            page = self.answer(ask.options)

    def answer(self, options):
        bounds = {name: int(bound) for name, bound in BOUNDS.findall(options.get("$filter", ""))}
        lo, hi = bounds.get("gt", LOWEST), bounds.get("le", HIGHEST)
        is_count = "$count" in options
        self.asked.append(("count" if is_count else "page", bounds.get("gt"), bounds.get("le")))
        self.before.get(len(self.asked), lambda: None)()
        found = sorted(each for each in self.ids if lo < each <= hi)
        shown = [each for each in found if each not in self.hidden][: int(options["$top"])]
        rows = [{"Id": each, "OrganizationUnitId": place} for place, each in enumerate(shown)]
        return Page(rows, self.counts(found) if is_count else None)


def test_as_many_as_were_found_cost_one_question_a_stretch():
    questions = Questions([1, 2, 3, 8, 9])
    assert questions.compare((LOWEST, 2, 2), (2, 3, 1), (7, 9, 2), first=5, given=5) == 0
    assert questions.asked == [("count", None, 3), ("count", 7, 9)]
    assert questions.notes == []


def test_fewer_than_were_found_were_deleted_since():
    questions = Questions([1])
    assert questions.compare((LOWEST, 3, 3), first=3, given=3) == 0
    assert questions.asked == [("count", None, 3)]


@pytest.mark.parametrize(("first", "is_said"), [(2, True), (5, False), (None, False)])
def test_a_count_that_ends_too_early_at_first_and_at_last_is_said(first, is_said):
    questions = Questions([1, 2, 3, 4, 5], counts=lambda found: min(len(found), 2))
    assert questions.compare((LOWEST, 5, 5), first=first, given=5) == 0
    note = "The server counts 2 rows, and 5 came: its counts end too early"
    assert questions.notes == ([note] if is_said else [])


def test_what_is_counted_more_is_looked_for_by_halves_and_read_again():
    questions = Questions([*range(1, 9)])
    segments = (LOWEST, 2, 2), (2, 4, 2), (4, 6, 1), (6, 8, 2)
    assert questions.compare(*segments, first=7, given=7) == 1
    assert questions.asked == [
        ("count", None, 8),
        ("count", None, 4),
        ("count", 4, 8),
        ("count", 4, 6),
        ("page", 4, 6),
        ("count", 6, 8),
    ]


def test_late_rows_of_several_stretches_are_added_up():
    questions = Questions([*range(1, 9), *range(11, 19)])
    assert questions.compare((LOWEST, 4, 2), (4, 8, 3), (10, 18, 5), first=10, given=10) == 6


def test_a_stretch_of_several_pages_is_read_to_its_end():
    questions = Questions([*range(1, 9)])
    assert questions.compare((0, 9, 7), first=7, given=7) == 1
    assert questions.asked[1:] == [("page", 0, 9), ("page", 3, 9), ("page", 6, 9), ("page", 8, 9)]


def test_the_last_row_of_a_stretch_ends_it_without_another_question():
    questions = Questions([1, 2])
    assert questions.compare((0, 2, 1), first=1, given=1) == 1
    assert questions.asked == [("count", 0, 2), ("page", 0, 2)]


def test_a_tie_at_the_end_of_a_page_is_counted_once_and_whole():
    questions = Questions([1, 2, 2, 4], linked=True)
    assert questions.compare((0, 9, 3), first=3, given=3) == 1
    assert questions.asked[1:] == [("page", 0, 9), ("page", 1, 9), ("page", 3, 9), ("page", 4, 9)]


def test_what_comes_above_the_last_key_was_not_asked_for():
    questions = Questions([1, 2, 3])
    assert questions.compare((LOWEST, HIGHEST, 2), first=2, given=2) == 0
    assert questions.asked == [("count", None, None), ("page", None, None), ("page", 3, None)]


def test_rows_that_are_counted_and_never_shown_are_refused_after_two_readings():
    questions = Questions([1, 2, 3], hidden=[2])
    said = r"counts 3 rows from the Id 1 to the Id 3, and sent 2 of them, asked several times"
    with pytest.raises(NotProven, match=said):
        questions.compare((0, 3, 2), first=3, given=2)
    assert questions.asked == [("count", 0, 3), *[("page", 0, 3), ("count", 0, 3)] * 2]


def test_the_refusal_of_a_whole_list_names_no_bound():
    with pytest.raises(NotProven, match=r"counts 3 rows, and sent 2 of them"):
        Questions([1, 2, 3], hidden=[2]).compare((LOWEST, HIGHEST, 2), first=2, given=2)


def test_a_row_that_shows_at_the_second_reading_is_late():
    questions = Questions([1, 2, 3], hidden=[2])
    questions.before = {4: lambda: setattr(questions, "hidden", [])}
    assert questions.compare((0, 3, 2), first=2, given=2) == 1
    assert questions.asked[1:] == [("page", 0, 3), ("count", 0, 3), ("page", 0, 3)]


def test_a_row_that_is_gone_before_it_is_looked_for_is_no_fault():
    questions = Questions([1, 2, 3], hidden=[2])
    questions.before = {3: lambda: questions.ids.remove(2)}
    assert questions.compare((0, 3, 2), first=2, given=2) == 0
    assert len(questions.asked) == 3


@pytest.mark.parametrize(("first", "is_refused"), [(None, False), (2, False), (3, True), (4, True)])
def test_a_row_that_the_first_count_left_no_room_for_is_refused(first, is_refused):
    questions = Questions([1, 2, 3])
    if not is_refused:
        assert questions.compare((0, 3, 2), first=first, given=2) == 1
        return
    said = rf"counted {first} rows at first and sent 2, and 1 more appeared"
    with pytest.raises(NotProven, match=said):
        questions.compare((0, 3, 2), first=first, given=2)


def test_no_room_is_no_matter_where_nothing_is_late():
    assert Questions([1, 2]).compare((0, 3, 2), first=3, given=2) == 0


@pytest.mark.parametrize(("first", "is_refused"), [(None, False), (2, False), (3, True)])
def test_without_a_count_only_what_was_counted_at_first_speaks_against_a_reading(first, is_refused):
    questions = Questions([1, 2], counts=lambda _: None)
    if is_refused:
        with pytest.raises(NotProven, match=r"counted 3 rows at first, sent 2 and then counts none"):
            questions.compare((0, 3, 2), (5, 6, 0), first=first, given=2)
    else:
        assert questions.compare((0, 3, 2), (5, 6, 0), first=first, given=2) == 0
        assert questions.notes == ["The server counts no rows: what was read was not compared with a count"]
    assert questions.asked == [("count", 0, 3)]


def test_a_count_that_shows_a_row_of_another_stretch_is_an_ignored_filter():
    questions = Questions([1, 2])
    questions.answer = lambda _: Page([{"Id": 9}], 1)
    with pytest.raises(OrderViolation, match=r"the Id 9 outside of the range"):
        questions.compare((0, 3, 1), first=1, given=1)
