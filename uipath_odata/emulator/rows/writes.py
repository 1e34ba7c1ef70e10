"""POST, PUT, PATCH and DELETE of entities: state written is state read."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import attrs
import orjson

from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.data.places import FOLDER, FOLDER_PROPERTY
from uipath_odata.emulator.data.schema import EntitySet, EntityType, Property
from uipath_odata.emulator.data.values import SECRETS, BindingError, known, stored
from uipath_odata.emulator.filters.sql import SqlValue
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal
from uipath_odata.emulator.rows import limits, names
from uipath_odata.emulator.rows.reads import entity, key_value
from uipath_odata.emulator.world import Call, World

Values = dict[str, SqlValue]

_KEPT = frozenset({*SECRETS, FOLDER_PROPERTY, "CreationTime", "Key", "LicenseKey", "FoldersCount"})
"""What a PUT leaves as it is where the body does not name it."""


def create(world: World, call: Call, assigned: Mapping[str, SqlValue] | None = None) -> Answer:
    """Add an entity, with what the server assigns, too: 201 with the entity as it is now."""
    entity_set = world.schema.sets[call.operation.set_name]
    key = add(world, entity_set.name, {**bound(world, call), **(assigned or {})}, call.folder)
    return entity(world, attrs.evolve(call, query=""), entity_set.name, key, HTTPStatus.CREATED)


def add(world: World, set_name: str, values: Mapping[str, SqlValue], folder: int | None) -> SqlValue:
    """Add a row of stored values in a folder and return its key, which only sets with keys of text or GUIDs take from it."""
    entity_set = world.schema.sets[set_name]
    row = dict(values)
    if entity_set.key.kind == "integer":
        row.pop(entity_set.key.name, None)
    for name in _guids(entity_set):
        row[name] = row.get(name) or world.guid()
    if entity_set.row.find("CreationTime"):
        row.setdefault("CreationTime", world.now)
    if entity_set.row.find("FoldersCount"):
        row["FoldersCount"] = 1
    names.refuse_taken(world, entity_set, row, folder)
    return world.store.create(entity_set, row | _folder(entity_set, folder))


def replace(world: World, call: Call, assigned: Mapping[str, SqlValue] | None = None) -> Answer:
    """Replace an entity: what the body leaves out becomes null, but for secrets and what only the server writes."""
    entity_set = world.schema.sets[call.operation.set_name]
    sent = bound(world, call)
    kept = {found.name for found in entity_set.row.properties.values() if found.read_only}
    kept |= {*_KEPT, entity_set.key.name}
    empty: Values = {
        found.name: None for found in entity_set.type.properties.values() if found.name not in kept
    }
    return _assign(world, call, {**empty, **_without_empty_secrets(sent), **(assigned or {})})


def update(world: World, call: Call) -> Answer:
    """Change the properties that the body names; an object in it changes the properties that it names."""
    properties = world.schema.sets[call.operation.set_name].row.properties.values()
    objects = {
        found.name for found in properties if found.kind == "document" and found.target and not found.many
    }
    return _assign(world, call, bound(world, call, partial=True), merged=frozenset(objects))


def delete(world: World, call: Call) -> Answer:
    """Remove an entity."""
    entity_set = world.schema.sets[call.operation.set_name]
    world.store.delete(entity_set, key_value(entity_set.key, call.arguments["key"]), call.folder)
    return Answer(HTTPStatus.NO_CONTENT)


def body_of(world: World, call: Call, *, partial: bool = False) -> dict[str, Any]:
    """Read a body of the operation's type.

    Below ``/odata`` one unknown member makes the whole body null, as the server binds it; other paths bind plain JSON and
    pass over what they do not know.
    """
    type_ = world.schema.types[str(call.operation.body)]
    try:
        body = orjson.loads(call.body)
        if not call.operation.path.startswith("/odata/"):
            body = _known_members(world, type_, body)
        return read(world, type_, body, partial=partial)
    except (BindingError, orjson.JSONDecodeError) as error:
        name = type_.name[0].lower() + type_.name[1:]
        raise Refusal(f"{name} must not be null", hint=why(error, type_)) from error


def read(world: World, type_: EntityType, body: Any, *, partial: bool = False) -> dict[str, Any]:
    """Check a JSON object and return it with the schema's names; BindingError where it is not of the type."""
    for found, value in known(body, type_):
        stored(found, value, world.schema)
    limits.check(body, type_, world.schema, partial=partial)
    return {found.name: _named(world, found, value) for found, value in known(body, type_)}


def bound(world: World, call: Call, *, partial: bool = False) -> Values:
    """Read a body as stored values by property."""
    return values_of(world, str(call.operation.body), body_of(world, call, partial=partial))


def values_of(world: World, type_name: str, body: Mapping[str, Any]) -> Values:
    """Turn a checked JSON object into stored values by property."""
    type_ = world.schema.types[type_name]
    return {found.name: stored(found, value, world.schema) for found, value in known(body, type_)}


def _named(world: World, found: Property, value: Any) -> Any:
    """Name objects within a body and members of enums as the schema does; maps keep their own."""
    if found.many and is_list(value):
        single = attrs.evolve(found, many=False, kind=found.element or "document")
        return [_named(world, single, each) for each in value]
    if found.kind == "enum":
        return stored(found, value, world.schema)
    if found.target is None or not is_object(value):
        return value
    type_ = world.schema.types[found.target]
    return {inner.name: _named(world, inner, each) for inner, each in known(value, type_)}


def _known_members(world: World, type_: EntityType, body: Any) -> Any:
    if not is_object(body):
        return body
    return {
        found.name: _known_content(world, found, value)
        for name, value in body.items()
        if (found := type_.find(name)) is not None
    }


def _known_content(world: World, found: Property, value: Any) -> Any:
    if found.target is None:
        return value
    type_ = world.schema.types[found.target]
    if is_list(value):
        return [_known_members(world, type_, each) for each in value]
    return _known_members(world, type_, value)


def why(error: ValueError, type_: EntityType) -> str:
    """Say for a hint which member of a body keeps it from binding."""
    if isinstance(error, orjson.JSONDecodeError):
        return f"the body is not JSON: {error}"
    return f"the body does not bind to {type_.name} because of {error}"


def _guids(entity_set: EntitySet) -> list[str]:
    """Name the columns that hold a GUID of the entity's own."""
    named = [entity_set.row.find(name) for name in ("Key", "UniqueKey")]
    found = {each.name for each in named if each is not None and each != entity_set.key}
    return sorted(found | ({entity_set.key.name} if entity_set.key.kind == "guid" else set()))


def _folder(entity_set: EntitySet, folder: int | None) -> Values:
    shown: Values = {FOLDER_PROPERTY: folder} if entity_set.row.find(FOLDER_PROPERTY) else {}
    return {FOLDER: folder, **shown} if entity_set.in_folder else {}


def _assign(world: World, call: Call, values: Values, merged: frozenset[str] = frozenset()) -> Answer:
    entity_set = world.schema.sets[call.operation.set_name]
    key = key_value(entity_set.key, call.arguments["key"])
    if values.get(entity_set.key.name, key) != key:
        raise Refusal(f"The key in the body is not the {key} of the path.", INVALID_ARGUMENT)
    names.refuse_taken(world, entity_set, values, call.folder, key)
    world.store.assign(entity_set, key, call.folder, values | {entity_set.key.name: key}, merged)
    if call.operation.result is None:
        return Answer(call.operation.status)
    return entity(world, attrs.evolve(call, query=""), entity_set.name, key, call.operation.status)


def _without_empty_secrets(values: Values) -> Values:
    """Leave out null and empty passwords: in a PUT they leave the stored one as it is."""
    return {name: value for name, value in values.items() if value or name not in SECRETS}
