"""What the pages of a list by rank show."""

from __future__ import annotations

import pytest

from uipath_odata.errors import NotProven, OrderViolation
from uipath_odata.paging.offset.evidence import OffsetEvidence
from uipath_odata.paging.offset.segments import Segment, Segments
from uipath_odata.paging.plan import Page


def evidence_of(first=(), count=None, *, begin=0, stop=10**6, horizon=None, resumed=False, requests=1):
    segments = Segments(begin=begin, stop=stop, size=3, window=10**6)
    if horizon is not None:
        segments.horizon = horizon
    made = OffsetEvidence(segments=segments, is_resumed=resumed)
    made.requests = requests
    made.first = Page([{"Id": each} for each in first], count)
    return made


@pytest.mark.parametrize(
    ("facts", "kind", "reason"),
    [
        ({"requests": 2}, "none", "pages by $skip are best effort"),
        ({"resumed": True}, "none", "pages by $skip are best effort"),
        ({}, "by_one_answer", "the first answer was empty"),
        ({"count": 5, "begin": 5}, "by_one_answer", "the first answer was empty"),
        ({"count": 6, "begin": 5}, "none", "the server counts 6 rows, and sent 0"),
        (
            {"first": [1, 2], "begin": 1, "stop": 3},
            "none",
            "nothing shows that the rows of one page are those",
        ),
        ({"first": [1, 2], "begin": 1, "stop": 4}, "none", "one short page, and nothing was asked after it"),
        ({"first": [1, 2], "count": 3}, "none", "the server counts 3 rows, and sent 2"),
        ({"first": [1, 2], "count": 2}, "none", "one short page, and nothing was asked after it"),
        ({"first": [1, 2], "count": 3, "begin": 1}, "none", "one short page, and nothing was asked after it"),
    ],
)
def test_one_page_proves_a_list_only_where_it_is_empty(facts, kind, reason):
    proof = evidence_of(**facts).proof
    assert proof.kind == kind
    assert reason in proof.reason


def test_the_first_page_again_is_the_end_of_a_list_that_nothing_counts():
    evidence = evidence_of()
    rows = [{"Id": 1}, {"Id": 2}, {"Id": 3}]
    assert not evidence.is_first_again(Segment(0, 3), rows)
    assert not evidence.is_first_again(Segment(3, 3), [{"Id": 4}, {"Id": 5}, {"Id": 3}])
    assert not evidence.is_first_again(Segment(3, 3), [{"Id": 1}, {"Id": 5}, {"Id": 6}])
    assert not evidence.is_first_again(Segment(3, 3), [])
    assert not evidence.is_first_again(Segment(3, 3, "next"), rows)
    assert evidence.notes == {}
    assert evidence.is_first_again(Segment(3, 3), rows)
    assert [*evidence.notes] == ["The server ignores $skip; its one page was taken for the whole list"]


def test_the_first_page_again_is_an_error_where_more_rows_are_counted():
    evidence = evidence_of(horizon=4)
    rows = [{"Id": 1}, {"Id": 2}, {"Id": 3}]
    assert not evidence.is_first_again(Segment(0, 3), rows)
    with pytest.raises(NotProven, match=r"ignores \$skip"):
        evidence.is_first_again(Segment(3, 3), rows)
    assert evidence.is_first_again(Segment(4, 3), rows)


def test_full_pages_of_rows_without_an_id_may_be_alike_a_hundred_times():
    evidence = evidence_of(horizon=10**6)
    rows = [{"State": "New"}] * 3
    for number in range(101):
        assert not evidence.is_first_again(Segment(3 * number, 3), rows)
    with pytest.raises(NotProven, match=r"the same rows again and again"):
        evidence.is_first_again(Segment(303, 3), rows)


@pytest.mark.parametrize(
    "rows", [[{"State": "New"}] * 2, [{"Id": 7}] * 3, [{"State": "New"}, {"State": "Old"}, {"State": "Old"}]]
)
def test_what_is_not_a_full_page_of_rows_alike_is_the_first_page_again(rows):
    evidence = evidence_of()
    assert not evidence.is_first_again(Segment(0, 3), rows)
    assert evidence.is_first_again(Segment(3, 3), rows)


def test_rows_alike_beyond_what_is_counted_are_the_first_page_again():
    rows = [{"State": "New"}] * 3
    for count, is_again in ((3, True), (None, False)):
        evidence = evidence_of(count=count)
        assert not evidence.is_first_again(Segment(0, 3), rows)
        assert evidence.is_first_again(Segment(3, 3), rows) == is_again


def test_page_after_page_of_rows_that_came_before_is_an_ignored_skip():
    evidence = evidence_of()
    rows = [{"Id": 7}, {"Id": 8}]
    evidence.hold_to_progress(Segment(0, 2), rows)
    for number in range(1, 3):
        evidence.hold_to_progress(Segment(2 * number, 2), rows)
    evidence.hold_to_progress(Segment(6, 2), [{"Id": 8}, {"Id": 9}])
    evidence.hold_to_progress(Segment(8, 2), [])
    for number in range(5, 7):
        evidence.hold_to_progress(Segment(2 * number, 2), rows)
    with pytest.raises(OrderViolation, match="such as the Id 7"):
        evidence.hold_to_progress(Segment(14, 2), rows)


@pytest.mark.parametrize(
    ("horizon", "rows"), [(99, [{"Id": 7}]), (None, [{"Id": 0}]), (None, [{"Name": "x"}])]
)
def test_where_rows_are_counted_or_have_no_id_they_may_come_again(horizon, rows):
    evidence = evidence_of(horizon=horizon)
    for number in range(6):
        evidence.hold_to_progress(Segment(number, 1), rows)
    assert evidence.notes == {}


@pytest.mark.parametrize(
    ("facts", "count", "is_worth"),
    [
        ({"first": [1, 2], "count": 2}, 2, True),
        ({"first": [1, 2], "count": 2}, None, False),
        ({"first": [1, 2], "count": 2}, 3, False),
        ({"first": [1, 2], "count": 3}, 2, False),
        ({"first": [1, 2], "count": 2, "requests": 3}, 2, False),
        ({"first": [1, 2], "count": 2, "resumed": True}, 2, False),
        ({"first": [1, 2], "count": 2, "begin": 1}, 2, False),
        ({"first": [1, 1], "count": 2}, 2, False),
    ],
)
def test_a_small_list_is_read_again_where_each_count_is_as_many(facts, count, is_worth):
    evidence = evidence_of(**{"requests": 2, **facts})
    assert evidence.is_worth_comparing(Page([], count)) == is_worth


@pytest.mark.parametrize(
    ("again", "kind"),
    [([1, 2], "by_count"), ([2, 1], "by_count"), ([1, 2, 3], "by_count"), ([1], "none"), ([1, 3], "none")],
)
def test_the_same_rows_before_and_after_a_count_prove_a_list(again, kind):
    evidence = evidence_of([1, 2], 2, requests=3)
    evidence.compare(Page([{"Id": each} for each in again]))
    assert evidence.proof.kind == kind


def test_a_count_of_more_than_the_rows_that_came_again_proves_nothing():
    evidence = evidence_of([1, 2], 3, requests=3)
    evidence.compare(Page([{"Id": 1}, {"Id": 2}]))
    assert evidence.proof.kind == "none"
