"""A write's own words are spelt as the schema spells them, or refused with what was meant."""

from __future__ import annotations

import datetime as dt

import pytest

from uipath_odata import Instant
from uipath_odata.entities import Asset, Job, QueueItem, Robot
from uipath_odata.errors import QueryError, UnknownProperty
from uipath_odata.odata.rows.encode import body_of, fields_of, replacement_of


@pytest.mark.parametrize("name", ["name", "NAME", "machine_name", "machinename"])
def test_a_key_in_another_spelling_is_refused_with_what_was_meant(name):
    meant = "MachineName" if "achine" in name else "Name"
    with pytest.raises(UnknownProperty, match=rf"Robot has no property '{name}': did you mean '{meant}'\?"):
        body_of({name: "x"}, Robot)


def test_keys_of_nested_dicts_are_read_too():
    with pytest.raises(UnknownProperty, match="AssetUserValue has no property 'username'"):
        body_of({"UserValues": [{"username": "x"}]}, Asset)


def test_names_newer_than_the_schema_and_a_users_own_data_are_sent():
    body = {"Newest": 1, "SpecificContent": {"name": "a", "Password": "*****"}}
    assert body_of(body, QueueItem) == body


def test_an_enum_s_member_in_another_case_is_refused_with_what_was_meant():
    for write in (
        lambda: body_of({"Type": "unattended"}, Robot),
        lambda: body_of(Robot(type="unattended")),
        lambda: fields_of(Robot, {"type": "unattended"}),
    ):
        with pytest.raises(
            QueryError, match=r"Robot.type has no member 'unattended': did you mean 'Unattended'\?"
        ):
            write()


def test_a_member_newer_than_the_schema_goes_through_a_dict():
    with pytest.raises(
        QueryError, match=r"no member 'Newest': the schema has .* through a dict with wire names"
    ):
        fields_of(Robot, {"type": "Newest"})
    assert body_of({"Type": "Newest"}, Robot) == {"Type": "Newest"}


@pytest.mark.parametrize("text", ["2024-05-14", "2024-05-14T12:00:00", "tomorrow"])
def test_a_time_without_a_zone_is_refused_as_text_too(text):
    for write in (
        lambda: body_of({"DueDate": text}, QueueItem),
        lambda: fields_of(QueueItem, {"due_date": text}),
    ):
        with pytest.raises(QueryError, match=f"takes a time with its zone, not '{text}'"):
            write()
    with pytest.raises(QueryError, match="takes a time, not the day 2024-05-14"):
        fields_of(QueueItem, {"due_date": dt.date(2024, 5, 14)})


@pytest.mark.parametrize(
    "text", ["2024-05-14T12:00:00Z", "2024-05-14T12:00:00.1234567+02:00", "2024-05-14T12:00z"]
)
def test_a_time_with_a_zone_is_sent_as_it_is(text):
    assert fields_of(QueueItem, {"due_date": text}) == {"DueDate": text}
    assert Instant.has_zone(text)


def test_what_the_server_sent_goes_back_as_it_came():
    row = {"id": 1, "State": "running", "StartTime": "2024-05-14T12:00:00"}
    assert replacement_of(row, Job) == row
