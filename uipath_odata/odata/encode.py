"""Entities and keyword arguments to JSON bodies: wire names, and nothing that was not set."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from uipath_odata.errors import QueryError
from uipath_odata.odata.entity import Entity, member_of, properties
from uipath_odata.odata.instant import Instant

__all__ = ["body_of", "fields_of", "json_bytes"]


def body_of(entity: Entity | Mapping[str, Any]) -> dict[str, Any]:
    """Give the JSON object of an entity without its ``None`` values; a mapping with wire names is sent as it is."""
    if isinstance(entity, Entity):
        return {
            member.wire: _json(value)
            for name, member in properties(type(entity)).items()
            if (value := getattr(entity, name)) is not None
        }
    try:
        return {name: _json(value) for name, value in entity.items()}
    except AttributeError:
        kind = type(entity).__name__
        raise QueryError(
            f"a body is an entity or a dict with wire names, not {kind}: pass one of them"
        ) from None


def fields_of(entity: type[Entity], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Give the JSON object of exactly these attributes, ``None`` included; raises QueryError for an unknown one."""
    try:
        return {member_of(entity, name).wire: _json(value) for name, value in fields.items()}
    except AttributeError as error:
        raise QueryError(str(error)) from None


def json_bytes(body: Any) -> bytes:
    """Write a JSON body; raises QueryError for a value that JSON or Orchestrator has no form for."""
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise QueryError(
            f"the body cannot be written as JSON, {error}: use plain values, entities and dicts"
        ) from None


def _json(value: Any) -> Any:
    if isinstance(value, Entity | Mapping):
        return body_of(typing.cast("Entity | Mapping[str, Any]", value))
    if isinstance(value, list | tuple):
        return [_json(item) for item in typing.cast("list[Any]", value)]
    if isinstance(value, dt.datetime):
        return str(Instant.from_datetime(value))
    if isinstance(value, Instant | UUID):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
