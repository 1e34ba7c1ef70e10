from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis.strategies import uuids

from uipath_odata.entities import Environment, Robot, RobotLog
from uipath_odata.errors import DecodeError
from uipath_odata.odata.rows.decode import decode


@pytest.mark.parametrize("row", [{"Name": "x", "Id": 3}, {"name": "x", "id": 3}])
def test_an_environment_is_read_as_old_and_as_new_servers_write_it(row):
    assert decode(Environment, [row, row]) == [Environment(name="x", id=3)] * 2


def test_a_camel_case_reply_is_read():
    assert decode(Robot, [{"machineName": "a", "id": 5}]) == [Robot(machine_name="a", id=5)]


def test_names_are_left_alone_where_one_is_as_documented():
    assert decode(Robot, [{"Id": 5, "name": "other"}]) == [Robot(id=5)]


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
