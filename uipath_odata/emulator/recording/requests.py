"""Requests as they are kept: operation, path, query, folder and body, masked."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import attrs
import orjson

from uipath_odata.emulator.data import schema
from uipath_odata.emulator.data.schema import Operation
from uipath_odata.emulator.http import routes
from uipath_odata.emulator.http.answers import Refusal
from uipath_odata.emulator.recording.masks import Masks, is_guid

_GUID, _MOMENT = (
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?",
)
_TOKEN = re.compile(
    rf"'(?P<text>(?:[^']|'')*)'|(?P<guid>{_GUID})|(?P<other>{_MOMENT}|\d+(?:\.\d+)?[a-zA-Z]?\b)|(?P<word>[^\W\d][\w.]*)"
)
_COMPARED = re.compile(r"([\w/]+)\s+(?:(?:eq|ne|gt|ge|lt|le)\s+|in\s*\([^)]*)$")
# What stands without quotes in an expression (OData 4.0, URL Conventions, 5.1).
_ODATA = frozenset(
    [
        "eq",
        "ne",
        "gt",
        "ge",
        "lt",
        "le",
        "and",
        "or",
        "not",
        "in",
        "has",
        "null",
        "true",
        "false",
        "asc",
        "desc",
        "add",
        "sub",
        "mul",
        "div",
        "mod",
        "any",
        "all",
        "contains",
        "startswith",
        "endswith",
        "tolower",
        "toupper",
        "trim",
        "length",
        "indexof",
        "substring",
        "concat",
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "date",
        "time",
        "now",
        "round",
        "floor",
        "ceiling",
        "fractionalseconds",
        "totaloffsetminutes",
        "cast",
        "isof",
        "duration",
        "count",
    ]
)
_EXPRESSIONS = frozenset({"$filter", "$orderby", "$select", "$expand", "$apply", "$compute"})
_PLAIN = re.compile(r"-?\d+|true|false", re.IGNORECASE)
_UNKNOWN_PATH = re.compile(r"(/\w+/\w+)(.*)", re.DOTALL)
_FOLDERS = {
    "X-UIPATH-OrganizationUnitId": "id",
    "X-UIPATH-FolderKey": "key",
    "X-UIPATH-FolderPath": "path",
    "X-UIPATH-FolderPath-Encoded": "path",
}


@attrs.frozen
class Asked:
    """A request below Orchestrator's root: ``folder`` is how it names one and which, ``operation`` is empty if not known."""

    operation: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    folder: tuple[str, str] | None = None
    body: Any = None

    @property
    def text(self) -> str:
        """The request as a person reads it."""
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.method} {self.path}{'?' if query else ''}{query}"


def asked(
    method: str, path: str, query_string: str, headers: Mapping[str, str], content: bytes
) -> tuple[Asked, Operation | None]:
    """Read a request, whose path is decoded and below the root; the operation is None where no schema has it."""
    try:
        found = routes.load().find(method, path)
    except Refusal:
        found = None
    operation = found[0] if found else None
    query = tuple(parse_qsl(query_string, keep_blank_values=True))
    name = operation.name if operation else ""
    return Asked(name, method, path, query, _folder(headers), _json(content)), operation


def masked(request: Asked, operation: Operation | None, masks: Masks) -> Asked:
    """Return the request without secrets and names."""
    body: Any = {"ref": operation.body} if operation is not None and operation.body else None
    return attrs.evolve(
        request,
        path=_path(request, operation, masks),
        query=tuple((name, _option(name, value, masks)) for name, value in request.query),
        folder=request.folder and (request.folder[0], _plain(request.folder[1], masks)),
        body=masks.value(request.body, body),
    )


def outline(request: Asked, operation: Operation | None, blank: Masks) -> Asked:
    """Return what two requests have in common that differ in names and moments alone."""
    plain = masked(request, operation, blank)
    query = tuple(sorted((name.lower(), re.sub(_MOMENT, "*", value)) for name, value in plain.query))
    folder = plain.folder and ("", "*")
    return attrs.evolve(plain, path=plain.path.lower(), query=query, folder=folder, body=None)


def _path(request: Asked, operation: Operation | None, masks: Masks) -> str:
    found = routes.load().find(request.method, request.path) if operation is not None else None
    if found is None or operation is None:
        unknown = _UNKNOWN_PATH.fullmatch(request.path)
        return f"{unknown[1]}{masks.text(unknown[2])}" if unknown else masks.text(request.path)
    path = operation.path
    for name, value in found[1].items():
        path = path.replace(f"{{{name}}}", _argument(value, operation.parameters.get(name, ""), masks))
    return path


def _argument(value: str, shape: str, masks: Masks) -> str:
    if shape.startswith(("integer", "number", "boolean", "string:date-time", "array")) or value in _words():
        return value
    return _plain(value, masks)


def _option(name: str, value: str, masks: Masks) -> str:
    if name.lower() not in _EXPRESSIONS:
        return value if value in _words() else _plain(value, masks)

    def mask(token: re.Match[str]) -> str:
        if token["guid"] is not None:
            return masks.guid(token["guid"])
        if token["text"] is not None:
            text = token["text"].replace("''", "'")
            is_word = text in _words() and _is_of_enum(value[: token.start()])
            return token[0] if is_word else f"'{_plain(text, masks)}'"
        return masks.text(token[0]) if token["word"] is not None and not _is_known(token[0]) else token[0]

    return _TOKEN.sub(mask, value)


def _is_of_enum(before: str) -> bool:
    """Whether a literal after this text is compared with a property that is an enum, or written as one."""
    if before[-1:].isalpha():
        return True
    compared = _COMPARED.search(before)
    return compared is not None and compared[1].rpartition("/")[2].lower() in _enums()


def _is_known(word: str) -> bool:
    """Whether a bare word is one of OData, of the schema or a range variable."""
    return (
        len(word) == 1
        or word.lower() in _ODATA
        or word.startswith(("UiPath.", "Edm."))
        or word in _words()
        or all(part.lower() in _names() for part in word.split("."))
    )


def _plain(text: str, masks: Masks) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return masks.guid(text) if is_guid(text) else masks.text(text)


@cache
def _words() -> frozenset[str]:
    """Return the members of all enums: words of the API, which tell nothing of a tenant."""
    known = schema.load()
    return frozenset(
        member
        for type_ in known.types.values()
        for each in type_.properties.values()
        for member in each.members
    )


@cache
def _enums() -> frozenset[str]:
    """Return the names of the properties that are enums, in lower case."""
    types = schema.load().types.values()
    return frozenset(
        each.name.lower() for type_ in types for each in type_.properties.values() if each.members
    )


@cache
def _names() -> frozenset[str]:
    """Return the names of all properties, in lower case."""
    return frozenset(name for type_ in schema.load().types.values() for name in type_.properties)


def _folder(headers: Mapping[str, str]) -> tuple[str, str] | None:
    for header, kind in _FOLDERS.items():
        if header not in headers:
            continue
        if not header.endswith("Encoded"):
            return kind, headers[header]
        try:
            return kind, base64.b64decode(headers[header], validate=True).decode("utf-16-le")
        except (binascii.Error, UnicodeDecodeError):
            return kind, ""
    return None


def _json(content: bytes) -> Any:
    try:
        return orjson.loads(content) if content else None
    except orjson.JSONDecodeError:
        return f"<{len(content)} bytes>"
