from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.workflows.jobs.poll_schedule import Question, next_question, spans_of, tick_after

IDS = st.lists(st.integers(1, 10**7), min_size=1, max_size=300, unique=True).map(sorted)


@pytest.mark.parametrize(("age", "tick"), [(0, 1), (4, 1), (8, 2), (40, 10), (60, 15), (9e9, 15)])
def test_a_tick_is_a_quarter_of_the_youngest_age_from_1_s_to_15_s(age, tick):
    assert tick_after(age) == tick


@given(IDS, st.integers(1, 45))
def test_spans_hold_each_id_and_are_few_and_apart(ids, most):
    spans = spans_of(ids, most)
    assert len(spans) <= most
    assert all(any(low <= each <= high for low, high in spans) for each in ids)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))
    assert {low for low, _ in spans} | {high for _, high in spans} <= set(ids)


def test_spans_leave_out_the_widest_gaps():
    assert spans_of([1, 2, 10, 11, 1000], 2) == ((1, 11), (1000, 1000))


def test_a_few_are_listed_and_many_are_asked_by_spans_or_in_parts():
    ids = list(range(1, 101))
    assert next_question(ids[:50], listed=50, dense=True) == Question(tuple(ids[:50]))
    assert next_question(ids, listed=50, dense=True) == Question(tuple(ids), ((1, 100),))
    assert next_question(ids, listed=50, dense=False) == Question(tuple(ids[:50]))


@given(IDS, st.integers(1, 1000), st.sets(st.integers(1, 10**7), max_size=50))
def test_asking_on_from_the_last_row_reaches_each_id_whatever_the_length_of_a_page(ids, page, others):
    """Of a server that shows pages of any length, each Id that is there is told, and the questions end."""
    there, left, told, dense = sorted({*ids[::2], *others}), ids, set(), True
    for _ in range(3 * len(ids) + 3):
        if not left:
            break
        question = next_question(left, listed=50, dense=dense)
        spans = question.spans or tuple((each, each) for each in question.ids)
        rows = [each for each in there if any(low <= each <= high for low, high in spans)]
        rows = rows[:page] if question.spans else rows
        count = question.told(rows)
        dense = dense and (not question.spans or count >= 50)
        told |= set(rows) & set(left[:count])
        left = left[count:]
    assert not left
    assert told == set(ids) & set(there)


def test_rows_out_of_order_tell_nothing():
    assert Question((1, 2, 3), ((1, 3),)).told([2, 1]) == 0
