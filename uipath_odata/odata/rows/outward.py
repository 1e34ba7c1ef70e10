"""Entities to dicts and JSON, and back, for programs and web backends."""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, TypeVar, cast
from uuid import UUID

import attrs
import orjson

from uipath_odata.errors import DecodeError
from uipath_odata.odata.entity import KEPT, Entity, properties
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.rows.encode import plain_json
from uipath_odata.odata.rows.json_body import as_array
from uipath_odata.odata.rows.values import is_entity, item_of, type_of

__all__ = ["dict_of", "entity_of", "for_json", "json_of", "pydantic_schema", "written"]

E = TypeVar("E", bound=Entity)


@attrs.frozen
class _Form:
    """How entities become dicts: by which names, and what becomes of values of other classes than the ``kept``."""

    wire: bool
    kept: frozenset[type]
    convert: Callable[[Any], Any] = plain_json

    def of(self, entity: Entity) -> dict[str, Any]:
        names, values_of = _read_by(type(entity), self.wire)
        kept, other = self.kept, self._other
        made = {
            name: value if value.__class__ in kept else other(value)
            for name, value in zip(names, values_of(entity), strict=False)
            if value is not None
        }
        if more := KEPT.__get__(entity):
            for name, value in more.items():
                made.setdefault(name, self.convert(value))
        return made

    def _other(self, value: Any) -> Any:
        if isinstance(value, Entity):
            return self.of(value)
        if (listed := as_array(value)) is not None:
            return [*map(self._other, listed)]
        return self.convert(value)


_NATIVE: Final = frozenset({str, int, bool})
_OF_PYTHON: Final = _Form(wire=False, kept=_NATIVE | {UUID, float, dt.datetime}, convert=lambda value: value)
_OF_JSON: Final = {wire: _Form(wire, _NATIVE) for wire in (False, True)}
_FOR_ORJSON: Final = {wire: _Form(wire, _NATIVE | {UUID}) for wire in (False, True)}
"""For orjson, which writes UUIDs as we do."""


def dict_of(entity: Entity, *, wire: bool) -> dict[str, Any]:
    """Return what an entity holds, without what is None; by wire names, as JSON has it."""
    return _OF_JSON[True].of(entity) if wire else _OF_PYTHON.of(entity)


def json_of(entity: Entity, *, wire: bool) -> bytes:
    """Return what an entity holds as JSON."""
    return written(for_json(entity, wire=wire))


def for_json(entity: Entity, *, wire: bool) -> dict[str, Any]:
    """Return what an entity holds, for `written`."""
    return _FOR_ORJSON[wire].of(entity)


def written(value: Any) -> bytes:
    r"""Write JSON; half a surrogate pair, "\ud83d", which a text cut inside an emoji has, stays in it."""
    try:
        return orjson.dumps(value, default=_plain)
    except orjson.JSONEncodeError:
        return json.dumps(value, default=_plain, separators=(",", ":"), allow_nan=False).encode()


def _plain(value: Any) -> Any:
    made = plain_json(value)
    if made is value:
        raise TypeError(f"{type(value).__name__} has no form in JSON: leave it out, or make it a text")
    return made


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
        return _OF_JSON[False].of(value)

    def described(_schema: Any, _handler: Any) -> dict[str, str]:
        return {"type": "object", "title": cls.__name__}

    return core.no_info_plain_validator_function(
        checked,
        serialization=core.plain_serializer_function_ser_schema(given_out),
        metadata={"pydantic_js_functions": [described]},
    )


@functools.cache
def _read_by(cls: type[Entity], wire: bool) -> tuple[Sequence[str], Callable[[Entity], Sequence[Any]]]:
    """Return the names of an entity's properties and what reads all of them at once, and two values more."""
    known = properties(cls)
    names = [member.wire for member in known.values()] if wire else [*known]
    return names, attrgetter(*known, "__class__", "__class__")


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
