"""Orchestrator's API as data: entity types, entity sets and operations, read from the committed schema facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import attrs
import orjson

from uipath_odata.emulator.data import undocumented
from uipath_odata.emulator.data.json_values import is_object

Kind = Literal["string", "integer", "number", "boolean", "instant", "guid", "enum", "link", "document"]

_KINDS: Mapping[str, Kind] = {
    "boolean": "boolean",
    "integer": "integer",
    "number": "number",
    "string:date-time": "instant",
    "string:uuid": "guid",
    "string": "string",
}
_BY_KEY = {"GET": "get", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}
_STEM = re.compile(r"(?:Simple|Extended)?(.+?)(?:WithLicense|OData)?Dto")


@attrs.frozen
class Property:
    """One property; ``link`` is a row of another entity set, ``document`` any other object, list or map."""

    name: str
    kind: Kind
    members: tuple[str, ...] = ()
    target: str | None = None
    many: bool = False
    element: Kind | None = None
    required: bool = False
    read_only: bool = False
    format: str = ""
    longest: int | None = None
    least: int | None = None
    most: int | None = None


@attrs.frozen
class EntityType:
    name: str
    properties: Mapping[str, Property]

    def find(self, name: str) -> Property | None:
        """Find a property whatever the case of its name, as Orchestrator does."""
        return self.properties.get(name.lower())

    @property
    def is_entity(self) -> bool:
        """Whether values of this type are entities, which are left out of answers unless expanded."""
        return "id" in self.properties


@attrs.frozen
class EntitySet:
    """A set of entities of a type; ``row`` has the columns of every view of them, ``page`` is the cap of ``$top``."""

    name: str
    type: EntityType
    row: EntityType
    key: Property
    page: int
    in_folder: bool


@attrs.frozen
class Operation:
    """One operation; ``reply`` is the facts' type of what it answers with ``status``, ``result`` the type that it names.

    A token needs one of ``scopes``.
    """

    id: str
    method: str
    path: str
    set_name: str
    options: Mapping[str, int | None]
    parameters: Mapping[str, str]
    in_folder: bool
    status: int
    reply: Any
    result: str | None
    body: str | None
    scopes: frozenset[str]

    @property
    def name(self) -> str:
        """Name it as in ``Jobs.list``, ``Jobs.get``, ``Jobs.create``, ``Jobs.StartJobs``."""
        group = self.id.partition("_")[0]
        if re.fullmatch(rf"/odata/{group}", self.path):
            return f"{group}.{'list' if self.method == 'GET' else 'create'}"
        if re.fullmatch(rf"/odata/{group}\('?{{key}}'?\)", self.path):
            return f"{group}.{_BY_KEY[self.method]}"
        called = re.sub(r"\([^()]*\)$|/{\w+}$", "", self.path)
        return f"{group}.{re.split('[./]', called)[-1]}"


@attrs.frozen(repr=False)
class Schema:
    types: Mapping[str, EntityType]
    sets: Mapping[str, EntitySet]
    operations: tuple[Operation, ...]
    version: str
    set_of_type: Mapping[str, str]


def stem(type_name: str) -> str:
    """Name the entity that a type shows: ``RobotWithLicenseDto`` and ``SimpleRobotDto`` are both views of Robot."""
    match = _STEM.fullmatch(type_name)
    return match[1] if match else type_name


@cache
def load() -> Schema:
    """Read the schema facts that the package carries, and what clients ask for beside them."""
    facts = _facts()
    lists = {operation["path"]: operation for operation in facts["operations"] if _is_list(operation)}
    listed = {path.removeprefix("/odata/"): _listed(operation, facts) for path, operation in lists.items()}
    stems = {stem(type_name): name for name, type_name in listed.items()}
    with_id = {name for name in facts["schemas"] if "Id" in _all_properties(name, facts)}
    set_of_type = {name: stems[stem(name)] for name in with_id if stem(name) in stems}
    types = {name: _entity_type(name, facts, set_of_type) for name in facts["schemas"]}
    sets = {
        name: _entity_set(name, types[type_name], types.values(), lists[f"/odata/{name}"], facts)
        for name, type_name in listed.items()
    }
    operations = tuple(_operation(each) for each in facts["operations"])
    return Schema(types, sets, operations, facts["version"], MappingProxyType(set_of_type))


def _facts() -> dict[str, Any]:
    """Join the facts of API v20, of the Environments that 2020.10 was the last to have, and of undocumented operations."""
    folder = files("uipath_odata") / "generate"
    facts: dict[str, Any] = orjson.loads((folder / "orchestrator-v20.json").read_bytes())
    # v20 still has an EnvironmentDto, inside of robots, with other names for the same.
    text = (folder / "orchestrator-2020.10-environments.json").read_bytes()
    former: dict[str, Any] = orjson.loads(text.replace(b"EnvironmentDto", b"SimpleEnvironmentDto"))
    for name, properties in undocumented.PROPERTIES.items():
        facts["schemas"][name]["properties"] |= properties
    return facts | {
        "operations": [
            *facts["operations"],
            *former["operations"],
            *undocumented.OPERATIONS,
            *undocumented.UNANSWERED,
        ],
        "schemas": {**former["schemas"], **facts["schemas"]},
        "enums": {**former["enums"], **facts["enums"]},
    }


def _is_list(operation: Mapping[str, Any]) -> bool:
    is_set = re.fullmatch(r"/odata/\w+", operation["path"]) is not None
    return operation["method"] == "GET" and is_set and "type" in operation["responses"]["200"]


def _listed(operation: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    envelope = facts["schemas"][operation["responses"]["200"]["type"]["ref"]]
    return str(envelope["properties"]["value"]["type"]["array"]["ref"])


def _all_properties(type_name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    schema = facts["schemas"][type_name]
    inherited = [_all_properties(part["ref"], facts) for part in schema.get("allOf", ())]
    merged: dict[str, Any] = {}
    for properties in (*inherited, schema["properties"]):
        merged |= properties
    return merged


def _entity_type(name: str, facts: Mapping[str, Any], set_of_type: Mapping[str, str]) -> EntityType:
    properties = {
        each.lower(): _property(each, property_facts, facts["enums"], set_of_type)
        for each, property_facts in _all_properties(name, facts).items()
    }
    return EntityType(name, MappingProxyType(properties))


def _property(
    name: str, facts: Mapping[str, Any], enums: Mapping[str, list[str]], set_of_type: Mapping[str, str]
) -> Property:
    shape = facts["type"]
    many = is_object(shape) and "array" in shape
    inner: Any = shape["array"] if many else shape
    kind, members, target = _shape(inner, enums)
    if not many and target in set_of_type:
        kind = "link"
    return Property(
        name,
        "document" if many else kind,
        members,
        target,
        many,
        kind if many and target is None else None,
        bool(facts.get("required")),
        bool(facts.get("readOnly")),
        inner if isinstance(inner, str) else "",
        facts.get("maxLength"),
        facts.get("minimum"),
        facts.get("maximum"),
    )


def _shape(shape: Any, enums: Mapping[str, list[str]]) -> tuple[Kind, tuple[str, ...], str | None]:
    if isinstance(shape, str):
        return _KINDS.get(shape, _KINDS.get(shape.split(":")[0], "document")), (), None
    if "enum" in shape:
        return "enum", tuple(enums[shape["enum"]]), None
    return "document", (), shape.get("ref")


def _entity_set(
    name: str,
    entity_type: EntityType,
    types: Iterable[EntityType],
    listing: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> EntitySet:
    columns = dict(entity_type.properties)
    for view in types:
        if stem(view.name) == stem(entity_type.name):
            columns = {**view.properties, **columns}
    return EntitySet(
        name,
        entity_type,
        EntityType(entity_type.name, MappingProxyType(columns)),
        _key(name, entity_type, columns, facts),
        listing["odata"]["$top"],
        _needs_folder(listing),
    )


def _key(
    name: str, entity_type: EntityType, columns: Mapping[str, Property], facts: Mapping[str, Any]
) -> Property:
    quoted = any(each["path"] == f"/odata/{name}('{{key}}')" for each in facts["operations"])
    if quoted and "key" in columns:
        return columns["key"]
    return columns.get("id") or next(iter(entity_type.properties.values()))


def _operation(facts: Mapping[str, Any]) -> Operation:
    path = facts["path"]
    parameters = {each["name"]: each["type"] for each in facts.get("path_params", ())}
    match = re.match(r"/odata/(\w+)", path)
    status, reply = next(iter(facts["responses"].items()))
    return Operation(
        facts["id"],
        facts["method"],
        path,
        match[1] if match else "",
        facts.get("odata", {}) | dict.fromkeys(undocumented.OPTIONS.get(facts["id"], ())),
        {name: shape if isinstance(shape, str) else "array" for name, shape in parameters.items()},
        _needs_folder(facts),
        int(status),
        reply.get("type"),
        _reference(reply),
        _reference(facts.get("body", {})),
        frozenset(facts.get("scopes", ())),
    )


def _needs_folder(facts: Mapping[str, Any]) -> bool:
    return bool(facts.get("headers", {}).get("X-UIPATH-OrganizationUnitId") == "required")


def _reference(content: Mapping[str, Any]) -> str | None:
    shape = content.get("type")
    return shape.get("ref") if is_object(shape) else None
