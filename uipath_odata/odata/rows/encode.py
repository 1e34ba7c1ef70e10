"""Entities and keyword arguments to JSON bodies: wire names, and nothing that was not set."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any, TypeGuard, cast
from uuid import UUID

import orjson

from uipath_odata.errors import QueryError
from uipath_odata.odata.entity import Entity, JsonText, Member, member_of, properties
from uipath_odata.odata.instant import Instant

__all__ = ["body_of", "fields_of", "json_bytes", "replacement_of"]


def body_of(entity: Entity | Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON object of an entity, without what is ``None`` or only the server sends; a dict has wire names.

    What the schema does not know is in it as it was sent: servers clear what a replacement leaves out.
    """
    if isinstance(entity, Entity):
        known = {
            member.wire: _held(member, value)
            for name, member in properties(type(entity)).items()
            if (value := getattr(entity, name)) is not None and not member.read_only
        }
        return known | {name: _json(value) for name, value in entity.extra.items() if name not in known}
    if not _is_mapping(entity):
        kind = type(entity).__name__
        raise QueryError(f"a body is an entity or a dict with wire names, not {kind}: pass one of them")
    return {name: _json(value) for name, value in entity.items()}


def replacement_of(entity: Entity | Mapping[str, Any]) -> dict[str, Any]:
    """Give the JSON object that replaces an entity; raises QueryError for a row that was read under a select."""
    if isinstance(entity, Entity) and entity._partial:  # noqa: SLF001 - the mark of such a row
        raise QueryError(
            f"this {type(entity).__name__} was read under a select, so that replacing would clear what was left out: "
            "read it whole with get(key), or send the changes with update(key, …)"
        )
    return body_of(entity)


def fields_of(entity: type[Entity], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Give the JSON object of exactly these attributes, ``None`` included; raises QueryError for an unknown one."""
    members = {name: member_of(entity, name, "a dict with wire names") for name in fields}
    return {member.wire: _held(member, fields[name]) for name, member in members.items()}


def json_bytes(body: Any) -> bytes:
    """Write a JSON body; raises QueryError for a value that JSON or Orchestrator has no form for."""
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise QueryError(
            f"the body cannot be written as JSON, {error}: use plain values, entities and dicts"
        ) from None


def _held(member: Member, value: Any) -> Any:
    if _is_mapping(value) and member.annotation is JsonText:
        return json_bytes(_json(value)).decode()
    return _json(value)


def _json(value: Any) -> Any:
    if isinstance(value, Entity) or _is_mapping(value):
        return body_of(value)
    if isinstance(value, Sequence | AbstractSet) and not isinstance(value, str | bytes):
        return [_json(item) for item in cast("list[Any]", value)]
    if isinstance(value, dt.datetime):
        return str(Instant.from_datetime(value))
    if isinstance(value, Instant | UUID):
        return str(value)
    return _number(value) if isinstance(value, float | Decimal) else value


def _number(value: float | Decimal) -> int | float:
    # orjson writes null for numbers that JSON has not, and knows no Decimal.
    if not math.isfinite(value):
        raise QueryError(f"JSON has no {value}: give a finite number, or None")
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
