"""The text properties that hold JSON, reviewed one by one.

When written they take a mapping as well as a text; when read they stay as sent. Evidence: the API guide's examples,
and what clients in the field send and read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from uipath_odata.generate.read.document import Primitive, Schema, SchemaProperty

__all__ = ["JSON_TEXT", "with_json_texts"]

JSON_TEXT: Final = Primitive("string:json")

_NAMES: Final = frozenset(
    {
        "AdditionalConfiguration",
        "AnalyticsData",
        "AnalyticsDataJsonSchema",
        "ContentJson",
        "ContentJsonSchema",
        "CronDetails",
        "CustomData",
        "InputArguments",
        "OutputArguments",
        "OutputData",
        "OutputDataJsonSchema",
        "RawMessage",
        "SpecificData",
        "SpecificDataJsonSchema",
        "StartProcessCronDetails",
        "inputArgs",
        "inputArguments",
    }
)


def with_json_texts(schemas: Mapping[str, Schema]) -> Mapping[str, Schema]:
    """Return the schemas with a type of its own for these properties."""
    return {
        name: attrs.evolve(schema, properties=tuple(map(_marked, schema.properties)))
        for name, schema in schemas.items()
    }


def _marked(each: SchemaProperty) -> SchemaProperty:
    holds_json = each.wire in _NAMES and each.type == Primitive("string")
    return attrs.evolve(each, type=JSON_TEXT) if holds_json else each
