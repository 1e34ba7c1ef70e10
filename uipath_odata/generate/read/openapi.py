"""Load a user's own description of the API: OpenAPI 3 or Swagger 2."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from uipath_odata.generate.read.document import ApiOperation, Document, Parameter, Type
from uipath_odata.generate.read.openapi_types import Types
from uipath_odata.generate.read.plain_text import description, summary

__all__ = ["load", "read"]

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_FOLDER: Final = "x-uipath-organizationunitid"
_MAXIMUM: Final = re.compile(r"maximum [\w ]+ is (\d+)")
_SCOPE: Final = re.compile(r"\bOR(?:\.\w+){1,2}")
_PERMISSION: Final = re.compile(r"\b\w+\.\w+")


def load(path: Path) -> Document:
    """Read a file; YAML needs PyYAML."""
    text = path.read_text(encoding="utf-8-sig")
    if text.lstrip().startswith("{"):
        return read(json.loads(text))
    try:
        yaml: Any = importlib.import_module("yaml")
    except ImportError:
        raise SystemExit(f"{path} is not JSON: convert it, or install PyYAML to read YAML") from None
    return read(yaml.safe_load(text))


def read(spec: Mapping[str, Any]) -> Document:
    """Read a description of either version."""
    types = Types({**(spec.get("components", {}).get("schemas") or spec.get("definitions") or {})})
    operations = [
        _Entry(spec, types, path, method, item[method], item.get("parameters", ())).operation()
        for path, item in spec["paths"].items()
        for method in _METHODS
        if method in item
    ]
    tags = {_identifier(each["name"]): description(each) for each in spec.get("tags", ())}
    # Bodies and answers may have had objects without a name, which are schemas by now.
    return Document(tuple(operations), types.objects(), types.enums, tags)


@attrs.frozen
class _Entry:
    """One method on one path, as the document describes it."""

    spec: Mapping[str, Any]
    types: Types
    path: str
    method: str
    facts: Mapping[str, Any]
    shared: Sequence[Mapping[str, Any]]
    """The parameters that all methods on the path have."""

    def operation(self) -> ApiOperation:
        parameters = [self._resolved(each) for each in (*self.shared, *self.facts.get("parameters", ()))]
        query = [each for each in parameters if each["in"] == "query"]
        headers = [each for each in parameters if each["in"] == "header"]
        folders = [each for each in headers if each["name"].lower() == _FOLDER]
        text = self.facts.get("description", "")
        return ApiOperation(
            tag=self._tag,
            method=self.method.upper(),
            path=self.path,
            path_parameters=tuple(self._parameter(each) for each in parameters if each["in"] == "path"),
            query_parameters=tuple(self._parameter(each) for each in query if each["name"][0] != "$"),
            options={each["name"]: _maximum(each) for each in query if each["name"][0] == "$"},
            folder_required=any(each.get("required") for each in folders),
            body=self._body(parameters),
            answers=dict(self._answers()),
            header_parameters=tuple(self._parameter(each) for each in headers if each not in folders),
            multipart=self._is_form(parameters),
            scopes=tuple(dict.fromkeys(_SCOPE.findall(text))),
            permissions=tuple(dict.fromkeys(_PERMISSION.findall(text.partition("Required permissions:")[2]))),
            deprecated=self.facts.get("deprecated", False),
            text=summary(self.facts),
        )

    @property
    def _tag(self) -> str:
        # Without a tag, the part after the root that says what it is of: /api/Folders/GetAll.
        own = re.findall(r"\w+", self.path)[:2][-1]
        return _identifier(next(iter(self.facts.get("tags", ())), own))

    @property
    def _name(self) -> str:
        last = re.findall(r"[A-Za-z]\w*", re.sub(r"[({].*?[)}]", "", self.path))[-1]
        return f"{self._tag}{self.method.capitalize()}{last}"

    def _parameter(self, facts: Mapping[str, Any]) -> Parameter:
        name = facts["name"]
        type_ = self.types.of(facts.get("schema", facts), f"{name[0].upper()}{name[1:]}")
        return Parameter(name, type_, description(facts))

    def _body(self, parameters: Iterable[Mapping[str, Any]]) -> Type | None:
        held = next((each for each in parameters if each["in"] == "body"), None)
        if held is None:
            held = _content(self._resolved(self.facts.get("requestBody", {})))
        return self.types.of(held["schema"], f"{self._name}Body") if held and "schema" in held else None

    def _is_form(self, parameters: Iterable[Mapping[str, Any]]) -> bool:
        content = self._resolved(self.facts.get("requestBody", {})).get("content", {})
        return any(each["in"] == "formData" for each in parameters) or any("form" in kind for kind in content)

    def _answers(self) -> Iterator[tuple[int, Type | None]]:
        for status, each in self.facts.get("responses", {}).items():
            # 2XX is any success.
            code = str(status).upper().replace("X", "0")
            if code.isdigit():
                answer = self._resolved(each)
                held = answer if "schema" in answer else _content(answer)
                found = self.types.answer(held["schema"], f"{self._name}Answer") if "schema" in held else None
                yield int(code), found

    def _resolved(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in facts:
            found: Any = self.spec
            for part in facts["$ref"].lstrip("#/").split("/"):
                found = found[part]
            facts = found
        return facts


def _identifier(tag: str) -> str:
    return re.sub(r"\W", "", tag)


def _content(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the JSON where there are several media types."""
    found: Mapping[str, Mapping[str, Any]] = facts.get("content", {})
    kinds = sorted(found, key=lambda kind: "json" not in kind)
    return found[kinds[0]] if kinds else {}


def _maximum(facts: Mapping[str, Any]) -> int | None:
    """Read the documented limit of an option of OData from its text or its schema."""
    found = _MAXIMUM.search(facts.get("description", ""))
    return int(found[1]) if found else facts.get("schema", facts).get("maximum")
