"""Answers made from the schema alone, for operations that have no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from uipath_odata.emulator.data.json_values import is_object
from uipath_odata.emulator.data.schema import EntityType, Kind, Property, Schema
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.world import Call, World

_DEEPEST = 3
_BINARY: Mapping[str, str] = MappingProxyType({"Content-Type": "application/octet-stream"})
_SCALARS: Mapping[Kind, Any] = MappingProxyType({
    "string": "sample",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "instant": "2024-05-14T06:00:00Z",
    "guid": "5a3f0e64-2c1b-4d7e-9f80-1b2c3d4e5f60",
})  # fmt: skip
_FORMATS: Mapping[str, Any] = MappingProxyType({
    "string:date-time": _SCALARS["instant"],
    "string:uuid": _SCALARS["guid"],
    "string:byte": "AAAAAAAAB9E=",
    "string:email": "sample@example.com",
    "string:uri": "http://127.0.0.1/",
})  # fmt: skip


def sample(world: World, call: Call) -> Answer:
    """Answer with the operation's documented status and a value of its documented type."""
    reply = call.operation.reply
    if reply is None:
        return Answer(call.operation.status)
    if reply == "string:binary":
        return Answer(call.operation.status, content=b"sample", headers=_BINARY)
    return Answer(call.operation.status, content=orjson.dumps(_of_facts(reply, world.schema)))


def _of_facts(shape: Any, schema: Schema) -> Any:
    """Make a value of a type as the facts write it."""
    if not is_object(shape):
        return _FORMATS.get(shape) or _of_name(str(shape))
    if "ref" in shape:
        return _object(schema.types[shape["ref"]], schema, 0)
    if "array" in shape:
        return [_of_facts(shape["array"], schema)]
    return {}


def _of_name(shape: str) -> Any:
    names: Mapping[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "string": "sample"}
    return names.get(shape.split(":", maxsplit=1)[0], {})


def _object(type_: EntityType, schema: Schema, depth: int) -> dict[str, Any]:
    """Return all properties, and far down only those that are required."""
    properties = type_.properties.values()
    return {
        each.name: _value(each, schema, depth) for each in properties if depth < _DEEPEST or each.required
    }


def _value(found: Property, schema: Schema, depth: int) -> Any:
    if found.many:
        return [_single(found, schema, depth)] if depth < _DEEPEST else []
    return _single(found, schema, depth)


def _single(found: Property, schema: Schema, depth: int) -> Any:
    if found.target is not None:
        return _object(schema.types[found.target], schema, depth + 1)
    if found.members:
        return found.members[0]
    value = _FORMATS.get(found.format, _SCALARS.get(found.element or found.kind, {}))
    if isinstance(value, str):
        return value[: found.longest]
    return max(value, found.least) if value == 1 and found.least is not None else value
