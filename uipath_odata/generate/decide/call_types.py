"""The Python types of arguments and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from uipath_odata.generate.decide.enum_aliases import EnumAlias
from uipath_odata.generate.read.document import Array, Enum, Envelope, Map, Primitive, Ref, Type

__all__ = ["CallTypes"]

_ARGUMENTS: Final = {
    "any": "Any",
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "object": "Mapping[str, Any]",
    "string": "str",
    "string:binary": "bytes",
    "string:date-time": "dt.datetime | Instant",
    "string:json": "str | Mapping[str, Any]",
    "string:uuid": "UUID | str",
}
_RESULTS: Final = {
    "any": "Any",
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "object": "dict[str, Any]",
    "string": "str",
    "string:binary": "bytes",
    "string:date-time": "dt.datetime",
    "string:uuid": "UUID",
}


@attrs.frozen
class CallTypes:
    """Annotations in the modules of operations, where an entity is ``entities.Job``."""

    classes: Mapping[str, str]
    aliases: Mapping[str, EnumAlias]

    def entity(self, schema: str) -> str:
        """Return the class of a schema, whose module is imported when the name is used."""
        return f"entities.{self.classes[schema]}"

    def whole(self, schema: str) -> str:
        """Return the annotation of an entity that may also be a dict with wire names."""
        return f"{self.entity(schema)} | Mapping[str, Any]"

    def argument(self, type_: Type) -> str:
        """Return the annotation of an argument."""
        match type_:
            case Ref(schema):
                return self.whole(schema)
            case Enum(name):
                return f"entities.{self.aliases[name].name}"
            case Array(item):
                return f"Sequence[{self.argument(item)}]"
            case Map(value):
                return f"Mapping[str, {self.argument(value)}]"
            case Envelope(value):
                return self.argument(value)
            case Primitive(name):
                return _ARGUMENTS.get(name) or _ARGUMENTS[name.partition(":")[0]]

    def result(self, type_: Type) -> str:
        """Return the annotation of an answer; except for ``Any``, the same text says at run time what it is read as."""
        match type_:
            case Ref(schema):
                return self.entity(schema)
            case Enum():
                return "str"
            case Array(item):
                return f"list[{self.result(item)}]"
            case Map(value):
                return f"dict[str, {self.result(value)}]"
            case Envelope(value):
                return self.result(value)
            case Primitive(name):
                return _RESULTS.get(name) or _RESULTS[name.partition(":")[0]]
