"""R54, R55."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from uipath_odata.transport.headers.pace import retry_after

NOW = datetime(1994, 11, 6, 8, 49, 7, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("7", 7), (" 120 ", 120), ("007", 7), ("100000000000", 1e11), ("9" * 400, float("inf"))],
)
def test_r55_digits_are_seconds(value, seconds):
    assert retry_after({"Retry-After": value}, NOW) == seconds


@pytest.mark.parametrize("value", ["", "-5", "1.5", "soon", "1e3", "٣", "5 s", "1, 2", "0x10", "nan", "inf"])
def test_r55_anything_else_says_nothing(value):
    assert retry_after({"Retry-After": value}, NOW) is None


def test_r55_no_header_says_nothing():
    assert retry_after({}, NOW) is None


@pytest.mark.parametrize(
    "date",
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
)
def test_r54_each_form_of_a_date_is_read_as_utc(date):
    assert retry_after({"Retry-After": date}, NOW) == 30
    assert retry_after({"Retry-After": date, "Date": "Sun, 06 Nov 1994 08:48:37 GMT"}, NOW) == 60


def test_r54_a_date_that_has_passed_asks_for_nothing():
    assert retry_after({"Retry-After": "Sun, 06 Nov 1994 08:49:07 GMT"}, NOW) == 0
    assert retry_after({"Retry-After": "Sat, 05 Nov 1994 08:49:37 GMT"}, NOW) == 0


def test_r54_a_broken_date_of_the_server_leaves_our_own_clock():
    headers = {"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT", "Date": "today"}
    assert retry_after(headers, NOW) == 30


NUMBERS = st.one_of(st.integers(0, 99), st.integers(0, 10**30))
DATES = st.builds(
    "Sun, {} Nov {} {}:{}:{} {}".format,
    *(NUMBERS,) * 5,
    st.one_of(st.just("GMT"), st.integers().map("{:+05d}".format)),
)


@given(st.text(max_size=40) | DATES, st.text(max_size=40) | DATES)
@example("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "")
@example("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 +99999999999999999999")
def test_no_text_makes_it_fail(value, date):
    seconds = retry_after({"Retry-After": value, "Date": date}, NOW)
    assert seconds is None or seconds >= 0


PROGRAM = """
from uipath_odata.transport.headers.pace import retry_after
forms = "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
print([retry_after({"Retry-After": form}, 784_111_700.0) for form in forms])
"""


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC"])
def test_r54_the_zone_of_this_machine_has_no_say(zone):
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"TZ": zone},
    )
    assert told.stdout == "[77.0, 77.0, 77.0]\n"
