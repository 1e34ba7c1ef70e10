"""TimeStamps of a page become ticks, each its own row's, whatever forms they are written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.errors import DecodeError, OrderViolation
from uipath_odata.paging.window.timestamps import identity, in_order, stamped

EPOCH = 638_712_864_000_000_000  # of 2025-01-01, by .NET
FORMS = st.sampled_from(
    [
        lambda text: f"{text}Z",
        lambda text: f"{text.rstrip('0').rstrip('.')}Z",
        lambda text: f"{text}+00:00",
        lambda text: text,
    ]
)


def text_of(ticks):
    seconds, fraction = divmod(ticks, 10**7)
    return f"2025-01-01T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{fraction:07d}"


@given(st.lists(st.tuples(st.integers(0, 86_400 * 10**7 - 1), FORMS), max_size=12))
def test_each_row_has_its_own_ticks_whatever_form_its_neighbours_have(page):
    page.sort(key=lambda one: one[0])
    rows = [{"TimeStamp": form(text_of(ticks))} for ticks, form in page]
    assert stamped(rows, 1) == [(EPOCH + ticks, row) for (ticks, _), row in zip(page, rows, strict=True)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"TimeStamp": "2025-01-01T00:00:00Z\n2025-01-01T00:00:00Z"},
        {"TimeStamp": "2025-01-01T00:00:00Z\n"},
        {"TimeStamp": "2025-01-32T00:00:00Z"},
        {"TimeStamp": "2025-01-01T00:00:60Z"},
        {"TimeStamp": "\u0662025-01-01T00:00:00Z"},
        {"TimeStamp": ""},
        {"TimeStamp": None},
        {"TimeStamp": 5},
        {},
    ],
    ids=["two", "a line", "no day", "no second", "other digits", "nothing", "null", "a number", "missing"],
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_row_without_a_date_time_is_named_r26(wrong, place):
    rows = [{"TimeStamp": "2025-01-01T00:00:00Z"} for _ in range(4)]
    rows[place] = wrong
    with pytest.raises(DecodeError, match=f"in row {place} of the page is not a date-time"):
        stamped(rows, 1)


def test_the_two_rows_that_are_out_of_order_are_named_and_not_equal_ones_before_them():
    rows = [{"TimeStamp": f"2025-01-01T00:00:0{second}Z"} for second in (1, 1, 5, 3)]
    with pytest.raises(OrderViolation, match="00:00:05Z and 2025-01-01T00:00:03Z contradict"):
        stamped(rows, 1)


def test_equal_times_come_in_one_order_whoever_answers():
    rows = [(1, {"Message": "b"}), (1, {"Message": "a"}), (0, {"Message": "c"})]
    assert [row["Message"] for row in in_order(rows)] == ["c", "a", "b"]
    assert in_order(rows[::-1]) == in_order(rows)


def test_half_a_character_tells_rows_apart_too():
    whole, other = ({"Message": text} for text in ("\ud83d", "\ud83e"))
    assert identity(whole) != identity(other)
    assert identity(whole) == identity({**whole})
