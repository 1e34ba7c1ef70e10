"""The annotation of a property: its descriptor and its Python type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from uipath_odata.generate.decide.enum_aliases import EnumAlias
from uipath_odata.generate.decide.modules import Home
from uipath_odata.generate.read.document import Array, Enum, Envelope, Map, Primitive, Ref, Type

__all__ = ["PropertyTypes", "path_class"]

_PYTHON: Final = {
    "any": "Any",
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "object": "dict[str, Any]",
    "string": "str",
    "string:date-time": "dt.datetime",
    "string:uuid": "UUID",
}
_OWN_DESCRIPTORS: Final = {"string:date-time": "Timestamp", "string:json": "JsonText"}
_SHAPELESS: Final = (Primitive("any"), Primitive("object"))
# Levels of logs are the one enum that Orchestrator compares by rank.
_ORDERED: Final = frozenset({"LogDtoLevel"})


@attrs.frozen
class PropertyTypes:
    """Annotations in the modules of one package; elsewhere an entity is ``entities.Job``."""

    package: str
    homes: Mapping[str, Home]
    classes: Mapping[str, str]
    aliases: Mapping[str, EnumAlias]

    def of(self, type_: Type) -> str:
        """Return the annotation of a property of this type."""
        descriptor = _descriptor(type_)
        if descriptor in _OWN_DESCRIPTORS.values():
            return descriptor
        held = type_.item if isinstance(type_, Array) and descriptor != "Property" else type_
        nested = f', "{path_class(self.classes[held.schema])}"' if isinstance(held, Ref) else ""
        nested = nested if descriptor == "Navigation" else ""
        return f"{descriptor}[{self.python(held)}{nested}]"

    def python(self, type_: Type) -> str:
        """Return the Python type of a value."""
        match type_:
            case Ref(schema):
                return self._seen(self.classes[schema])
            case Enum(name):
                return self._seen(self.aliases[name].name)
            case Array(item):
                return f"list[{self.python(item)}]"
            case Map(value):
                return f"dict[str, {self.python(value)}]"
            case Envelope(value):
                return self.python(value)
            case Primitive(name):
                return _PYTHON.get(name) or _PYTHON[name.partition(":")[0]]

    def _seen(self, name: str) -> str:
        home = self.homes[name].package
        return name if home == self.package else f"{home}.{name}"


def path_class(name: str) -> str:
    """Return the class that type checkers see where an entity is reached through another one."""
    return f"{name}Path"


def _descriptor(type_: Type) -> str:
    match type_:
        case Primitive(name) if name in _OWN_DESCRIPTORS:
            return _OWN_DESCRIPTORS[name]
        case Ref():
            return "Navigation"
        case Array(Ref()):
            return "Collection"
        case Array(Enum() | Primitive()) if type_.item not in _SHAPELESS:
            return "Values"
        case Enum(name) if name in _ORDERED:
            return "Ordered"
        case _:
            return "Property"
