from __future__ import annotations

import copy
import datetime as dt
import pickle

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata import Instant
from uipath_odata.errors import QueryError

FIRST = dt.datetime.fromisoformat("0001-01-01")
LAST = 3_155_378_975_999_999_999


@given(st.integers(0, LAST))
def test_ticks_survive_their_text_exactly(ticks):
    text = str(Instant(ticks))
    assert Instant.parse(text) == Instant(ticks)
    # System.DateTime.Ticks, computed by datetime down to the microsecond and by hand below it.
    cut = dt.datetime.fromisoformat(text) - dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    assert (cut // dt.timedelta(microseconds=1), ticks % 10) == divmod(ticks, 10)
    assert text.endswith("Z")
    assert not text.endswith("0Z") or "." not in text


@given(
    st.datetimes(FIRST.replace(year=2), FIRST.replace(year=9999)),
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
)
def test_an_offset_names_the_same_instant(moment, minutes):
    local = moment.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))
    assert Instant.parse(local.isoformat()) == Instant.from_datetime(local)
    assert Instant.from_datetime(local).to_datetime() == local
    assert Instant.from_datetime(local).to_datetime().tzinfo is dt.UTC


@given(st.integers(0, LAST))
def test_a_datetime_is_cut_to_microseconds_never_rounded(ticks):
    cut = Instant.from_datetime(Instant(ticks).to_datetime())
    assert cut.ticks == ticks - ticks % 10


@pytest.mark.parametrize(
    ("text", "shortest"),
    [
        ("2018-03-05T03:48:04.147Z", "2018-03-05T03:48:04.147Z"),
        ("2019-10-14T13:55:18.2473626Z", "2019-10-14T13:55:18.2473626Z"),
        ("2019-10-14T13:55:18.2473626+00:00", "2019-10-14T13:55:18.2473626Z"),
        ("2018-01-18T18:14:14.34Z", "2018-01-18T18:14:14.34Z"),
        ("2018-01-18T18:14:14.3400000Z", "2018-01-18T18:14:14.34Z"),
        ("2024-01-31T12:00:00", "2024-01-31T12:00:00Z"),
        ("2024-01-31T12:00", "2024-01-31T12:00:00Z"),
        ("2024-01-31T12:00Z", "2024-01-31T12:00:00Z"),
        ("2024-01-31t12:00:00z", "2024-01-31T12:00:00Z"),
        ("2024-01-31T12:00:00.0Z", "2024-01-31T12:00:00Z"),
        ("2024-02-29T23:30:00-05:30", "2024-03-01T05:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("0001-01-01T05:30:00+05:30", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"),
    ],
)
def test_every_documented_form_is_read_r26(text, shortest):
    assert str(Instant.parse(text)) == shortest


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("2024-01-31", "is not a date-time"),
        ("2024-01-31 12:00:00Z", "is not a date-time"),
        ("2024-01-31T24:00:00Z", "is not a date-time"),
        ("2016-12-31T23:59:60Z", "is not a date-time"),
        ("2024-01-31T12:00:00.12345678Z", "is not a date-time"),
        ("2024-01-31T12:00:00.Z", "is not a date-time"),
        ("2024-01-31T12:00:00+0100", "is not a date-time"),
        ("2024-01-31T12:00:00Z\n", "is not a date-time"),
        ("٢٠٢٤-01-31T12:00:00Z", "is not a date-time"),
        ("12024-01-31T12:00:00Z", "is not a date-time"),
        ("-2024-01-31T12:00:00Z", "is not a date-time"),
        ("", "is not a date-time"),
        ("2023-02-29T12:00:00Z", "names a day that does not exist"),
        ("0000-01-01T12:00:00Z", "names a day that does not exist"),
        ("0001-01-01T00:00:00+00:01", "outside the years 0001 to 9999"),
        ("9999-12-31T23:59:59-00:01", "outside the years 0001 to 9999"),
    ],
)
def test_other_texts_are_refused_with_the_form_r26(text, advice):
    with pytest.raises(QueryError, match=advice):
        Instant.parse(text)


@pytest.mark.parametrize("ticks", [-1, LAST + 1, 1.0, "1", True, None])
def test_ticks_that_are_none_are_refused(ticks):
    with pytest.raises(QueryError, match="ticks"):
        Instant(ticks)


def test_a_naive_datetime_is_refused_with_advice():
    with pytest.raises(QueryError, match=r"has no time zone: add one, for example tzinfo=datetime\.UTC"):
        Instant.from_datetime(FIRST)


def test_a_datetime_of_a_subclass_with_a_narrower_range_is_taken():
    class Recent(dt.datetime):
        def __sub__(self, other):
            raise OverflowError

        def replace(self, **_):
            raise OverflowError

    moment = Recent(2024, 1, 31, 12, 0, 0, 5, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert str(Instant.from_datetime(moment)) == "2024-01-31T11:00:00.000005Z"


@pytest.mark.parametrize("text", ["2024-01-31T11:00:00.0000057Z", "1969-12-31T23:59:59.9999999Z"])
def test_a_time_of_pandas_keeps_its_last_decimal(text):
    moment = pd.Timestamp(text)
    assert str(Instant.from_datetime(moment)) == text
    assert Instant.parse(text) == moment


def test_instants_are_ordered_hashed_shifted_and_copied_as_values():
    first, second = Instant(1), Instant(2)
    assert first < second
    assert {first, Instant(1)} == {first}
    assert first + dt.timedelta(microseconds=1) == Instant(11)
    assert Instant(11) - dt.timedelta(microseconds=1) == first
    assert pickle.loads(pickle.dumps(first)) == copy.deepcopy(first) == first
    assert repr(first) == "Instant.parse('0001-01-01T00:00:00.0000001Z')"
    assert first != dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    assert first != 1


@given(st.integers(0, LAST), st.datetimes(FIRST.replace(year=2), FIRST.replace(year=9999)))
def test_an_instant_is_ordered_among_aware_datetimes(ticks, naive):
    moment = naive.replace(tzinfo=dt.timezone(dt.timedelta(hours=2)))
    instant, same = Instant(ticks), Instant.from_datetime(moment)
    assert (same == moment, moment == same, hash(same) == hash(moment)) == (True, True, True)
    for one, other in ((instant, moment), (moment, instant)):
        exact = instant.ticks - same.ticks if one is instant else same.ticks - instant.ticks
        assert [one < other, one <= other, one > other, one >= other, one == other] == [
            exact < 0,
            exact <= 0,
            exact > 0,
            exact >= 0,
            exact == 0,
        ]
        assert abs(one - other) == dt.timedelta(microseconds=abs(exact) // 10)
        assert one - other == -(other - one)
    assert instant - same == instant - moment


def test_a_span_is_added_from_either_side_and_cut_to_microseconds():
    hour = dt.timedelta(hours=1)
    assert hour + Instant(5) == Instant(5) + hour
    assert Instant(19) - Instant(0) == dt.timedelta(microseconds=1)
    assert Instant(0) - Instant(19) == dt.timedelta(microseconds=-1)


@pytest.mark.parametrize("use", [lambda i: i < FIRST, lambda i: i - FIRST, lambda i: i >= FIRST])
def test_an_instant_is_neither_before_nor_after_a_naive_datetime(use):
    assert Instant(0) != FIRST
    with pytest.raises(QueryError, match="has no time zone"):
        use(Instant(0))


@pytest.mark.parametrize(
    "use", [lambda i: i < 5, lambda i: i <= "x", lambda i: i > None, lambda i: i >= 5, lambda i: i - 5]
)
def test_an_instant_has_no_order_among_other_values(use):
    with pytest.raises(TypeError):
        use(Instant(0))
    with pytest.raises(TypeError):
        5 - Instant(0)


def test_a_span_that_leaves_the_calendar_is_refused():
    with pytest.raises(QueryError, match="outside the years"):
        Instant(0) - dt.timedelta(microseconds=1)


def oasis_inputs(oasis_cases, rule, *, valid):
    return [
        case["Input"]
        for case in oasis_cases["TestCases"]
        if case["Rule"] == rule and ("FailAt" not in case) is valid
    ]


def test_the_date_times_of_oasis_are_read_and_its_wrong_ones_refused(oasis_cases):
    # What OASIS allows and System.DateTime of .NET cannot hold.
    beyond = ["1972-06-30T23:59:60Z", "0000-01-01T00:00Z", "-10000-04-01T00:00Z"]
    valid = oasis_inputs(oasis_cases, "dateTimeOffsetValue", valid=True)
    assert [text for text in valid if not is_read(text)] == beyond
    assert not any(map(is_read, oasis_inputs(oasis_cases, "dateTimeOffsetValue", valid=False)))


def is_read(text):
    try:
        return bool(Instant.parse(text))
    except QueryError:
        return False
