"""A mask in the place of a secret is never written: it would become the secret."""

from __future__ import annotations

import pytest

from uipath_odata.entities import Asset, Job, Robot, User, Webhook
from uipath_odata.errors import QueryError
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.rows.encode import body_of, fields_of, replacement_of

MASKS = ["*****", "••••••••", "●●●●"]


def read(kind, **row):
    return decode(kind, [row])[0]


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("as_sent", [dict, lambda row: read(Webhook, **row)], ids=["dict", "entity"])
@pytest.mark.parametrize("write", [body_of, replacement_of])
def test_a_mask_is_refused_by_name_in_every_write(mask, as_sent, write):
    hook = as_sent({"Id": 1, "Url": "https://x.example", "Secret": mask})
    with pytest.raises(
        QueryError, match=r"^Webhook has the server's mask in the place of Secret: give the secret"
    ):
        write(hook, Webhook)
    with pytest.raises(QueryError, match="Secret"):
        fields_of(Webhook, {"secret": mask})


@pytest.mark.parametrize("mask", MASKS)
def test_nested_masks_and_those_of_newer_properties_are_refused(mask):
    row = {"Name": "a", "UserValues": [{"CredentialPassword": mask}], "VaultPassword": mask}
    for asset in (row, read(Asset, **row)):
        with pytest.raises(QueryError, match="UserValues/CredentialPassword, VaultPassword:"):
            replacement_of(asset, Asset)


@pytest.mark.parametrize("shown", ["", None, *MASKS])
def test_a_robot_is_read_changed_and_replaced_and_keeps_its_password(shown):
    robot = read(Robot, Id=1, Name="a", Password=shown)
    robot.name = "b"
    assert replacement_of(robot, Robot) == {"Id": 1, "Name": "b"}
    assert replacement_of({"Id": 1, "Password": shown or ""}, Robot) == {"Id": 1}


def test_an_empty_mark_is_left_out_of_a_replacement_and_written_where_it_is_given():
    assert replacement_of(read(Asset, Name="a", CredentialPassword=""), Asset) == {"Name": "a"}
    assert body_of({"CredentialPassword": ""}, Asset) == {"CredentialPassword": ""}
    assert fields_of(User, {"password": ""}) == {"Password": ""}


def test_nested_empty_marks_are_left_out_of_a_replacement():
    row = {"Id": 1, "UnattendedRobot": {"UserName": "d\\bot", "Password": ""}}
    for user in (row, read(User, **row)):
        assert replacement_of(user, User) == {"Id": 1, "UnattendedRobot": {"UserName": "d\\bot"}}
    row = {"Name": "a", "UserValues": [{"UserId": 1, "CredentialPassword": ""}, None], "RobotValues": None}
    assert replacement_of(row, Asset)["UserValues"] == [{"UserId": 1}, None]


def test_values_that_only_look_like_masks_are_written():
    assert body_of(Job(info="*****")) == {"Info": "*****"}
    assert body_of(Webhook(secret="a*****b")) == {"Secret": "a*****b"}


@pytest.mark.parametrize("write", [lambda: Webhook(secret=None), lambda: {"Secret": None}])
def test_none_leaves_the_secret_out(write):
    assert replacement_of(write(), Webhook).get("Secret") is None
