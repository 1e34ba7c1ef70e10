"""Questions that go alone in a reading by Id: the rows of one Id, and the other end; answer by answer."""

from __future__ import annotations

import pytest

from uipath_odata.errors import NotProven
from uipath_odata.paging.keyset.bound import find_bound
from uipath_odata.paging.keyset.equal_ids import EqualRows, read_equal_ids
from uipath_odata.paging.keyset.keys import Keys
from uipath_odata.paging.keyset.requests import KeysetRequests
from uipath_odata.paging.plan import Page

KEYS = Keys(linked=True)
REQUESTS = KeysetRequests(options={}, page_size=3, linked=True)


def row(row_id, folder=1):
    return {"Id": row_id, "OrganizationUnitId": folder}


def answered(steps, *pages):
    """Return what is asked, and what it comes to once these pages were the answers."""
    asked, left = [next(steps)], [*pages]
    while True:
        try:
            asked.append(steps.send(left.pop(0)))
        except StopIteration as end:
            assert not left
            return asked, end.value


def test_one_earlier_id_shows_that_the_rows_before_it_are_all():
    page = Page([row(7, 2), row(7, 1), row(6)])
    _, equal = answered(read_equal_ids(REQUESTS, KEYS, 7), page)
    assert equal == EqualRows(page.rows[:2], "by_later_bucket")


def test_a_server_may_refuse_to_sort_by_folder():
    steps, rows = read_equal_ids(REQUESTS, KEYS, 7), [row(7, each) for each in (1, 2, 3)]
    asked, equal = answered(steps, Page(rows), Page(rows), Page([]), Page([]))
    assert equal.rows == rows
    assert [each.refusable for each in asked] == [False, True, True, True]


def test_rows_that_no_folder_shows_are_looked_for_by_their_id():
    steps, rows = read_equal_ids(REQUESTS, KEYS, 7), [row(7, each) for each in (1, 2, 3)]
    next(steps)
    steps.send(Page(rows))
    assert steps.send(Page([], refused=True)).options["$filter"] == "Id gt 6 and Id le 7"
    with pytest.raises(NotProven, match="OrganizationUnitId does not tell them apart"):
        steps.send(Page(rows))


def test_two_answers_with_other_rows_are_not_all_that_both_count():
    first, last = Page([row(7, 1), row(7, 2)], 2), Page([row(7, 1), row(7, 3)], 2)
    _, bound = answered(find_bound(REQUESTS, KEYS, [7, 7], count=True, first=first), last)
    assert not bound.is_counted


def test_a_list_whose_rows_are_gone_was_not_counted():
    first = Page([row(7, 1), row(7, 2)], 2)
    steps = find_bound(REQUESTS, KEYS, [7, 7], count=True, first=first)
    _, bound = answered(steps, Page([], 0), Page([]), Page([], 0), Page([]))
    assert (bound.key, bound.is_counted) == (7, False)


@pytest.mark.parametrize(("earlier", "is_asked"), [(6, True), (7, False)])
def test_a_row_before_the_first_page_is_looked_for_by_that_page_and_alone(earlier, is_asked):
    first = Page([row(7, 1), row(7, 2)], 2)
    steps = find_bound(REQUESTS, KEYS, [7, 7], count=True, first=first)
    pages = [first, Page([row(earlier, 3)], 1), *([first, Page([])] if is_asked else [])]
    asked, bound = answered(steps, *pages)
    assert (bound.key, bound.is_counted) == (7, False)
    assert [each.options.get("$filter") for each in asked[2:]] == [None, "Id gt 5 and Id le 6"][
        : 2 * is_asked
    ]
