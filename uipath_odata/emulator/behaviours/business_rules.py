"""Business rules: a file and what is said about it, in one body of two parts."""

from __future__ import annotations

from typing import Any

import attrs
import orjson

from uipath_odata.emulator.data import ticks
from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.data.values import BindingError
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http import multipart, parameters, storage
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal, not_found
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import entity
from uipath_odata.emulator.rows.records import existing, named, of_path
from uipath_odata.emulator.rows.writes import add, read, values_of, why
from uipath_odata.emulator.world import Call, World

_SET, _TYPE, _MINUTES = "BusinessRules", "BusinessRuleDto", 30


@answers("BusinessRules_Post")
def create(world: World, call: Call) -> Answer:
    """Add a rule with its first version."""
    file, values = _sent(world, call)
    key = add(world, _SET, {name: each for name, each in values.items() if name != "Id"}, call.folder)
    _keep(world, existing(world, _SET, key), file, "1")
    return entity(world, attrs.evolve(call, query=""), _SET, key, call.operation.status)


@answers("BusinessRules_PutById")
def replace(world: World, call: Call) -> Answer:
    """Change a rule; a file makes a new version."""
    rule = of_path(world, call)
    file, values = _sent(world, call)
    world.store.change(_SET, rule["Id"], {name: each for name, each in values.items() if name != "Id"})
    if file is not None:
        _keep(world, rule, file, str(len(_versions(world, rule)) + 1))
    return Answer()


@answers("BusinessRules_GetVersionListById")
def versions(world: World, call: Call) -> Answer:
    """List the versions of a rule."""
    rule = existing(world, _SET, call.arguments["id"].lower(), call.folder)
    current = _current(rule)
    rows = [
        {
            "BusinessRuleKey": rule["Id"],
            "VersionNumber": number,
            "IsActive": number == current,
            "CreationTime": ticks.text(found["modified"]),
        }
        for found in _versions(world, rule)
        if (number := found["path"].partition("/")[2])
    ]
    return documents.listing(world, call, "BusinessRuleVersionDto", rows)


@answers("BusinessRules_GetReadUriByName")
def read_uri(world: World, call: Call) -> Answer:
    """Return the address where the file of a version of a rule can be read for a while."""
    rule = named(world, _SET, call.arguments["name"], call.folder)
    number = parameters.text(call, "versionNumber") or _current(rule)
    path = f"{rule['Id']}/{number}"
    if storage.find(world, _SET, path) is None:
        raise not_found(f"The version {number} of {rule['Name']}")
    minutes = parameters.number(call, "expiryInMinutes") or _MINUTES
    access = storage.access(world, call.origin, _SET, path, "GET", minutes)
    reply = {"VersionNumber": number, "BusinessRuleName": rule["Name"], "DownloadUri": access}
    return documents.single(call, "BusinessRuleVersionDownloadResponse", reply)


def _sent(world: World, call: Call) -> tuple[bytes | None, dict[str, SqlValue]]:
    found = {part.name: part.content for part in multipart.parts(call)}
    type_ = world.schema.types[_TYPE]
    try:
        body = read(world, type_, orjson.loads(found.get("businessRule", b"null")))
    except (BindingError, orjson.JSONDecodeError) as error:
        raise Refusal("businessRule must not be null", hint=why(error, type_)) from error
    return found.get("file"), values_of(world, _TYPE, body)


def _keep(world: World, rule: Row, file: bytes | None, number: str) -> None:
    if file is None:
        raise Refusal("The file field is required.", INVALID_ARGUMENT)
    storage.put(world, _SET, f"{rule['Id']}/{number}", file, "application/octet-stream")
    version: dict[str, Any] = {"BusinessRuleKey": rule["Id"], "VersionNumber": number, "IsActive": True}
    version["CreationTime"] = ticks.text(world.now)
    world.store.change(_SET, rule["Id"], {"CurrentVersion": orjson.dumps(version).decode()})


def _current(rule: Row) -> str | None:
    """Return the number of the version that counts; None for a rule without files."""
    version: dict[str, Any] = orjson.loads(rule["CurrentVersion"] or "{}")
    return version.get("VersionNumber")


def _versions(world: World, rule: Row) -> list[Row]:
    where = "place = ? AND substr(path, 1, ?) = ? ORDER BY modified, path"
    beginning = f"{rule['Id']}/"
    return world.store.find("_files", where, _SET, len(beginning), beginning)
