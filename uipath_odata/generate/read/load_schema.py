"""Load the schema of Orchestrator's API that is committed here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from uipath_odata.generate.read.document import (
    ApiOperation,
    Array,
    Document,
    Enum,
    Envelope,
    Map,
    Parameter,
    Primitive,
    Ref,
    Schema,
    SchemaProperty,
    Type,
)

__all__ = ["orchestrator", "read"]

_HERE: Final = Path(__file__).parents[1]
_ENVELOPE: Final = "ODataValueOf"
_FOLDER: Final = "X-UIPATH-OrganizationUnitId"


def orchestrator() -> Document:
    """Return API v20, with the Environments of 2020.10, which it no longer has, and what clients send beyond the schema."""
    field, newest, classic = (
        read((_HERE / f"orchestrator-{name}.json").read_text(encoding="utf-8"))
        for name in ("in-the-field", "v20", "2020.10-environments")
    )
    return newest.amended_by(field).extended_by(classic)


def read(text: str) -> Document:
    """Read the text of one file."""
    facts = json.loads(text)
    schemas = facts["schemas"]
    return Document(
        tuple(_operation(each, schemas) for each in facts["operations"]),
        {name: _schema(name, each) for name, each in schemas.items() if not name.startswith(_ENVELOPE)},
        {name: tuple(members) for name, members in facts["enums"].items()},
    )


def _schema(name: str, facts: dict[str, Any]) -> Schema:
    own = tuple(_property(wire, each) for wire, each in facts["properties"].items())
    return Schema(name, own, tuple(base["ref"] for base in facts.get("allOf", ())))


def _property(wire: str, facts: dict[str, Any]) -> SchemaProperty:
    return SchemaProperty(
        wire, _type(facts["type"]), facts.get("required", False), facts.get("readOnly", False)
    )


def _operation(facts: dict[str, Any], schemas: dict[str, Any]) -> ApiOperation:
    return ApiOperation(
        tag=facts["tag"],
        method=facts["method"],
        path=facts["path"],
        path_parameters=_parameters(facts.get("path_params", ())),
        query_parameters=_parameters(facts.get("query", ())),
        options=facts.get("odata", {}),
        folder_required=facts.get("headers", {}).get(_FOLDER) == "required",
        body=_content(facts.get("body", {}), schemas),
        answers={int(status): _content(each, schemas) for status, each in facts["responses"].items()},
        header_parameters=tuple(
            Parameter(name, Primitive("string:uuid" if name.endswith("Key") else "string"))
            for name in facts.get("headers", {})
            if name != _FOLDER
        ),
        multipart=facts.get("body", {}).get("content") == "multipart/form-data",
        scopes=tuple(facts.get("scopes", ())),
        permissions=tuple(facts.get("permissions", ())),
        deprecated=facts.get("deprecated", False),
    )


def _parameters(facts: Any) -> tuple[Parameter, ...]:
    return tuple(Parameter(each["name"], _type(each["type"])) for each in facts)


def _content(facts: dict[str, Any], schemas: dict[str, Any]) -> Type | None:
    if "type" not in facts:
        return None
    match facts["type"]:
        case {"ref": str(name)} if name.startswith(_ENVELOPE):
            return Envelope(_type(schemas[name]["properties"]["value"]["type"]))
        case type_:
            return _type(type_)


def _type(facts: Any) -> Type:
    match facts:
        case str(name):
            return Primitive(name)
        case {"ref": name}:
            return Ref(name)
        case {"enum": name}:
            return Enum(name)
        case {"array": item}:
            return Array(_type(item))
        case {"map": value}:
            return Map(_type(value))
        case {"object": _}:
            return Primitive("object")
        case _:
            raise ValueError(
                f"{facts!r} is not a type that a schema file may have: extend load_schema.py with it"
            )
