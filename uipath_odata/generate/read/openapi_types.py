"""The schemas of an OpenAPI 3 or Swagger 2 document as types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from uipath_odata.generate.read.document import (
    Array,
    Enum,
    Envelope,
    Map,
    Primitive,
    Ref,
    Schema,
    SchemaProperty,
    Type,
)
from uipath_odata.generate.read.plain_text import description
from uipath_odata.odata.rows.json_body import as_array

__all__ = ["Types"]


@attrs.define
class Types:
    """Reads types, and collects the enums and the objects without a name that it finds on the way."""

    schemas: dict[str, Any]
    enums: dict[str, tuple[str, ...]] = attrs.field(factory=dict[str, tuple[str, ...]], init=False)

    def objects(self) -> Mapping[str, Schema]:
        """Read every object schema that is not an envelope of OData."""
        found: dict[str, Schema] = {}
        while waiting := [name for name in self.schemas if name not in found and self._is_object(name)]:
            found |= {name: self._object(name, self.schemas[name]) for name in waiting}
        return found

    def answer(self, schema: Mapping[str, Any], name: str) -> Type:
        """Read what an operation answers: an object without a name that has only a value is OData's envelope."""
        if set(schema.get("properties", ())) == {"value"}:
            return Envelope(self.of(schema["properties"]["value"], name))
        return self.of(schema, name)

    def of(self, schema: Mapping[str, Any], name: str) -> Type:
        """Read a type; an enum or object without a name gets ``name``."""
        schema = _only(schema)
        if "$ref" in schema:
            return self._referred(_name(schema["$ref"]))
        kind = _kind(schema)
        members = tuple(str(each) for each in schema.get("enum", ()) if each is not None)
        if members and kind == "string":
            self.enums[name] = members
            return Enum(name)
        match kind:
            case "array":
                return Array(self.of(schema.get("items", {}), name))
            case "file":
                return Primitive("string:binary")
            case "object":
                return self._shaped(schema, name)
            case _:
                return Primitive(":".join(filter(None, (kind, schema.get("format")))))

    def _shaped(self, schema: Mapping[str, Any], name: str) -> Type:
        if _is_envelope(name, schema):
            return Envelope(self.of(schema["properties"]["value"], name))
        if "properties" in schema:
            self.schemas.setdefault(name, schema)
            return Ref(name)
        values = schema.get("additionalProperties")
        if not values:
            return Primitive("object")
        return Map(Primitive("any") if values is True else self.of(values, name))

    def _referred(self, name: str) -> Type:
        return Ref(name) if self._is_object(name) else self.of(self.schemas[name], name)

    def _is_object(self, name: str) -> bool:
        schema = self.schemas[name]
        return ("properties" in schema or len(schema.get("allOf", ())) > 1) and not _is_envelope(name, schema)

    def _object(self, name: str, schema: Mapping[str, Any]) -> Schema:
        parts = schema.get("allOf", ())
        own = [schema, *(part for part in parts if "$ref" not in part)]
        required = {wire for part in own for wire in part.get("required", ())}
        properties = [
            SchemaProperty(
                wire,
                self.of(each, f"{name}{wire[0].upper()}{wire[1:]}"),
                wire in required,
                each.get("readOnly", False),
                description(each),
            )
            for part in own
            for wire, each in part.get("properties", {}).items()
        ]
        bases = tuple(_name(part["$ref"]) for part in parts if "$ref" in part)
        return Schema(name, tuple(properties), bases, description(schema))


def _kind(schema: Mapping[str, Any]) -> str:
    kind: Any = schema.get("type")
    if isinstance(kind, list):
        # OpenAPI 3.1 lists null with the type.
        kind = next((each for each in as_array(kind) or () if each != "null"), None)
    shaped = "properties" in schema or "additionalProperties" in schema
    return kind or ("object" if shaped else "any")


def _only(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    # OpenAPI 3.0 wraps a reference to say more of it, such as nullable.
    parts = schema.get("allOf", ())
    return parts[0] if len(parts) == 1 and "properties" not in schema else schema


def _is_envelope(name: str, schema: Mapping[str, Any]) -> bool:
    wires = set(schema.get("properties", ()))
    own = {wire for wire in wires if not wire.startswith("@odata.")}
    return own == {"value"} and (wires != own or name.startswith("OData"))


def _name(reference: str) -> str:
    return reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
