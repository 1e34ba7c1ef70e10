"""Which function answers which operation: modules register theirs, entity sets have one for each method.

Whoever makes a call, a request or a builder, has it carried out here.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from importlib import import_module
from types import MappingProxyType

from uipath_odata.emulator.data.schema import Operation, stem
from uipath_odata.emulator.http.answers import Answer, Refusal
from uipath_odata.emulator.life import audit, events, passing
from uipath_odata.emulator.rows import reads, samples, writes
from uipath_odata.emulator.world import Behaviour, Call, World

_OWN: dict[str, Behaviour] = {"RobotLogs_GetTotalCount": reads.total_count}
_OF_SETS: Mapping[str, Behaviour] = MappingProxyType({"GET": reads.listing, "POST": writes.create})
_OF_ENTITIES: Mapping[str, Behaviour] = MappingProxyType({
    "GET": reads.single,
    "PUT": writes.replace,
    "PATCH": writes.update,
    "DELETE": writes.delete,
})  # fmt: skip


def answers(*operations: str) -> Callable[[Behaviour], Behaviour]:
    """Register a function as the behaviour of operations, by their ids; ValueError where one has a behaviour already."""

    def register(act: Behaviour) -> Behaviour:
        for operation in operations:
            if operation in _OWN:
                raise ValueError(f"{operation} has a behaviour already: {_OWN[operation]}")
            _OWN[operation] = act
        return act

    return register


@cache
def own() -> Mapping[str, Behaviour]:
    """Return the behaviours of single operations, by the operation's id; the modules of ``behaviours`` register them."""
    package = import_module("uipath_odata.emulator.behaviours")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)
    return MappingProxyType(_OWN)


def behaviour(operation: Operation, world: World) -> Behaviour:
    """Return what answers an operation: its own behaviour, or that of every entity set.

    What has none is refused with 501, or answered with a sample where the emulator was started with them.
    """
    found = own().get(operation.id) or _of_entity_set(operation, world)
    if found is not None:
        return found
    if world.settings.samples:
        return samples.sample
    raise Refusal(
        f"The emulator has no behaviour for {operation.method} {operation.path}; start it with samples, "
        "state it with a fault, or use a tenant for it.",
        status=HTTPStatus.NOT_IMPLEMENTED,
    )


def carry_out(world: World, call: Call) -> Answer:
    """Do all of a call or, where it is refused, nothing: what it writes is audited, and webhooks are told of it."""
    passing.advance(world)
    act = behaviour(call.operation, world)
    if call.operation.method == "GET":
        return act(world, call)
    with world.store.transaction():
        answer = act(world, call)
        audit.note(world, call, answer)
        events.note(world, call, answer)
        passing.advance(world)
        return answer


def _of_entity_set(operation: Operation, world: World) -> Behaviour | None:
    entity_set = world.schema.sets.get(operation.set_name)
    shown = operation.result if operation.method == "GET" else operation.body
    if entity_set is None or (operation.method != "DELETE" and not _is_about(shown, entity_set.type.name)):
        return None
    if operation.path == f"/odata/{entity_set.name}":
        return _OF_SETS.get(operation.method)
    by_key = re.fullmatch(r"/odata/\w+\('?\{key\}'?\)", operation.path)
    return _OF_ENTITIES.get(operation.method) if by_key else None


def _is_about(shown: str | None, type_name: str) -> bool:
    """Whether a body or result is the set's entity, or the envelope of a list of them."""
    inner = (shown or "").removeprefix("ODataValueOfIEnumerableOf")
    return stem(inner) == stem(type_name)
