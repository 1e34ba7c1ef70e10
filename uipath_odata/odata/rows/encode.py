"""Entities and keyword arguments to JSON bodies: wire names, and nothing that was not set."""

from __future__ import annotations

import datetime as dt
import math
import typing
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any, Final, TypeGuard, cast
from uuid import UUID

import orjson

from uipath_odata.errors import QueryError
from uipath_odata.odata.entity import (
    Collection,
    Entity,
    JsonText,
    Member,
    Navigation,
    Timestamp,
    extra_of,
    member_of,
    members_of,
    properties,
)
from uipath_odata.odata.instant import Instant, instant_text
from uipath_odata.odata.plain import plain
from uipath_odata.odata.rows.json_body import as_array
from uipath_odata.odata.rows.masks import refuse_masks, without_kept
from uipath_odata.odata.rows.spelling import check_names, check_value

__all__ = ["body_of", "fields_of", "json_bytes", "plain_json", "replacement_of"]

_WRITERS: Final[Mapping[type, Callable[[Any], Any]]] = {
    str: str, int: int, bool: bool, dt.datetime: instant_text, Instant: str, UUID: str
}  # fmt: skip
"""How JSON has the values of most properties: those of other libraries are looked at longer."""


def body_of(entity: Entity | Mapping[str, Any], kind: type[Entity] | None = None) -> dict[str, Any]:
    """Return the JSON object of an entity, without what is ``None`` or only the server sends; a dict has wire names.

    What the schema does not know is in it as it was sent: servers clear what a replacement leaves out. Raises
    QueryError for a name or an enum's member in another case than the schema's, a time without a zone, and a mask.
    """
    body = _object(entity, kind, own=True)
    if kind := type(entity) if isinstance(entity, Entity) else kind:
        refuse_masks(kind, body)
    return body


def replacement_of(entity: Entity | Mapping[str, Any], kind: type[Entity]) -> dict[str, Any]:
    """Return the JSON object that replaces an entity, which may be as the server sent it.

    Raises QueryError for a row that was read under a select, as it is or nested, and for a secret that is a mask.
    """
    if isinstance(entity, Entity):
        kind = type(entity)
        _refuse_parts(entity, kind.__name__)
    body = without_kept(kind, _object(entity, kind, own=False))
    refuse_masks(kind, body)
    return body


def fields_of(entity: type[Entity], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON object of exactly these attributes, ``None`` included; raise QueryError for an unknown one."""
    members = {name: member_of(entity, name, "a dict with wire names") for name in fields}
    body = {
        member.wire: _value_of(member, fields[name], own=True, strict=True)
        for name, member in members.items()
    }
    refuse_masks(entity, body)
    return body


def json_bytes(body: Any) -> bytes:
    """Write a JSON body; raise QueryError for a value that JSON or Orchestrator has no form for."""
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise QueryError(
            f"the body cannot be written as JSON, {error}: use plain values, entities and dicts"
        ) from None


def _refuse_parts(entity: Entity, where: str) -> None:
    if extra_of(entity).is_partial:
        raise QueryError(
            f"this {where} was read under a select, so that replacing would clear what was left out:"
            " read it whole with get(key), or send the changes with update(key, …)"
        )
    for name in properties(type(entity)):
        value = getattr(entity, name)
        for each in as_array(value) or [value]:
            if isinstance(each, Entity):
                _refuse_parts(each, f"{where}.{name}")


def _object(entity: Entity | Mapping[str, Any], kind: type[Entity] | None, *, own: bool) -> dict[str, Any]:
    """Encode an object; of a caller's ``own`` words the spelling is checked, what a server sent goes back as it came.

    A time that an entity holds as a text is always the caller's: what a server sent is a datetime there.
    """
    if isinstance(entity, Entity):
        known = {
            member.wire: _value_of(member, value, own=own or member.annotation is Timestamp)
            for name, member in properties(type(entity)).items()
            if (value := getattr(entity, name)) is not None and not member.read_only
        }
        return known | {name: plain_json(value) for name, value in entity.extra.items() if name not in known}
    if not _is_mapping(entity):
        given = type(entity).__name__
        raise QueryError(f"a body is an entity or a dict with wire names, not {given}: pass one of them")
    if kind and (strange := [name for name in entity if not isinstance(name, str)]):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
        raise QueryError(f"the key {strange[0]!r} of a body is not a name: write keys as texts")
    members: Mapping[str, Member] = members_of(kind, tuple(entity))[0] if kind else {}
    if kind and own:
        check_names(kind, members, entity)
    return {
        name: _value_of(members[name], value, own=own) if name in members else plain_json(value)
        for name, value in entity.items()
    }


def _value_of(member: Member, value: Any, *, own: bool, strict: bool = False) -> Any:
    value = plain(value)
    if own:
        check_value(member, value, strict=strict)
    if typing.get_origin(member.annotation) is Navigation and _is_mapping(value):
        return _object(value, member.argument, own=own)
    if typing.get_origin(member.annotation) is Collection and (listed := as_array(value)) is not None:
        return [
            _object(each, member.argument, own=own) if _is_mapping(each) else plain_json(each)
            for each in listed
        ]
    if member.annotation is JsonText and _is_mapping(value):
        return json_bytes(plain_json(value)).decode()
    return plain_json(value)


def plain_json(value: Any) -> Any:
    """Return a value as JSON has it; raise QueryError for what JSON cannot hold."""
    if (write := _WRITERS.get(value.__class__)) is not None:
        return write(value)
    value = plain(value)
    if isinstance(value, Entity) or _is_mapping(value):
        return _object(value, None, own=True)
    if isinstance(value, Sequence | AbstractSet) and not isinstance(value, str | bytes):
        return [plain_json(item) for item in cast("list[Any]", value)]
    if isinstance(value, dt.datetime):
        return instant_text(value)
    if isinstance(value, Instant | UUID):
        return str(value)
    return _number(value) if isinstance(value, float | Decimal) else value


def _number(value: float | Decimal) -> int | float:
    # orjson writes null for numbers that JSON cannot hold, and knows no Decimal.
    if not math.isfinite(value):
        raise QueryError(f"JSON cannot hold {value}: give a finite number, or None")
    return _exact(value) if isinstance(value, Decimal) else value


def _exact(value: Decimal) -> int | float:
    near = int(value) if value == value.to_integral_value() and abs(value) < 2**64 else float(value)
    if Decimal(repr(near)) != value:
        raise QueryError(
            "a Decimal in the body has more digits than a JSON number keeps: round it to 15 digits, or give a float"
        )
    return near


def _is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)
