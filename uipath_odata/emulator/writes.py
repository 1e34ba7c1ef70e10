"""POST, PUT, PATCH and DELETE of entities: state written is state read."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

import attrs
import orjson

from uipath_odata.emulator.answers import INVALID_ARGUMENT, Answer, Refusal
from uipath_odata.emulator.reads import key_value, single
from uipath_odata.emulator.schema import EntitySet, EntityType
from uipath_odata.emulator.sql import SqlValue
from uipath_odata.emulator.store import FOLDER, FOLDER_PROPERTY
from uipath_odata.emulator.values import SECRETS, BindingError, known, stored
from uipath_odata.emulator.world import Call, World


def create(world: World, call: Call) -> Answer:
    """Add an entity: 201 with the entity as it is now."""
    entity_set = world.schema.sets[call.operation.set_name]
    values = _bound(world, call)
    _require(entity_set.type, values)
    values.pop(entity_set.key.name if entity_set.key.kind == "integer" else "", None)
    if entity_set.key.kind == "guid":
        values.setdefault(entity_set.key.name, str(uuid.UUID(int=world.random.getrandbits(128), version=4)))
    if entity_set.row.find("CreationTime"):
        values.setdefault("CreationTime", world.now)
    key = world.store.create(entity_set, values | _folder(entity_set, call.folder))
    created = single(world, attrs.evolve(call, arguments={"key": str(key)}, query=""))
    return Answer(HTTPStatus.CREATED, created.body)


def replace(world: World, call: Call) -> Answer:
    """Replace an entity: what the body leaves out becomes null, but for secrets and what only the server writes."""
    entity_set = world.schema.sets[call.operation.set_name]
    sent = _bound(world, call)
    _require(entity_set.type, sent)
    kept = {found.name for found in entity_set.row.properties.values() if found.read_only}
    kept |= {*SECRETS, entity_set.key.name, FOLDER_PROPERTY, "CreationTime"}
    empty = {found.name: None for found in entity_set.type.properties.values() if found.name not in kept}
    return _assign(world, call, empty | _without_empty_secrets(sent))


def update(world: World, call: Call) -> Answer:
    """Change the properties that the body names; an object in it changes the properties that it names."""
    properties = world.schema.sets[call.operation.set_name].row.properties.values()
    objects = {
        found.name for found in properties if found.kind == "document" and found.target and not found.many
    }
    return _assign(world, call, _bound(world, call), merged=frozenset(objects))


def delete(world: World, call: Call) -> Answer:
    """Remove an entity."""
    entity_set = world.schema.sets[call.operation.set_name]
    world.store.delete(entity_set, key_value(entity_set.key, call.arguments["key"]), call.folder)
    return Answer(HTTPStatus.NO_CONTENT)


def body_of(world: World, call: Call) -> dict[str, Any]:
    """Read a body of the operation's type; one unknown field makes the whole body null, as the server binds it."""
    type_ = world.schema.types[str(call.operation.body)]
    try:
        body = orjson.loads(call.body)
        for found, value in known(body, type_):
            stored(found, value, world.schema)
    except (BindingError, orjson.JSONDecodeError) as error:
        name = type_.name[0].lower() + type_.name[1:]
        raise Refusal(f"{name} must not be null") from error
    return {found.name: value for found, value in known(body, type_)}


def _bound(world: World, call: Call) -> dict[str, SqlValue]:
    type_ = world.schema.types[str(call.operation.body)]
    body = body_of(world, call)
    return {found.name: stored(found, value, world.schema) for found, value in known(body, type_)}


def _require(type_: EntityType, values: dict[str, SqlValue]) -> None:
    for found in type_.properties.values():
        if found.required and found.kind == "string" and not values.get(found.name):
            raise Refusal(f"The {found.name} field is required.", INVALID_ARGUMENT)


def _folder(entity_set: EntitySet, folder: int | None) -> dict[str, SqlValue]:
    shown = {FOLDER_PROPERTY: folder} if entity_set.row.find(FOLDER_PROPERTY) else {}
    return {FOLDER: folder, **shown} if entity_set.in_folder else {}


def _assign(
    world: World, call: Call, values: dict[str, SqlValue], merged: frozenset[str] = frozenset()
) -> Answer:
    entity_set = world.schema.sets[call.operation.set_name]
    key = key_value(entity_set.key, call.arguments["key"])
    if values.get(entity_set.key.name, key) != key:
        raise Refusal(f"The key in the body is not the {key} of the path.", INVALID_ARGUMENT)
    world.store.assign(entity_set, key, call.folder, values | {entity_set.key.name: key}, merged)
    return Answer()


def _without_empty_secrets(values: dict[str, SqlValue]) -> dict[str, SqlValue]:
    """Leave out null and empty passwords: in a PUT they leave the stored one as it is."""
    return {name: value for name, value in values.items() if value or name not in SECRETS}
