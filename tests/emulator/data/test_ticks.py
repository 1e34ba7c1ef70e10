from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.emulator.data import ticks


@given(st.integers(0, ticks.LAST))
def test_ticks_survive_being_written_and_read(moment):
    assert ticks.parse(ticks.text(moment)) == moment


@given(st.datetimes(timezones=st.timezones().map(lambda _: dt.UTC)))
def test_ticks_agree_with_the_standard_library(moment):
    expected = (moment - dt.datetime.min.replace(tzinfo=dt.UTC)) // dt.timedelta(microseconds=1) * 10
    assert ticks.parse(moment.isoformat()) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2018-01-15T18:47:07.93Z", "2018-01-15T18:47:07.93Z"),
        ("2018-01-15T18:47:07.9300000Z", "2018-01-15T18:47:07.93Z"),
        ("2018-01-15T18:47:07.0000000Z", "2018-01-15T18:47:07Z"),
        ("2019-10-14T13:55:18.2473626Z", "2019-10-14T13:55:18.2473626Z"),
        ("2019-10-14T13:55:18.24736269Z", "2019-10-14T13:55:18.2473626Z"),
        ("2019-10-14T13:55:18+02:00", "2019-10-14T11:55:18Z"),
        ("2019-10-14T13:55-00:30", "2019-10-14T14:25:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"),
    ],
)
def test_a_moment_is_shown_without_trailing_zeros(text, shown):
    assert ticks.text(ticks.parse(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2019-10-14",
        "2019-10-14T13:55:18",
        "2019-10-14T24:00:00Z",
        "2019-13-14T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "x",
    ],
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        ticks.parse(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("P1DT1H", 90_000), ("-PT1.5S", -1.5), ("PT90M", 5_400), ("P0D", 0)]
)
def test_a_duration_is_read(text, seconds):
    assert ticks.parse_duration(text) == seconds * ticks.SECOND


def test_a_duration_in_months_is_refused():
    with pytest.raises(ValueError, match="duration"):
        ticks.parse_duration("P1M")


def test_the_clock_of_the_machine_becomes_ticks():
    assert ticks.text(ticks.from_epoch(1_622_678_399.5)) == "2021-06-02T23:59:59.5Z"
