"""What of a tenant's requests and answers may be kept: what the schema knows to tell nothing of anybody.

Numbers, booleans, date-times and enum members stay where the schema has them. Every other text becomes a pseudonym, the same
for the same text, part by part of a path, so that folders, filters and rows still fit together. What the schema does not know
keeps its name and its kind alone.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.data.schema import EntityType, Property, Schema

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_CONTEXT = re.compile(r".*?(/odata/\$metadata#[\w()/,.$*+-]*)", re.DOTALL)
_TYPE_NAME = re.compile(r"#?[\w.()]+")
# Numbers and booleans that are a tenant's own data: the values of assets.
_DATA = frozenset({"intvalue", "boolvalue"})
_ERROR = EntityType("Error", {"errorcode": Property("errorCode", "integer")})


@attrs.frozen
class Masks:
    """Masks values; ``text`` and ``guid`` make the pseudonyms."""

    schema: Schema
    text: Callable[[str], str]
    guid: Callable[[str], str]

    def answer(self, body: Any, reply: Any, status: int) -> Any:
        """Mask the JSON body of an answer of this type; errors keep their number."""
        if status >= 400 and is_object(body):  # noqa: PLR2004 - an HTTP status
            return self._object(body, _ERROR)
        return self.value(body, reply)

    def value(self, value: Any, type_: Any) -> Any:
        """Mask a value of a type of the schema facts; ``None`` is a type that is not known."""
        if value is None:
            return None
        match type_:
            case {"ref": name} if is_object(value) and name in self.schema.types:
                return self._object(value, self.schema.types[name])
            case {"array": inner} if is_list(value):
                return [self.value(each, inner) for each in value]
            case {"object": parts} if is_object(value):
                known = {name.lower(): inner for name, inner in parts.items()}
                return {name: self._part(name, each, known.get(name.lower())) for name, each in value.items()}
            case str():
                return self._scalar(value, _KINDS.get(type_, _KINDS.get(type_.partition(":")[0], "")), ())
            case _:
                return self.unknown(value)

    def unknown(self, value: Any) -> Any:
        """Keep the kind of a value alone."""
        if is_object(value):
            return {self.text(name): self.unknown(each) for name, each in value.items()}
        if is_list(value):
            return [self.unknown(each) for each in value]
        if isinstance(value, str):
            return self.text(value)
        return None if value is None else type(value)()

    def _part(self, name: str, value: Any, type_: Any) -> Any:
        return self._annotation(name, value) if "@odata." in name else self.value(value, type_)

    def _object(self, value: Mapping[str, Any], type_: EntityType) -> dict[str, Any]:
        return {name: self._member(name, each, type_.find(name)) for name, each in value.items()}

    def _member(self, name: str, value: Any, known: Property | None) -> Any:
        if "@odata." in name:
            return self._annotation(name, value)
        if known is None or name.lower() in _DATA:
            return self.unknown(value)
        if known.many and is_list(value):
            return [self._one(each, known) for each in value]
        return self._one(value, known)

    def _one(self, value: Any, known: Property) -> Any:
        if known.target is not None:
            return self.value(value, {"ref": known.target})
        return self._scalar(value, known.element or known.kind, known.members)

    def _scalar(self, value: Any, kind: str, members: tuple[str, ...]) -> Any:
        match kind, value:
            case ("boolean", bool()):
                return value
            case ("integer" | "number", int() | float()) if not isinstance(value, bool):
                return value
            case ("instant", str()) if _INSTANT.fullmatch(value):
                return value
            case ("enum", str()) if value in members:
                return value
            case ("guid", str()) if is_guid(value):
                return self.guid(value)
            case _:
                return self.unknown(value)

    def _annotation(self, name: str, value: Any) -> Any:
        if name == "@odata.count" and isinstance(value, int):
            return value
        if name == "@odata.context" and isinstance(value, str) and (found := _CONTEXT.fullmatch(value)):
            return f"{ROOT}{found[1]}"
        if name.endswith("@odata.type") and isinstance(value, str) and _TYPE_NAME.fullmatch(value):
            return value
        return self.unknown(value)


ROOT = "{root}"
"""Stands for Orchestrator's address in what is kept."""
_KINDS: Mapping[str, str] = {
    "boolean": "boolean",
    "integer": "integer",
    "number": "number",
    "string:date-time": "instant",
    "string:uuid": "guid",
}


def pseudonyms(schema: Schema, key: bytes) -> Masks:
    """Return masks whose pseudonyms nobody can lead back without the key."""

    def digest(text: str) -> bytes:
        return hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def text(value: str) -> str:
        return "/".join(part and f"text-{digest(part).hex()[:12]}" for part in value.split("/"))

    def guid(value: str) -> str:
        return str(uuid.UUID(bytes=digest(value.lower())[:16], version=4))

    return Masks(schema, text, guid)


def blanks(schema: Schema) -> Masks:
    """Return masks that make all names equal."""
    return Masks(schema, lambda _: "*", lambda _: "*")


def is_guid(text: str) -> bool:
    """Return whether a text is a GUID in its usual form."""
    return re.fullmatch(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) is not None
