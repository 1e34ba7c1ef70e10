"""Values of numpy, pandas and enums are taken, or refused in words, wherever Python's own are."""

from __future__ import annotations

import enum
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from uipath_odata import Query
from uipath_odata.calls.operation import Operation
from uipath_odata.entities import Job, QueueItem, Robot
from uipath_odata.errors import QueryError
from uipath_odata.odata.rows.encode import body_of, fields_of, json_bytes
from uipath_odata.odata.url import key_segment


class State(enum.Enum):
    RUNNING = "Running"


class Text(enum.StrEnum):
    RUNNING = "Running"


class Number(enum.IntEnum):
    FIVE = 5


def text(condition):
    return Query(Job).filter(condition).options["$filter"]


@pytest.mark.parametrize("five", [np.int64(5), np.int32(5), np.uint8(5), Number.FIVE, np.array(5)])
def test_numbers_of_other_libraries_are_numbers(five):
    assert text(Job.id == five) == "Id eq 5"
    assert text(Job.id.in_([five, 6])) == "Id in (5,6)"
    assert Query(Job).top(five).skip(five).options == {"$top": "5", "$skip": "5"}
    assert key_segment(five) == "5"
    assert Operation("Jobs.get", "GET", "/odata/Jobs({key})").at({"key": five}) == "/odata/Jobs(5)"
    assert json_bytes(body_of(Job(id=five))) == b'{"Id":5}'
    assert (
        json_bytes(body_of({"Tags": [five], "Data": {"n": five}}, QueueItem))
        == b'{"Tags":[5],"Data":{"n":5}}'
    )


@pytest.mark.parametrize("running", [State.RUNNING, Text.RUNNING, np.str_("Running")])
def test_members_of_enums_are_their_values(running):
    assert text(Job.state == running) == "State eq 'Running'"
    assert json_bytes(fields_of(Job, {"state": running})) == b'{"State":"Running"}'


def test_floats_decimals_and_truths_are_taken():
    assert json_bytes(body_of({"A": np.float64(1.5), "B": np.bool_(True), "C": Decimal("2.5")})) == (
        b'{"A":1.5,"B":true,"C":2.5}'
    )
    assert Query(Robot).filter(Robot.enabled == np.bool_(True)).options == {"$filter": "Enabled eq true"}


def test_times_of_pandas_are_exact_to_100_ns():
    moment = pd.Timestamp("2024-05-14T12:00:00.123456700Z")
    assert text(Job.start_time > moment) == "StartTime gt 2024-05-14T12:00:00.1234567Z"
    assert fields_of(QueueItem, {"due_date": moment}) == {"DueDate": "2024-05-14T12:00:00.1234567Z"}


@pytest.mark.parametrize("missing", [pd.NaT, pd.NA])
def test_a_missing_value_is_refused_in_words(missing):
    for use in (
        lambda: Job.start_time > missing,
        lambda: Job.id == missing,
        lambda: fields_of(QueueItem, {"due_date": missing}),
        lambda: body_of({"DueDate": missing}, QueueItem),
        lambda: key_segment(missing),
    ):
        with pytest.raises(QueryError, match="is a missing value, not one to compare or to send: give None"):
            use()


@pytest.mark.parametrize("moment", [np.datetime64("2024-05-14"), pd.Timestamp("2024-05-14")])
def test_a_time_without_a_zone_is_refused_whoever_made_it(moment):
    for use in (lambda: Job.start_time > moment, lambda: fields_of(QueueItem, {"due_date": moment})):
        with pytest.raises(QueryError, match="has no time zone"):
            use()
