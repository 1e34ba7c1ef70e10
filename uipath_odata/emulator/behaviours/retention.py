"""How long ended work is kept: 30 days and then deleted, unless another policy was set."""

from __future__ import annotations

from http import HTTPStatus

from uipath_odata.emulator.data.places import FOLDER
from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Answer, Refusal
from uipath_odata.emulator.registry import answers
from uipath_odata.emulator.rows import documents
from uipath_odata.emulator.rows.reads import entity
from uipath_odata.emulator.rows.records import existing
from uipath_odata.emulator.rows.writes import bound
from uipath_odata.emulator.world import Call, World

_DAYS = 30
_OWNERS = {
    "QueueRetention": "QueueDefinitions",
    "ReleaseRetention": "Releases",
    "TaskRetention": "TaskCatalogs",
}


@answers(*(f"{name}_GetById" for name in _OWNERS))
def get(world: World, call: Call) -> Answer:
    """Return the policy of a queue, a process or a task catalog."""
    name, owner = call.operation.set_name, _owner(world, call)
    column = world.schema.sets[name].key.name
    if world.store.find(name, f'"{column}" = ?', owner):
        return entity(world, call, name, owner)
    default = {column: owner, "Action": "Delete", "Period": _DAYS, "BucketId": None, "Type": "Final"}
    known = {found.name for found in world.schema.sets[name].type.properties.values()}
    return documents.single(
        call, str(call.operation.result), {each: default[each] for each in default if each in known}
    )


@answers(*(f"{name}_PutById" for name in _OWNERS))
def put(world: World, call: Call) -> Answer:
    """Set the policy; a policy needs a period."""
    name, owner = call.operation.set_name, _owner(world, call)
    sent = bound(world, call)
    if sent.get("Period") is None:
        raise Refusal("Invalid argument 'Period'", INVALID_ARGUMENT)
    _forget(world, name, owner)
    entity_set = world.schema.sets[name]
    world.store.create(entity_set, {**sent, entity_set.key.name: owner, FOLDER: call.folder})
    return Answer()


@answers(*(f"{name}_DeleteById" for name in _OWNERS))
def delete(world: World, call: Call) -> Answer:
    """Go back to the policy that holds where none was set."""
    _forget(world, call.operation.set_name, _owner(world, call))
    return Answer(HTTPStatus.NO_CONTENT)


def _owner(world: World, call: Call) -> int:
    owner = existing(world, _OWNERS[call.operation.set_name], int(call.arguments["key"]), call.folder)
    return int(owner["Id"])


def _forget(world: World, name: str, owner: int) -> None:
    column = world.schema.sets[name].key.name
    world.store.connection.execute(f'DELETE FROM "{name}" WHERE "{column}" = ?', (owner,))  # noqa: S608 - of the schema
