"""Which function answers which operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType, ModuleType

from uipath_odata.emulator.behaviours import (
    alerts,
    assets,
    audit_logs,
    buckets,
    business_rules,
    calendars,
    data_queues,
    environments,
    exports,
    folder_lists,
    folder_members,
    folder_tree,
    jobs,
    machines,
    packages,
    queue_item_actions,
    queue_processing,
    queues,
    releases,
    retention,
    robots,
    schedules,
    sharing,
    stats,
    submitted_logs,
    task_catalogs,
    tasks,
    tenant_settings,
    transactions,
    users,
    webhooks,
    workspaces,
)
from uipath_odata.emulator.data.schema import Operation, stem
from uipath_odata.emulator.http.answers import Refusal
from uipath_odata.emulator.rows import reads, samples, writes
from uipath_odata.emulator.world import Behaviour, World

_FAMILIES: tuple[ModuleType, ...] = (
    alerts,
    assets,
    audit_logs,
    buckets,
    business_rules,
    calendars,
    data_queues,
    environments,
    exports,
    folder_lists,
    folder_members,
    folder_tree,
    jobs,
    machines,
    packages,
    queue_item_actions,
    queue_processing,
    queues,
    releases,
    retention,
    robots,
    schedules,
    sharing,
    stats,
    submitted_logs,
    task_catalogs,
    tasks,
    tenant_settings,
    transactions,
    users,
    webhooks,
    workspaces,
)

_OWN: Mapping[str, Behaviour] = MappingProxyType({
    "RobotLogs_GetTotalCount": reads.total_count,
    **{name: act for family in _FAMILIES for name, act in family.BEHAVIOURS.items()},
})  # fmt: skip
_OF_SETS: Mapping[str, Behaviour] = MappingProxyType({"GET": reads.listing, "POST": writes.create})
_OF_ENTITIES: Mapping[str, Behaviour] = MappingProxyType({
    "GET": reads.single,
    "PUT": writes.replace,
    "PATCH": writes.update,
    "DELETE": writes.delete,
})  # fmt: skip


def behaviour(operation: Operation, world: World) -> Behaviour:
    """Give what answers an operation: its own behaviour, or that of every entity set.

    What has none is refused with 501, or answered with a sample where the emulator was started with them.
    """
    found = _OWN.get(operation.id) or _of_entity_set(operation, world)
    if found is not None:
        return found
    if world.settings.samples:
        return samples.sample
    raise Refusal(
        f"The emulator has no behaviour for {operation.method} {operation.path}; start it with samples, "
        "state it with a fault, or use a tenant for it.",
        status=HTTPStatus.NOT_IMPLEMENTED,
    )


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
