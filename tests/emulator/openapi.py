"""The schema facts as an OpenAPI 3.1 document of answers, for a validator of others."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

import attrs
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError

from uipath_odata.emulator.data import schema

from ..openapi_document import schema_of

PATH = "/acme/Default/orchestrator_"
BASE = f"http://127.0.0.1{PATH}"

_ANNOTATIONS = {
    "@odata.context": {"type": "string"},
    "@odata.count": {"type": "integer", "minimum": 0},
}
"""What OData has in every answer, and no schema of entities names."""

_STATUS = {"type": "integer", "minimum": 0}
_TAGS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            name: {"type": ["string", "null"]} for name in ("name", "displayName", "value", "displayValue")
        },
        "additionalProperties": False,
    },
}
_PLACES = {
    f"{name}.{part}"
    for name in ("AppTasksDataDto", "TaskDataDto", "TaskFormDto")
    for part in ("status", "tags")
}
DIFFERENCES: dict[str, Any] = {
    **{place: _STATUS if place.endswith("status") else _TAGS for place in _PLACES},
    "AttachmentDto.BlobFileAccess": {"$ref": "#/components/schemas/BlobFileAccessDto"},
    "UserDto.PersonalWorkspace": {"type": ["object", "null"]},
    "UserDto.PersonalWorskpaceFeedId": {"type": ["string", "null"]},
    **{
        f"UserLoginInfoDto.{name}": {"type": ["string", "null"]}
        for name in ("Name", "Surname", "UserName", "EmailAddress", "DisplayName")
    },
    "UserLoginInfoDto.Id": {"type": "integer"},
    "PackageFeeds_GetFolderFeed": {"type": ["string", "null"]},
}
"""Where the field differs from the document: a property, or what an operation answers, as the field has it."""


@attrs.frozen
class Asked:
    method: str
    path: str
    host_url: str = BASE
    parameters: RequestParameters = attrs.field(factory=RequestParameters)
    content_type: str = ""
    body: bytes | None = None


@attrs.frozen
class Answered:
    data: bytes
    status_code: int
    content_type: str
    headers: dict[str, str] = attrs.field(factory=dict[str, str])


@attrs.frozen
class Answers:
    """Holds answers against the document with some of the differences."""

    validator: OpenAPI

    def faults(self, method: str, path: str, answered: Answered) -> list[str]:
        """Say what is not as the document has it in the answer of an operation, which the path of its template names."""
        try:
            self.validator.validate_response(Asked(method.lower(), PATH + path), answered)
        except OpenAPIError as error:
            causes = getattr(error.__cause__, "schema_errors", None) or getattr(error, "schema_errors", None)
            return [f"{list(each.path)}: {each.message[:200]}" for each in causes or ()] or [repr(error)]
        return []


@cache
def answers(differences: Collection[str] = frozenset(DIFFERENCES)) -> Answers:
    """Make what holds answers against the document, as the field differs from it."""
    # That the document is one is proven where requests are held against it.
    return Answers(OpenAPI.from_dict(_document(differences), config=Config(spec_validator_cls=None)))


@cache
def facts() -> dict[str, Any]:
    return schema._facts()


def _document(differences: Collection[str]) -> dict[str, Any]:
    """Write what each operation answers; whatever is not required may be null, of which the facts say nothing."""
    paths: dict[str, Any] = {}
    for each in facts()["operations"]:
        places = [
            {
                "name": part["name"],
                "in": "path",
                "required": True,
                "schema": schema_of(part["type"], closed=False),
            }
            for part in each.get("path_params", ())
        ]
        replies = {status: _answer(reply) for status, reply in each["responses"].items()}
        if each["id"] in differences:
            replies["200"]["content"]["application/json"]["schema"] = DIFFERENCES[each["id"]]
        paths.setdefault(each["path"], {})[each["method"].lower()] = {
            "parameters": places,
            "responses": replies,
        }
    schemas = {name: _object(name, differences) for name in facts()["schemas"]}
    enums = {name: {"enum": members} for name, members in facts()["enums"].items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orchestrator", "version": facts()["version"]},
        "servers": [{"url": BASE}],
        "paths": paths,
        "components": {"schemas": schemas | enums},
    }


def _answer(reply: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": "as described"}
    if reply.get("type") and reply.get("content") != "application/octet-stream":
        described["content"] = {"application/json": {"schema": schema_of(reply["type"], closed=False)}}
    return described


def _object(name: str, differences: Collection[str]) -> dict[str, Any]:
    """Close the object to what no schema names; what it inherits is written out."""
    properties = schema._all_properties(name, facts())
    required = [wire for wire, each in properties.items() if each.get("required")]
    described = {wire: _property(each) for wire, each in properties.items()}
    others = {
        place.partition(".")[2]: DIFFERENCES[place] for place in differences if place.startswith(f"{name}.")
    }
    closed: dict[str, Any] = {"type": "object", "properties": described | _ANNOTATIONS | others}
    return closed | {"additionalProperties": False} | ({"required": required} if required else {})


def _property(each: dict[str, Any]) -> dict[str, Any]:
    rules = {rule: each[rule] for rule in ("maxLength", "minLength", "maximum", "minimum") if rule in each}
    value = schema_of(each["type"], closed=False) | rules
    return value if each.get("required") else {"anyOf": [value, {"type": "null"}]}
