from __future__ import annotations

import pytest

from uipath_odata.entities import Environment, Robot
from uipath_odata.odata.decode import decode


@pytest.mark.parametrize("row", [{"Name": "x", "Id": 3}, {"name": "x", "id": 3}])
def test_an_environment_is_read_as_old_and_as_new_servers_write_it(row):
    assert decode(Environment, [row, row]) == [Environment(name="x", id=3)] * 2


def test_a_camel_case_reply_is_read():
    assert decode(Robot, [{"machineName": "a", "id": 5}]) == [Robot(machine_name="a", id=5)]


def test_names_are_left_alone_where_one_is_as_documented():
    assert decode(Robot, [{"Id": 5, "name": "other"}]) == [Robot(id=5)]
