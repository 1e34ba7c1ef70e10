"""A write's own words are spelt as the schema spells them, or refused with what was meant."""

from __future__ import annotations

import datetime as dt

import pytest

from uipath_odata import Instant, entities
from uipath_odata.entities import Asset, Job, QueueItem, Release, Robot, StopJobsRequest
from uipath_odata.errors import QueryError, UnknownProperty
from uipath_odata.odata.entity import Entity, by_wire
from uipath_odata.odata.rows.encode import body_of, fields_of, replacement_of
from uipath_odata.odata.rows.spelling import is_slip

ENTITIES = [
    each
    for each in (getattr(entities, name) for name in entities.__all__)
    if isinstance(each, type) and issubclass(each, Entity)
]


@pytest.mark.parametrize("name", ["name", "NAME", "machine_name", "machinename"])
def test_a_key_in_another_spelling_is_refused_with_what_was_meant(name):
    meant = "MachineName" if "achine" in name else "Name"
    with pytest.raises(UnknownProperty, match=rf"Robot has no property '{name}': did you mean '{meant}'\?"):
        body_of({name: "x"}, Robot)


@pytest.mark.parametrize("name", ["MachineNmae", "MachinName", "Machine-Name", "MachineNane", "machinenane"])
def test_a_key_with_one_slip_is_refused_with_what_was_meant(name):
    with pytest.raises(
        UnknownProperty, match=r"did you mean 'MachineName'\? A newer one goes through entity.extra"
    ):
        body_of({name: "x"}, Robot)


@pytest.mark.parametrize(
    "name", ["MachineNames", "MachineName2", "Uri", "MachineNameNew", "Nam", "Usernames"]
)
def test_a_name_that_may_be_newer_is_sent(name):
    assert body_of({name: "x"}, Robot) == {name: "x"}
    robot = Robot(name="a")
    robot.extra["MachineNmae"] = 1
    assert body_of(robot) == {"Name": "a", "MachineNmae": 1}


def test_no_name_of_the_schema_would_be_a_slip_of_another_in_an_older_one():
    names = [by_wire(entity) for entity in ENTITIES]
    assert not [(a, b) for wires in names for a in wires for b in wires if a != b and is_slip(a, b)]


def test_an_enum_s_member_with_one_slip_is_refused_with_what_was_meant():
    for write in (
        lambda: body_of({"Priority": "Hihg"}, QueueItem),
        lambda: body_of(QueueItem(priority="Higt")),
    ):
        with pytest.raises(
            QueryError, match=r"QueueItem.priority has no member 'Hig.|Hihg': did you mean 'High'\?"
        ):
            write()
    assert body_of({"Type": "StudioXL"}, Robot) == {"Type": "StudioXL"}


@pytest.mark.parametrize("value", [5, "5", {"Id": 5}, True])
def test_one_value_where_a_list_is_due_is_refused(value):
    with pytest.raises(QueryError, match=r"takes a list, not one \w+: put it in"):
        fields_of(StopJobsRequest, {"job_ids": value})


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


@pytest.mark.parametrize("due", ["2026-11-30T12:00:00", dt.date(2026, 11, 30), 1_700_000_000])
def test_a_time_without_a_zone_is_refused_in_a_replacement_too(due):
    with pytest.raises(QueryError, match=r"^QueueItem\.due_date takes a time"):
        replacement_of(QueueItem(due_date=due), QueueItem)
    with pytest.raises(QueryError, match=r"^Release\.creation_time takes a time"):
        replacement_of(Job(release=Release(creation_time=due)), Job)


def test_a_key_that_is_not_a_text_is_refused_in_words():
    for write in (body_of, replacement_of):
        with pytest.raises(QueryError, match="the key 1 of a body is not a name"):
            write({1: "x"}, QueueItem)
