"""Assets by name: values by their kind, of everybody, of users and of robots."""

from __future__ import annotations

import pytest

from uipath_odata.emulator.faults import Status
from uipath_odata.entities import Asset
from uipath_odata.errors import BadRequest, NoRow, OrchestratorError, QueryError

FOLDER = "Shared/Finance"


@pytest.mark.parametrize("value", ["https://x", 7, -1, True, False, ""])
async def test_a_value_is_of_the_assets_kind(emulator, finance, value):
    emulator.add.asset("Url", value, folder=FOLDER)
    asset = finance.asset("Url")
    got = await asset.value()
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize(("first", "second"), [("a", "b"), (1, 2**31 - 1), (True, False)])
async def test_a_value_is_set_and_all_else_stays(emulator, finance, first, second):
    emulator.add.asset("Url", first, folder=FOLDER, Description="what it is for", Tags=[{"Name": "x"}])
    asset = finance.asset("Url")
    await asset.set(second)
    assert await asset.value() == second
    whole = await finance.assets.filter(Asset.name == "Url").one()
    assert whole.description == "what it is for"


@pytest.mark.parametrize(
    ("value", "wrong"),
    [("a", 1), ("a", None), (1, "1"), (1, True), (1, 2**31), (True, 1), (True, "True"), ("a", {"a": "b"})],
)
async def test_a_value_of_another_kind_is_refused_and_nothing_sent(emulator, finance, value, wrong):
    emulator.add.asset("Url", value, folder=FOLDER)
    with pytest.raises(QueryError, match="the asset is a"):
        await finance.asset("Url").set(wrong)
    assert not emulator.calls.of("Assets.replace")
    assert await finance.asset("Url").value() == value


async def test_pairs_are_a_dict(emulator, finance):
    pairs = [{"Key": "a", "Value": "1"}]
    emulator.add.asset(
        "Map", "", folder=FOLDER, ValueType="KeyValueList", StringValue=None, KeyValueList=pairs
    )
    asset = finance.asset("Map")
    assert await asset.value() == {"a": "1"}
    await asset.set({"a": "2", "b": "3"})
    assert await asset.value() == {"a": "2", "b": "3"}


async def test_a_credential_is_read_where_direct_access_is_allowed_and_set(emulator, finance):
    emulator.add.credential("Sap", "u", "p", folder=FOLDER, AllowDirectApiAccess=True)
    asset = finance.asset("Sap")
    with pytest.raises(QueryError, match="credential"):
        await asset.value()
    with pytest.raises(QueryError, match="set_credential"):
        await asset.set("p")
    for pair in ((None, "p"), ("u", None), (3, 4)):
        with pytest.raises(QueryError, match="is a text"):
            await asset.set_credential(*pair)
    await asset.set_credential("u2", "p2")
    shown = await asset.credential()
    assert (shown.username, shown.password) == ("u2", "p2")
    assert "p2" not in repr(shown)


async def test_a_credential_is_shown_to_a_robot_by_its_key(emulator, finance):
    emulator.add.credential("Sap", "u", "p", folder=FOLDER)
    emulator.add.robot("R1", folder=FOLDER, LicenseKey="11111111-1111-1111-1111-111111111111")
    asset = finance.asset("Sap")
    with pytest.raises(BadRequest, match="give robot_key="):
        await asset.credential()
    assert (await asset.credential(robot_key="11111111-1111-1111-1111-111111111111")).password == "p"


async def test_a_secret_is_found_by_name_though_the_list_leaves_it_out(emulator, finance):
    secret = {"ValueType": "Secret", "SecretValue": "s", "StringValue": None}
    emulator.add.asset("Token", "", folder=FOLDER, AllowDirectApiAccess=True, **secret)
    emulator.add.asset("Closed", "", folder=FOLDER, **secret)
    asset = finance.asset("Token")
    assert await asset.value() == "s"
    await asset.set("s2")
    assert await asset.value() == "s2"
    with pytest.raises(BadRequest, match="direct access"):
        await finance.asset("Closed").value()
    with pytest.raises(NoRow, match="There is no asset named 'Tokn'"):
        await finance.asset("Tokn").value()


async def test_users_and_robots_have_values_of_their_own(emulator, finance):
    emulator.add.asset("Url", "all", folder=FOLDER)
    alice, _ = emulator.add.user("alice"), emulator.add.user("bob")
    emulator.add.machine("PC-1")
    emulator.add.robot("R1", folder=FOLDER)
    asset = finance.asset("Url")
    await asset.set("hers", user="alice")
    await asset.set("hers there", user=alice["Id"], machine="PC-1")
    await asset.set("the robot's", robot="R1")
    assert await asset.value(user=alice["Id"]) == "hers"
    assert await asset.value(user=alice["Id"], machine=1) == "hers there"
    assert await asset.value(user="alice", machine="PC-1") == "hers there"
    assert await asset.value(robot=1) == await asset.value(robot="R1") == "the robot's"
    assert await asset.value(user=2) == await asset.value() == "all"
    await asset.set("for all")
    await asset.set("hers now", user=alice["Id"])
    assert [await asset.value(), await asset.value(user=1), await asset.value(user=1, machine=1)] == [
        "for all",
        "hers now",
        "hers there",
    ]


async def test_an_owner_without_a_value_is_named_where_there_is_none_for_everybody(emulator, finance):
    own = [{"UserId": 1, "ValueType": "Text", "StringValue": "hers"}]
    emulator.add.user("alice")
    emulator.add.asset("Url", "", folder=FOLDER, ValueScope="PerRobot", HasDefaultValue=False, UserValues=own)
    asset = finance.asset("Url")
    assert await asset.value(user=1) == "hers"
    emulator.add.user("bob")
    with pytest.raises(NoRow, match="no value for the user 2, and none for everybody"):
        await asset.value(user=2)
    with pytest.raises(NoRow, match="0 users are named 'carol'"):
        await asset.set("x", user="carol")


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        ({"user": "nobody"}, "0 users are named 'nobody'"),
        ({"user": 99}, "no user has the Id 99"),
        ({"user": "alice", "machine": "PC-9"}, "'PC-9'"),
        ({"user": "alice", "machine": 99}, "no machine has the Id 99"),
        ({"robot": "R9"}, "'R9'"),
        ({"robot": 99}, "no robot has the Id 99"),
    ],
)
async def test_an_owner_that_there_is_not_has_not_everybodys_value(emulator, finance, owner, said):
    emulator.add.user("alice")
    emulator.add.asset("Url", "all", folder=FOLDER)
    with pytest.raises(NoRow, match=said):
        await finance.asset("Url").value(**owner)
    assert await finance.asset("Url").value(user="alice") == "all"


@pytest.mark.parametrize("owner", [{"user": 1, "robot": 1}, {"machine": 1}, {"user": 1, "robot_key": "k"}])
async def test_owners_that_no_value_has_are_refused(finance, owner):
    with pytest.raises(QueryError, match=r"give|leave"):
        await finance.asset("Url").value(**owner)


async def test_a_password_that_the_server_does_not_show_is_an_error(emulator, finance):
    emulator.add.credential(
        "Sap", "u", "", folder=FOLDER, AllowDirectApiAccess=True, ExternalName="vault/sap"
    )
    with pytest.raises(OrchestratorError, match="password of the asset 'Sap'"):
        await finance.asset("Sap").credential()


async def test_values_of_users_are_read_where_robots_have_none(emulator, finance):
    own = [{"UserId": 1, "ValueType": "Text", "StringValue": "hers"}]
    emulator.add.user("alice")
    emulator.add.asset(
        "Url", "all", folder=FOLDER, ValueScope="PerRobot", HasDefaultValue=True, UserValues=own
    )
    refused = Status(400, {"message": "Could not find a property named 'RobotValues'", "errorCode": 1000})
    emulator.fail("Assets.list", refused, when=lambda call: "RobotValues" in call.query.get("$expand", ""))
    assert await finance.asset("Url").value(user=1) == "hers"


async def test_an_empty_secret_is_refused_because_the_old_one_would_stay(emulator, finance):
    emulator.add.credential("Sap", "u", "p", folder=FOLDER, AllowDirectApiAccess=True)
    secret = {"ValueType": "Secret", "SecretValue": "s", "AllowDirectApiAccess": True}
    emulator.add.asset("Key", "", folder=FOLDER, **secret)
    with pytest.raises(QueryError, match="an empty password leaves the one that is there"):
        await finance.asset("Sap").set_credential("u2", "")
    with pytest.raises(QueryError, match="an empty secret leaves the one that is there"):
        await finance.asset("Key").set("")
    assert not emulator.calls.of("Assets.replace")


async def test_a_value_that_is_asked_for_as_a_credential_is_named_by_its_kind(emulator, finance):
    emulator.add.asset("Url", "https://x", folder=FOLDER)
    with pytest.raises(QueryError, match=r"the asset 'Url' is a Text: read it with value\(\)"):
        await finance.asset("Url").credential()
