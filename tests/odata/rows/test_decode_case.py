from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis.strategies import uuids

from uipath_odata import Query, entities, path
from uipath_odata.entities import (
    CredentialsConnectionData,
    Environment,
    Robot,
    RobotLog,
    Session,
    Task,
    UserAsset,
)
from uipath_odata.errors import DecodeError
from uipath_odata.odata.entity import Entity, by_wire
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.selected import Selected


@pytest.mark.parametrize("row", [{"Name": "x", "Id": 3}, {"name": "x", "id": 3}])
def test_an_environment_is_read_as_old_and_as_new_servers_write_it(row):
    assert decode(Environment, [row, row]) == [Environment(name="x", id=3)] * 2


def test_a_camel_case_reply_is_read():
    assert decode(Robot, [{"machineName": "a", "id": 5}]) == [Robot(machine_name="a", id=5)]


@pytest.mark.parametrize("count", [1, 200])
def test_each_name_is_read_in_any_case(count):
    rows = [{"Id": 5, "name": "x"} for _ in range(count)]
    assert decode(Robot, rows) == [Robot(id=5, name="x")] * count


def test_of_two_spellings_the_documented_one_is_the_property():
    (robot,) = decode(Robot, [{"name": "other", "Name": "x"}])
    assert (robot.name, robot.extra) == ("x", {"name": "other"})


def in_pascal_case(schema):
    return {wire[0].upper() + wire[1:]: None for wire in by_wire(schema)}


LOWER = [
    each
    for name in entities.__all__
    if isinstance(each := getattr(entities, name), type)
    and issubclass(each, Entity)
    and any(wire[0].islower() for wire in by_wire(each))
]


@pytest.mark.parametrize("nested", LOWER)
def test_every_schema_in_lower_case_is_read_in_pascal_case(nested):
    (made,) = decode(nested, [in_pascal_case(nested)])
    assert made.extra == {}


@pytest.mark.parametrize("count", [1, 200])
def test_names_of_nested_objects_are_read_in_any_case(count):
    sent = {"Url": "https://vault.example", "Body": "{}", "BearerToken": "abc"}
    rows = [{"Name": "a", "ConnectionData": dict(sent)} for _ in range(count)]
    for asset in decode(UserAsset, rows):
        assert asset.connection_data == CredentialsConnectionData(
            url="https://vault.example", body="{}", bearer_token="abc"
        )


def test_names_of_nested_objects_in_lists_are_read_in_any_case():
    (task,) = decode(Task, [{"Id": 1, "TaskAssignments": [{"Id": 7, "Task": {"ID": 1}}]}])
    assert (task.task_assignments[0].id, task.task_assignments[0].task.id) == (7, 1)


@pytest.mark.parametrize("count", [1, 200])
def test_an_object_without_any_known_name_is_an_error(count):
    rows = [{"Id": 1, "Robot": {"Robo": 1}} for _ in range(count)]
    with pytest.raises(
        DecodeError, match=r"row 0: no property of RobotWithLicense is in what was sent \(Robo\)"
    ):
        decode(Session, rows)
    with pytest.raises(DecodeError, match=r"no property of Session"):
        decode(Session, [{"Sessions": []}])


def test_an_empty_object_and_control_information_are_no_error():
    empty, annotated = decode(Session, [{}, {"@odata.id": "Sessions(1)"}])
    assert empty == annotated == Session()
    assert annotated.extra == {}


def test_a_property_newer_than_the_schema_may_be_all_that_was_selected():
    selected = Selected.of(Query(Session).select(path("Newest")))
    assert decode(Session, [{"Newest": 1}], selected=selected)[0].extra == {"Newest": 1}


@given(uuids())
def test_a_guid_is_what_its_constructor_makes_of_it(guid):
    (log,) = decode(RobotLog, [{"JobKey": str(guid).upper()}])
    assert (log.job_key, hash(log.job_key), str(log.job_key)) == (guid, hash(guid), str(guid))
    assert pickle.loads(pickle.dumps(log.job_key)) == guid


@pytest.mark.parametrize(
    "text", ["", "x" * 36, "-" * 36, 36 * "0", "{e49c0012-ee01-45e4-884c-0ce1f2aa6fb}", 5]
)
def test_what_is_no_guid_is_refused(text):
    with pytest.raises(DecodeError, match="JobKey"):
        decode(RobotLog, [{"JobKey": text}])
