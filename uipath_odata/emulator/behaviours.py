"""Which function answers which operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from uipath_odata.emulator import reads, robots, tenant_settings, writes
from uipath_odata.emulator.answers import Answer, Refusal
from uipath_odata.emulator.schema import Operation, Schema, stem
from uipath_odata.emulator.world import Call, World

Behaviour = Callable[[World, Call], Answer]

_OWN: Mapping[str, Behaviour] = MappingProxyType({
    "RobotLogs_GetTotalCount": reads.total_count,
    "Robots_GetRobotsForProcessByProcessid": robots.able_to_run,
    "Robots_DeleteBulk": robots.delete_several,
    "Settings_GetLicense": tenant_settings.license_of_tenant,
})  # fmt: skip
_OF_SETS: Mapping[str, Behaviour] = MappingProxyType({"GET": reads.listing, "POST": writes.create})
_OF_ENTITIES: Mapping[str, Behaviour] = MappingProxyType({
    "GET": reads.single,
    "PUT": writes.replace,
    "PATCH": writes.update,
    "DELETE": writes.delete,
})  # fmt: skip


def behaviour(operation: Operation, schema: Schema) -> Behaviour:
    """Give what answers an operation: its own behaviour, or that of every entity set; refuse with 501 what has none."""
    found = _OWN.get(operation.id) or _of_entity_set(operation, schema)
    if found is None:
        raise Refusal(
            f"The emulator has no behaviour for {operation.method} {operation.path}; state it with a fault, "
            "or use a tenant for it.",
            status=HTTPStatus.NOT_IMPLEMENTED,
        )
    return found


def _of_entity_set(operation: Operation, schema: Schema) -> Behaviour | None:
    entity_set = schema.sets.get(operation.set_name)
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
