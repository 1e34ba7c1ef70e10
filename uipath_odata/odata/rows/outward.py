"""Entities that leave the program, or enter it, as dicts and JSON: what a web backend answers with."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import orjson

from uipath_odata.errors import DecodeError
from uipath_odata.odata.entity import Entity, properties
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.rows.encode import plain_json
from uipath_odata.odata.rows.json_body import as_array
from uipath_odata.odata.rows.values import is_entity, item_of, type_of

__all__ = ["dict_of", "entity_of", "json_of", "pydantic_schema"]

E = TypeVar("E", bound=Entity)


def dict_of(entity: Entity, *, wire: bool) -> dict[str, Any]:
    """Return what an entity holds, without what is None; by wire names, as JSON has it."""
    return _dict_of(entity, wire=wire, as_json=wire)


def json_of(entity: Entity, *, wire: bool) -> bytes:
    """Return what an entity holds as JSON."""
    return orjson.dumps(_dict_of(entity, wire=wire, as_json=True))


def entity_of(cls: type[E], row: Mapping[str, Any]) -> E:
    """Make an entity of wire names or of attributes. Raise DecodeError for what is not a dict of texts to values."""
    given: Any = row
    if not isinstance(given, Mapping):
        raise DecodeError(f"{cls.__name__} is made of a dict, not of {type(given).__name__}: give a dict")
    (made,) = decode(cls, [plain_json(_by_wire(cls, row))])
    return made


def pydantic_schema(cls: type[Entity]) -> Any:
    """Return pydantic's core schema of an entity: checked by `entity_of`, given out by `dict_of`."""
    core: Any = importlib.import_module("pydantic_core.core_schema")

    def checked(value: Any) -> Any:
        if isinstance(value, cls):
            return value
        try:
            return entity_of(cls, value)
        except DecodeError as error:
            raise ValueError(str(error)) from error

    def given_out(value: Entity) -> Any:
        return _dict_of(value, wire=False, as_json=True)

    def described(_schema: Any, _handler: Any) -> dict[str, str]:
        return {"type": "object", "title": cls.__name__}

    return core.no_info_plain_validator_function(
        checked,
        serialization=core.plain_serializer_function_ser_schema(given_out),
        metadata={"pydantic_js_functions": [described]},
    )


def _dict_of(entity: Entity, *, wire: bool, as_json: bool) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, member in properties(type(entity)).items():
        if (value := getattr(entity, name)) is not None:
            made[member.wire if wire else name] = _value_of(value, wire=wire, as_json=as_json)
    for name, value in entity.extra.items():
        made.setdefault(name, plain_json(value) if as_json else value)
    return made


def _value_of(value: Any, *, wire: bool, as_json: bool) -> Any:
    if isinstance(value, Entity):
        return _dict_of(value, wire=wire, as_json=as_json)
    if (listed := as_array(value)) is not None:
        return [_value_of(each, wire=wire, as_json=as_json) for each in listed]
    return plain_json(value) if as_json else value


def _by_wire(cls: type[Entity], row: Mapping[str, Any]) -> dict[str, Any]:
    known = properties(cls)
    made: dict[str, Any] = {}
    for name, value in row.items():
        member = known.get(name)
        wire = member.wire if member else name
        if not isinstance(cast("object", name), str) or wire in made:
            raise DecodeError(
                f"{cls.__name__} has no place for {name!r}: give each property once, by one name"
            )
        kind = type_of(member) if member else None
        made[wire] = _nested(item_of(kind) or kind, value)
    return made


def _nested(kind: Any, value: Any) -> Any:
    if (listed := as_array(value)) is not None:
        return [_nested(kind, each) for each in listed]
    if is_entity(kind) and isinstance(value, Mapping):
        return _by_wire(kind, cast("Mapping[str, Any]", value))
    return value
