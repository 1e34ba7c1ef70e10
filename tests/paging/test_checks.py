"""Rows held against the filter and the order that brought them: what raises, and what never does."""

from __future__ import annotations

from uuid import UUID

import pytest

from uipath_odata import Instant, Query, path, raw_filter
from uipath_odata.entities import Asset, Job
from uipath_odata.errors import OrderViolation
from uipath_odata.paging.checks.answer_check import AnswerCheck, checked_properties

KEY = UUID(int=7)
NOON = Instant.parse("2024-02-29T12:00:00Z")


def at(clock):
    return f"2024-02-29T{clock}Z"


def is_refused(query, *rows):
    try:
        AnswerCheck.of(query)([*rows])
    except OrderViolation:
        return True
    return False


@pytest.mark.parametrize(
    ("condition", "shown", "not_asked_for"),
    [
        (Job.id == 3, {"Id": "3"}, {"Id": 4}),
        (Job.id > 3, {"Id": 4}, {"Id": 3}),
        (Job.id.in_([3, 4]), {"Id": 4}, {"Id": 5}),
        (Job.key == KEY, {"Key": str(KEY).upper()}, {"Key": str(UUID(int=8))}),
        (Job.state == "Faulted", {"State": "FAULTED"}, {"State": "Running"}),
        (Job.state != "Faulted", {"State": "Running"}, {"State": "Faulted"}),
        (~(Job.state == "Faulted"), {"State": "Running"}, {"State": "Faulted"}),
        ((Job.id == 3) | (Job.id == 4), {"Id": 4}, {"Id": 5}),
        (
            (Job.id > 3) & (Job.state == "Running"),
            {"Id": 4, "State": "Running"},
            {"Id": 4, "State": "Faulted"},
        ),
        (Asset.can_be_deleted == True, {"CanBeDeleted": True}, {"CanBeDeleted": False}),
        (Job.id == 3, {"Id": 3}, {"Id": None}),
        # Date-times, by more than a second.
        (Job.creation_time > NOON, {"CreationTime": at("12:00:00.1")}, {"CreationTime": at("11:59:58.9")}),
        (Job.creation_time <= NOON, {"CreationTime": at("12:00:01")}, {"CreationTime": at("12:00:01.1")}),
        (Job.creation_time == NOON, {"CreationTime": at("12:00:00")}, {"CreationTime": at("12:00:02")}),
        (Job.creation_time.in_([NOON]), {"CreationTime": at("12:00:00")}, {"CreationTime": at("13:00:00")}),
        (~(Job.creation_time > NOON), {"CreationTime": at("11:00:00")}, {"CreationTime": at("13:00:00")}),
        (
            Job.creation_time > NOON,
            {"CreationTime": "2024-02-29T14:30:00+02:00"},
            {"CreationTime": "2024-02-29T13:30:00+02:00"},
        ),
    ],
)
def test_a_row_that_was_not_asked_for_is_refused(condition, shown, not_asked_for):
    query = Query(Asset if "CanBeDeleted" in shown else Job).filter(condition)
    assert not is_refused(query, shown)
    assert is_refused(query, shown, not_asked_for)


@pytest.mark.parametrize(
    ("condition", "row"),
    [
        (Job.release_name == "straße", {"ReleaseName": "STRASSE "}),  # collations differ
        (Job.release_name.in_(["a", "b"]), {"ReleaseName": "c"}),
        (Job.id == 3, {"State": "Running"}),  # not shown
        (Job.id != 3, {"Id": None}),
        (~(Job.id > 3), {"Id": None}),
        (Job.state == "Faulted", {"State": 5}),  # a number tells no name
        (Job.robot.id == 3, {"Robot": {"Id": 4}}),
        ((Job.id == 3) | Job.info.contains("x"), {"Id": 4, "Info": "y"}),
        (path("NewNumber") == 3, {"NewNumber": 4}),
        (raw_filter("Id eq 3"), {"Id": 4}),
        (Job.id == 3, {"Id": [4]}),
        # Date-times, by a second: some servers compare whole seconds.
        (Job.creation_time > NOON, {"CreationTime": at("11:59:59.1")}),
        (Job.creation_time == NOON, {"CreationTime": at("12:00:00.9999999")}),
        (Job.creation_time != NOON, {"CreationTime": at("12:00:00")}),
        (~(Job.creation_time > NOON), {"CreationTime": at("12:00:00.5")}),
        (Job.creation_time > NOON, {"CreationTime": None}),
        (Job.creation_time > NOON, {"CreationTime": 0}),
        (Job.creation_time > NOON, {"CreationTime": "yesterday"}),
    ],
)
def test_what_honest_servers_answer_differently_is_never_refused(condition, row):
    assert not is_refused(Query(Job).filter(condition), row)


def test_a_property_that_is_not_selected_is_not_compared():
    query = Query(Job).filter(Job.id == 3).select(Job.state)
    assert not is_refused(query, {"State": "Running", "Id": 4})
    assert checked_properties(query) == ()
    assert checked_properties(query.select(Job.id)) == ("Id",)


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("wrong", ["11:00:00", "14:00:00"])
def test_one_date_time_among_others_is_found_wherever_it_stands(place, wrong):
    clocks = ["12:30:00", "12:30:00.5", "12:59:59.9999999", "12:31:00"]
    rows = [{"CreationTime": at(clock)} for clock in clocks]
    between = Query(Job).filter(Job.creation_time > NOON, Job.creation_time < Instant.parse(at("13:00:00")))
    assert not is_refused(between, *rows, {"CreationTime": None}, {})
    rows.insert(place, {"CreationTime": at(wrong)})
    assert is_refused(between, *rows, {"CreationTime": None}, {})


def test_rows_out_of_the_order_that_was_asked_for_are_refused():
    by_id = Query(Job).order_by(Job.id.desc())
    assert not is_refused(by_id, {"Id": 3}, {"Id": None}, {"Id": 3}, {"Id": 1})
    assert is_refused(by_id, {"Id": 3}, {"Id": 4})
    by_time = Query(Job).order_by(Job.end_time)
    times = [{"EndTime": f"2024-03-01T10:00:{second}Z"} for second in ("03", "02.5", "04")]
    assert not is_refused(by_time, *times)  # within a second
    assert is_refused(by_time, *times, {"EndTime": "2024-03-01T10:00:02Z"})
    assert not is_refused(Query(Job).order_by(Job.release_name), {"ReleaseName": "b"}, {"ReleaseName": "a"})
