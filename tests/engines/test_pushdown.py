"""A pushed comparison lets through at least what the engine wants."""

from __future__ import annotations

import datetime as dt
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.engines.pushdown import ColumnComparison, filter_text
from uipath_odata.entities import Job, RobotLog
from uipath_odata.odata.instant import Instant

MOMENT = dt.datetime(2024, 5, 14, 10, 0, 0, 123456, tzinfo=dt.UTC)
KEY = "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"
COMPARE = {"==": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@pytest.mark.parametrize(
    ("comparison", "text"),
    [
        (ColumnComparison("State", "==", "Faulted"), "State eq 'Faulted'"),
        (ColumnComparison("Id", "in", (1, 2)), "Id in (1,2)"),
        (ColumnComparison("Id", "!=", 7), "Id ne 7"),
        (ColumnComparison("Key", "==", KEY.upper()), f"Key eq {KEY}"),
        (ColumnComparison("HasVideoRecorded", "!=", True), "HasVideoRecorded ne true"),
        (ColumnComparison("ReleaseName", "contains", "O'Brien"), "contains(ReleaseName,'O''Brien')"),
        (ColumnComparison("ReleaseName", "is null"), "ReleaseName eq null"),
    ],
)
def test_what_is_sure_is_pushed(comparison, text):
    assert filter_text(Job, [comparison]) == text


@pytest.mark.parametrize(
    "comparison",
    [
        # A database that ignores case would leave out rows that the engine wants.
        ColumnComparison("ReleaseName", "!=", "a"),
        ColumnComparison("ReleaseName", "<", "a"),
        # An enumeration is ordered by its names in the engine, and by its numbers in the database.
        ColumnComparison("State", "<", "Faulted"),
        ColumnComparison("State", "==", "Unheard"),
        ColumnComparison("State", "in", ()),
        ColumnComparison("Key", "==", "no GUID"),
        ColumnComparison("Key", "is null"),
        ColumnComparison("Id", "==", 2**63),
        ColumnComparison("CreationTime", ">", MOMENT.replace(tzinfo=None)),
        # A date-time that cannot be read is null in a column.
        ColumnComparison("CreationTime", "is null"),
        ColumnComparison("CreationTime", "<=", dt.datetime.max.replace(tzinfo=dt.UTC)),
        ColumnComparison("Robot", "==", 1),
        ColumnComparison("_extra", "==", "{}"),
    ],
)
def test_what_could_leave_a_row_out_is_not(comparison):
    assert filter_text(Job, [comparison]) is None


@pytest.mark.parametrize(
    "comparison",
    [
        ColumnComparison("Message", "==", "a"),
        ColumnComparison("RobotName", "startswith", "D"),
        ColumnComparison("MachineId", ">", 1),
    ],
)
def test_of_logs_which_lie_in_a_text_index_equality_alone_is_pushed(comparison):
    assert filter_text(RobotLog, [comparison]) is None
    assert filter_text(RobotLog, [comparison, ColumnComparison("Level", "==", "Error")]) == "Level eq 'Error'"


def test_more_than_a_request_carries_is_left_to_the_engine():
    many = [ColumnComparison("Id", "in", tuple(range(first, first + 15))) for first in range(0, 150, 15)]
    assert filter_text(Job, many).count(" in ") == 2
    assert filter_text(Job, [ColumnComparison("Id", "in", tuple(range(16)))]) is None


@given(ticks=st.integers(0, 40_000), moment=st.integers(0, 4_000), sign=st.sampled_from([*COMPARE]))
def test_no_row_of_a_microsecond_is_lost_to_the_seventh_digit(ticks, moment, sign):
    """The engine sees ticks cut to microseconds; the filter sees each of them."""
    first = Instant.from_datetime(MOMENT).ticks
    row = Instant(first + ticks)
    wanted = Instant(first + moment * 10).to_datetime()
    bounds = filter_text(RobotLog, [ColumnComparison("TimeStamp", sign, wanted)]).split(" and ")
    asked = {"ge": operator.ge, "lt": operator.lt}
    passes = all(asked[op](row, Instant.parse(text)) for _, op, text in (each.split() for each in bounds))
    assert passes or not COMPARE[sign](row.to_datetime(), wanted)
