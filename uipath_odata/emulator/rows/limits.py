"""What a body must hold and how long its texts may be, as the schema says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.data.schema import EntityType, Property, Schema
from uipath_odata.emulator.data.values import known
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Refusal


def check(body: Mapping[str, Any], type_: EntityType, schema: Schema, *, partial: bool = False) -> None:
    """Refuse texts too long, numbers out of range and, unless the body is partial, what is required and not there."""
    given = {found.name: value for found, value in known(body, type_)}
    for found in type_.properties.values():
        value = given.get(found.name)
        if found.required and not partial and _is_missing(type_, found, value):
            raise Refusal(f"The {found.name} field is required.", INVALID_ARGUMENT)
        _check_value(found, value, schema, partial=partial)


def _is_missing(type_: EntityType, found: Property, value: Any) -> bool:
    """Value types have a default in .NET; texts, objects and lists have none, and an empty text counts as none.

    The enums of requests have no member for their default.
    """
    match found.kind:
        case "document" | "link":
            return value is None
        case "enum":
            return value is None and not type_.is_entity
        case "string":
            return not value
        case _:
            return False


def _check_value(found: Property, value: Any, schema: Schema, *, partial: bool) -> None:
    if isinstance(value, str) and found.longest is not None and len(value) > found.longest:
        raise Refusal(
            f"The field {found.name} must be a string with a maximum length of {found.longest}.",
            INVALID_ARGUMENT,
        )
    if isinstance(value, int) and not _is_within(found, value):
        raise Refusal(
            f"The field {found.name} must be between {found.least} and {found.most}.", INVALID_ARGUMENT
        )
    if found.kind == "document" and found.target is not None:
        for each in value if is_list(value) else [value]:
            if is_object(each):
                check(each, schema.types[found.target], schema, partial=partial)


def _is_within(found: Property, value: int) -> bool:
    return (found.least is None or value >= found.least) and (found.most is None or value <= found.most)
