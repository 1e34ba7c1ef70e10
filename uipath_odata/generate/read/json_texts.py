"""The properties that are texts to the schema and hold JSON, reviewed one by one.

They take a mapping as well as a text when they are written, and stay as sent when they are read. Evidence: the API
guide's examples, and what clients in the field send and read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from uipath_odata.generate.read.document import Plain, Property, Schema

__all__ = ["JSON_TEXT", "with_json_texts"]

JSON_TEXT: Final = Plain("string:json")

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
    """Give the schemas with the type of these properties told apart from other texts."""
    return {
        name: attrs.evolve(schema, properties=tuple(map(_marked, schema.properties)))
        for name, schema in schemas.items()
    }


def _marked(each: Property) -> Property:
    holds_json = each.wire in _NAMES and each.type == Plain("string")
    return attrs.evolve(each, type=JSON_TEXT) if holds_json else each
