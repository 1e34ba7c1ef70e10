from __future__ import annotations

import pytest

FINANCE, OVERVIEW = {"OrganizationUnitId": "36886"}, {"OrganizationUnitId": "36887"}
ASSETS = "/odata/Assets"
FUNCTION = f"{ASSETS}/UiPath.Server.Configuration.OData."
SECRET = "open-sesame"


def asset(name, kind="Text", **fields):
    return {"Name": name, "ValueScope": "Global", "ValueType": kind, **fields}


async def add(http, *arguments, status=201, **fields):
    reply = await http.send("POST", ASSETS, asset(*arguments, **fields), **FINANCE)
    assert reply.status == status, reply.body
    return reply.body


@pytest.mark.parametrize(
    ("kind", "field", "value", "text"),
    [
        ("Text", "StringValue", "Üben", "Üben"),
        ("Bool", "BoolValue", True, "True"),
        ("Integer", "IntValue", 7, "7"),
    ],
)
async def test_an_asset_of_each_type_is_read_back(demo, kind, field, value, text):
    created = await add(demo, "A", kind, **{field: value})
    assert (created[field], created["Value"], created["ValueType"], created["CanBeDeleted"]) == (
        value,
        text,
        kind,
        True,
    )
    assert created["Key"]
    path = f"{ASSETS}({created['Id']})"
    assert (await demo.send("PUT", path, asset("B", kind, **{field: value}), **FINANCE)).status == 200
    after = (await demo.get(path, **FINANCE)).body
    assert (after["Name"], after["Key"], after["Value"]) == ("B", created["Key"], text)
    assert (await demo.send("DELETE", path, **FINANCE)).status == 204
    assert (await demo.get(path, **FINANCE)).status == 404


async def test_a_password_is_stored_and_never_given_back(demo):
    fields = {"CredentialUsername": "smith", "CredentialPassword": SECRET}
    created = await add(demo, "Login", "Credential", **fields)
    path = f"{ASSETS}({created['Id']})"
    stored = 'SELECT CredentialPassword, SecretValue FROM Assets WHERE "Id" = ?'
    assert demo.emulator.sql(stored, created["Id"]) == [(SECRET, None)]
    listed = await demo.rows(f"{FUNCTION}GetFiltered?$expand=UserValues", **FINANCE)
    for seen in (created, (await demo.get(path, **FINANCE)).body, *listed):
        assert SECRET not in str(seen)
    assert created["CredentialUsername"] == "smith"
    keeps = asset("Login", "Credential", CredentialUsername="jones", CredentialPassword="")
    assert (await demo.send("PUT", path, keeps, **FINANCE)).status == 200
    assert demo.emulator.sql(stored, created["Id"]) == [(SECRET, None)]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "Credential", "CredentialUsername": "smith"},
        {"kind": "Credential", "CredentialUsername": "smith", "CredentialPassword": ""},
        {"kind": "Secret"},
        {
            "kind": "Credential",
            "ValueScope": "PerRobot",
            "UserValues": [{"UserId": 45, "ValueType": "Credential"}],
        },
    ],
)
async def test_a_credential_without_a_password_is_refused(demo, fields):
    body = asset("A", fields.pop("kind"), **fields)
    reply = await demo.send("POST", ASSETS, body, **FINANCE)
    assert (reply.status, reply.body["errorCode"]) == (400, 1500)


async def test_a_name_is_used_once_in_a_folder(demo):
    await add(demo, "Limit")
    assert (await add(demo, "LIMIT", status=409))["errorCode"] == 1004
    assert (await demo.send("POST", ASSETS, asset("Limit"), **OVERVIEW)).status == 201


async def test_secrets_are_only_in_the_filtered_list_and_user_names_only_in_the_other(demo):
    await add(demo, "Key", "Secret", SecretValue=SECRET)
    await add(demo, "Login", "Credential", CredentialUsername="smith", CredentialPassword=SECRET)
    plain = await demo.rows(f"{ASSETS}?$select=Name,CredentialUsername", **FINANCE)
    assert plain == [{"Name": "Login", "CredentialUsername": "smith"}]
    every = await demo.rows(f"{FUNCTION}GetFiltered?$select=Name,CredentialUsername", **FINANCE)
    assert every == [{"Name": name, "CredentialUsername": None} for name in ("Key", "Login")]
    only = f"{FUNCTION}GetFiltered?$expand=UserValues&$filter=ValueType eq 'Secret'"
    assert [row["Name"] for row in await demo.rows(only, **FINANCE)] == ["Key"]


async def test_a_robot_gets_its_own_value_its_user_s_or_everybody_s(demo):
    text = {"ValueType": "Text"}
    robots = [{"RobotId": 749, "StringValue": "robot's", **text}]
    users = [{"UserId": 45, "MachineId": 129, "StringValue": "user's", **text}]
    await add(demo, "Place", StringValue="everybody's", RobotValues=robots, UserValues=users)
    values = {}
    for robot in (749, 759, 216):
        reply = await demo.get(
            f"{FUNCTION}GetRobotAssetByRobotId(robotId={robot},assetName='place')", **FINANCE
        )
        values[robot] = reply.body["StringValue"]
    assert values == {749: "robot's", 759: "user's", 216: "everybody's"}
    quoted = await demo.get(f"{FUNCTION}GetRobotAsset(robotId='749',assetName='Place')", **FINANCE)
    assert (quoted.status, quoted.body["StringValue"]) == (200, "robot's")
    for robot, name in ((5, "Place"), (749, "Nothing")):
        missing = await demo.get(
            f"{FUNCTION}GetRobotAssetByRobotId(robotId={robot},assetName='{name}')", **FINANCE
        )
        assert (missing.status, missing.body["errorCode"]) == (404, 1002)


async def test_an_asset_of_some_robots_has_no_value_for_the_others(demo):
    mine = [{"RobotId": 749, "IntValue": 5, "ValueType": "Integer"}]
    await add(demo, "Desk", "Integer", ValueScope="PerRobot", RobotValues=mine)
    path = FUNCTION + "GetRobotAssetByRobotId(robotId={},assetName='Desk')"
    assert (await demo.get(path.format(749), **FINANCE)).body["IntValue"] == 5
    assert (await demo.get(path.format(759), **FINANCE)).status == 404


async def test_without_a_robot_s_key_only_an_open_asset_gives_its_secret(demo):
    fields = {"CredentialUsername": "smith", "CredentialPassword": SECRET}
    await add(demo, "Closed", "Credential", **fields)
    await add(demo, "Open", "Credential", **fields, AllowDirectApiAccess=True)
    path = f"{FUNCTION}GetRobotAssetByNameForRobotKey"
    assert (await demo.send("POST", path, {"assetName": "Closed"}, **FINANCE)).status == 400
    reply = await demo.send("POST", path, {"assetName": "Open"}, **FINANCE)
    assert (reply.status, reply.body["CredentialPassword"]) == (200, SECRET)


async def test_robots_ask_and_set_by_their_keys(demo):
    key = demo.emulator.sql("SELECT LicenseKey FROM Robots WHERE Id = 749")[0][0]
    fields = {"CredentialUsername": "smith", "CredentialPassword": SECRET}
    await add(demo, "Login", "Credential", **fields)
    ask = {"robotKey": key.upper(), "assetName": "Login"}
    reply = await demo.send("POST", f"{FUNCTION}GetRobotAssetByNameForRobotKey", ask, **FINANCE)
    assert (reply.status, reply.body["CredentialUsername"]) == (200, "smith")
    assert reply.body["CredentialPassword"] == SECRET
    by_id = await demo.get(f"{FUNCTION}GetRobotAssetByRobotId(robotId=749,assetName='Login')", **FINANCE)
    assert SECRET not in str(by_id.body)
    changed = {
        "Name": "Login",
        "ValueType": "Credential",
        "CredentialUsername": "jones",
        "CredentialPassword": "n",
    }
    put = {"robotKey": key, "robotAsset": changed}
    assert (await demo.send("POST", f"{FUNCTION}SetRobotAssetByRobotKey", put, **FINANCE)).status == 204
    stored = demo.emulator.sql("SELECT CredentialUsername, CredentialPassword FROM Assets")
    assert stored == [("jones", "n")]
    assert (
        await demo.send(
            "POST", f"{FUNCTION}GetRobotAssetByNameForRobotKey", ask | {"robotKey": "x"}, **FINANCE
        )
    ).status == 404


async def test_a_robot_sets_its_own_value_where_it_has_one(demo):
    mine = [{"RobotId": 749, "ValueType": "Text", "StringValue": "old"}]
    created = await add(demo, "Place", StringValue="everybody's", RobotValues=mine)
    key = demo.emulator.sql("SELECT LicenseKey FROM Robots WHERE Id = 749")[0][0]
    put = {"robotKey": key, "robotAsset": {"Name": "Place", "ValueType": "Text", "StringValue": "new"}}
    assert (await demo.send("POST", f"{FUNCTION}SetRobotAssetByRobotKey", put, **FINANCE)).status == 204
    after = (await demo.get(f"{ASSETS}({created['Id']})?$expand=RobotValues", **FINANCE)).body
    assert (after["StringValue"], after["RobotValues"][0]["StringValue"]) == ("everybody's", "new")


async def test_secrets_of_users_stay_where_none_is_sent(demo):
    own = {"UserId": 45, "ValueType": "Credential", "CredentialUsername": "smith"}
    sent = {"ValueScope": "PerRobot", "UserValues": [own | {"CredentialPassword": SECRET}]}
    created = await add(demo, "Login", "Credential", **sent)
    again = asset(
        "Login", "Credential", ValueScope="PerRobot", UserValues=[own | {"CredentialUsername": "jones"}]
    )
    assert (await demo.send("PUT", f"{ASSETS}({created['Id']})", again, **FINANCE)).status == 200
    kept = "SELECT json_extract(UserValues, '$[0].CredentialUsername', '$[0].CredentialPassword') FROM Assets"
    assert demo.emulator.sql(kept) == [(f'["jones","{SECRET}"]',)]
