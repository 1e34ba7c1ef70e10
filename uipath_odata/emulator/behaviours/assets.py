"""Assets: values by type, for everybody or for one robot or user, whose secrets are never returned."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson

from uipath_odata.emulator.data.json_values import items
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http.answers import EMPTY_CREDENTIAL, INVALID_ARGUMENT, Answer, Refusal, not_found
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import listing
from uipath_odata.emulator.rows.records import existing, matching, named, of_path
from uipath_odata.emulator.rows.writes import body_of, create, replace, values_of
from uipath_odata.emulator.world import Call, World

_SET = "Assets"
_SECRET_OF = {
    "Credential": "CredentialPassword",
    "WindowsCredential": "CredentialPassword",
    "Secret": "SecretValue",
}
_OWNERS = {"RobotValues": ("RobotId",), "UserValues": ("UserId", "MachineId")}
_SECRETS = ("CredentialPassword", "SecretValue")
_SHOWN = (
    *("ValueType", "StringValue", "BoolValue", "IntValue", "CredentialUsername", "ExternalName"),
    *("CredentialStoreId", "KeyValueList"),
)


@answers("Assets_Get")
def readable(world: World, call: Call) -> Answer:
    """List the assets; those of type Secret are left out, as Orchestrator's API v20 does."""
    return listing(world, call, Sql("t.\"ValueType\" IS NOT 'Secret'"))


@answers("Assets_GetFiltered")
def filtered(world: World, call: Call) -> Answer:
    """List the assets of all types, without the user names of credentials."""
    answer = listing(world, call)
    rows = [
        row | {"CredentialUsername": None} if "CredentialUsername" in row else row
        for row in answer.body["value"]
    ]
    return Answer(body=answer.body | {"value": rows})


@answers("Assets_Post")
def add(world: World, call: Call) -> Answer:
    """Add an asset: 1500 for a credential without a password."""
    sent = body_of(world, call)
    _require_secret(sent, {})
    return create(world, call, _worked_out(sent, {}))


@answers("Assets_PutById")
def edit(world: World, call: Call) -> Answer:
    """Replace an asset; passwords that are not sent stay."""
    sent, stored = body_of(world, call), of_path(world, call)
    _require_secret(sent, stored)
    return replace(world, call, _worked_out(sent, stored))


@answers("Assets_GetRobotAssetByRobotId", "Assets_GetRobotAssetByRobotidAndAssetname")
def of_robot_id(world: World, call: Call) -> Answer:
    """Return the value that an asset has for a robot, by the robot's Id."""
    text = call.arguments["robotId"]
    robot = existing(world, "Robots", int(text) if text.isdigit() else text)
    return _for_robot(world, call, robot, call.arguments["assetName"])


@answers("Assets_GetRobotAssetByNameForRobotKey")
def of_robot_key(world: World, call: Call) -> Answer:
    """Return the value that an asset has for a robot, by the robot's licence key."""
    sent = body_of(world, call)
    if sent.get("robotKey"):
        return _for_robot(world, call, _robot(world, sent["robotKey"]), sent["assetName"], secrets=True)
    asset = named(world, _SET, sent["assetName"], call.folder)
    if not asset["AllowDirectApiAccess"]:
        raise Refusal("The robotKey field is required.", INVALID_ARGUMENT)
    return _shown(call, asset, asset, secrets=True)


@answers("Assets_SetRobotAssetByRobotKey")
def set_for_robot(world: World, call: Call) -> Answer:
    """Set the value that an asset has for a robot: its own one, or that of everybody where it has none."""
    sent = body_of(world, call)
    robot, value = _robot(world, sent["robotKey"]), sent["robotAsset"]
    asset = named(world, _SET, value["Name"], call.folder)
    own = _list(asset, "RobotValues")
    mine = [each for each in own if each.get("RobotId") == robot["Id"]]
    if mine:
        mine[0].update({name: each for name, each in value.items() if name not in {"Name", "Id"}})
        changes: dict[str, SqlValue] = {"RobotValues": orjson.dumps(own).decode()}
    else:
        asset_fields = {name: each for name, each in value.items() if name not in {"Id", "ConnectionData"}}
        changes = values_of(world, "AssetDto", asset_fields) | _worked_out(asset_fields, asset)
    world.store.change(_SET, asset["Id"], changes)
    return Answer(HTTPStatus.NO_CONTENT)


def _for_robot(world: World, call: Call, robot: Row, name: str, *, secrets: bool = False) -> Answer:
    asset = named(world, _SET, name, call.folder)
    own = [each for each in _list(asset, "RobotValues") if each.get("RobotId") == robot["Id"]]
    own += [
        each
        for each in _list(asset, "UserValues")
        if each.get("UserId") == robot["UserId"] and each.get("MachineId") in {None, robot["MachineId"]}
    ]
    if not own and asset["HasDefaultValue"] == 0:
        raise not_found(f"A value of the asset {name} for the robot {robot['Name']}")
    return _shown(call, asset, own[0] if own else asset, secrets=secrets)


def _shown(call: Call, asset: Row, value: Mapping[str, Any], *, secrets: bool) -> Answer:
    """Show a value as robots read it; only they, by their own key, get the secrets."""
    names = (*_SHOWN, *_SECRETS) if secrets else _SHOWN
    shown = {each: value.get(each) for each in names} | {"Name": asset["Name"], "Id": asset["Id"]}
    shown["KeyValueList"] = _list(asset, "KeyValueList") if value is asset else value.get("KeyValueList")
    shown["BoolValue"] = None if shown["BoolValue"] is None else bool(shown["BoolValue"])
    return documents.single(call, "UserAssetDto", shown | {"Value": _text(value)})


def _robot(world: World, license_key: str) -> Row:
    found = matching(world, "Robots", Sql('"LicenseKey" = ? COLLATE NOCASE', (license_key,)), None)
    if not found:
        raise not_found("A robot with this key")
    return found[0]


def _require_secret(sent: Mapping[str, Any], stored: Mapping[str, Any]) -> None:
    """Of an asset for everybody the value itself must have its secret, of the others each value of a robot or user."""
    values = (
        [] if sent.get("ValueScope") == "PerRobot" and not sent.get("HasDefaultValue") else [(sent, stored)]
    )
    values += [(value, _before(stored, name, value)) for name in _OWNERS for value in items(sent, name)]
    for value, before in values:
        secret = _SECRET_OF.get(value.get("ValueType") or sent.get("ValueType") or "")
        if secret and not value.get(secret) and not before.get(secret) and not value.get("ExternalName"):
            raise Refusal(f"The asset {sent['Name']} needs a {secret}.", EMPTY_CREDENTIAL)


def _worked_out(sent: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, SqlValue]:
    """Return the columns that follow from the others: the value as text, and lists with the secrets that they had."""
    has_default = sent.get("ValueScope") != "PerRobot" or bool(sent.get("HasDefaultValue"))
    values: dict[str, SqlValue] = {
        "Value": _text(sent),
        "HasDefaultValue": int(has_default),
        "CanBeDeleted": 1,
    }
    for name in _OWNERS:
        if sent.get(name) is not None:
            kept = [_with_secrets(value, _before(stored, name, value)) for value in sent[name]]
            values[name] = orjson.dumps(kept).decode()
    return values


def _with_secrets(value: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    secrets = {name: value.get(name) or before.get(name) for name in set(_SECRET_OF.values())}
    return {**value, **{name: secret for name, secret in secrets.items() if secret}, "Value": _text(value)}


def _before(stored: Mapping[str, Any], name: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Find what the same robot or user had."""
    for each in _list(stored, name):
        if all(each.get(owner) == value.get(owner) for owner in _OWNERS[name]):
            return each
    return {}


def _list(row: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return list(orjson.loads(row.get(name) or "[]"))


def _text(value: Mapping[str, Any]) -> str | None:
    match value.get("ValueType"):
        case "Text":
            return value.get("StringValue")
        case "Bool":
            return str(bool(value.get("BoolValue")))
        case "Integer":
            return str(value.get("IntValue") or 0)
        case "Credential":
            return f"username: {value.get('CredentialUsername') or ''}"
        case _:
            return None
