from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata import Instant
from uipath_odata.entities import Job, QueueItem, Robot, Session, User
from uipath_odata.errors import QueryError
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.rows.encode import body_of, fields_of, json_bytes

NOON = dt.datetime(2024, 1, 31, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def refused(make):
    with pytest.raises(QueryError) as caught:
        make()
    return str(caught.value)


def test_the_documented_put_body_comes_out_exactly():
    settings = {
        "TracingLevel": "Information", "StudioNotifyServer": True, "LoginToConsole": False, "ResolutionWidth": 0,
        "ResolutionHeight": 0, "ResolutionDepth": 0, "FontSmoothing": False, "AutoDownloadProcess": False,
    }  # fmt: skip
    robot = Robot(
        license_key="8ec4t984-b2d7-44f2-b5be-0a64ee9a487b", machine_name="MBOBOC", name="DocBot", type="Development", id=749,
        username="UIPATH\\JustAnotherRobot", execution_settings=settings,
    )  # fmt: skip
    assert body_of(robot) == {
        "LicenseKey": "8ec4t984-b2d7-44f2-b5be-0a64ee9a487b", "MachineName": "MBOBOC", "Name": "DocBot", "Type": "Development",
        "Id": 749, "Username": "UIPATH\\JustAnotherRobot", "ExecutionSettings": settings,
    }  # fmt: skip


def test_an_entity_leaves_out_what_was_not_set_on_every_level():
    session = Session(state="Busy", robot=None, job=Job(id=5, robot=None), is_unresponsive=False, info="")
    assert body_of(session) == {"State": "Busy", "Job": {"Id": 5}, "IsUnresponsive": False, "Info": ""}
    assert body_of(Session()) == {}


def test_an_update_has_exactly_the_fields_given_also_none():
    assert fields_of(Robot, {"name": "x", "description": None}) == {"Name": "x", "Description": None}
    assert fields_of(Robot, {}) == {}
    assert fields_of(User, {"unattended_robot": {"Password": "p", "UserName": None}}) == {
        "UnattendedRobot": {"Password": "p", "UserName": None}
    }


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("nmae", "did you mean name?"),
        ("MachineName", "did you mean machine_name?"),
        ("_partial", "no property '_partial'"),
        ("zzz", "newer than the schema goes through a dict with wire names"),
    ],
)
def test_an_unknown_field_names_the_nearest(name, advice):
    assert advice in refused(lambda: fields_of(Robot, {name: 1}))


def test_a_dict_goes_as_it_is_with_the_case_of_its_keys():
    body = {
        "itemData": {"SpecificContent": {"customerID": None, "Name@odata.type": "#String", "x": [{"Y": 1}]}}
    }
    assert body_of(body) == body
    item = QueueItem(specific_content={"customerID": 5, "lower": {"kept": None}})
    assert body_of(item) == {"SpecificContent": {"customerID": 5, "lower": {"kept": None}}}


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (UUID("E49C0012-EE01-45E4-884C-0CE1F2AA6FBB"), "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"),
        (NOON, "2024-01-31T11:00:00Z"),
        (Instant.parse("2019-10-14T13:55:18.2473626Z"), "2019-10-14T13:55:18.2473626Z"),
        (dt.date(2024, 1, 31), "2024-01-31"),
        (dt.time(12, 30), "12:30:00"),
        (Decimal(5), 5),
        (Decimal("1E+3"), 1000),
        (Decimal("0.1"), 0.1),
        (Decimal("-2.50"), -2.5),
        (1.5, 1.5),
        (True, True),
        (None, None),
        ((1, [NOON]), [1, ["2024-01-31T11:00:00Z"]]),
        ([Job(id=1), {"When": NOON}], [{"Id": 1}, {"When": "2024-01-31T11:00:00Z"}]),
    ],
)
def test_values_are_written_as_orchestrator_reads_them(value, sent):
    assert orjson.loads(json_bytes(body_of({"X": value}))) == {"X": sent}


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_loses_no_digit_silently(value):
    try:
        sent = json_bytes(body_of({"X": value}))
    except QueryError:
        return
    assert Decimal(sent.removeprefix(b'{"X":').removesuffix(b"}").decode()) == value


@pytest.mark.parametrize(
    "value",
    [
        Decimal("0.12345678901234567890"),
        Decimal(10**30 + 1),
        Decimal(2**64) + Decimal("0.5"),
        Decimal("1E-400"),
    ],
)
def test_a_decimal_of_more_digits_than_json_keeps_is_refused(value):
    assert "more digits than a JSON number keeps: round it" in refused(lambda: body_of({"X": value}))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, Decimal("NaN"), Decimal("Infinity")])
def test_what_json_has_no_number_for_is_refused(value):
    assert "give a finite number, or None" in refused(lambda: body_of({"X": [value]}))


@pytest.mark.parametrize("value", [b"x", object(), dt.timedelta(1), 2**64, "\ud800", {1: 2}, Robot.name])
def test_what_json_has_no_form_for_is_refused(value):
    assert "the body cannot be written as JSON" in refused(lambda: json_bytes(body_of({"X": value})))


def test_a_naive_datetime_is_refused():
    assert "has no time zone" in refused(lambda: body_of({"X": [NOON.replace(tzinfo=None)]}))


@pytest.mark.parametrize("body", [None, 5, "Name", [], [("Name", "x")], Robot, Session.robot])
def test_what_is_no_body_is_refused(body):
    assert "a body is an entity or a dict with wire names, not" in refused(lambda: body_of(body))


def test_what_was_read_can_be_sent_back():
    sent = {
        "Id": 5,
        "StartTime": "2024-01-31T11:00:00.123456Z",
        "Key": "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb",
        "Robot": {"Id": 1},
    }
    assert body_of(decode(Job, [sent])[0]) == sent
