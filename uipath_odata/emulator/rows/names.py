"""Which entities may not share a name, and where."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from uipath_odata.emulator.data.places import within
from uipath_odata.emulator.data.schema import EntitySet
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http.answers import ALREADY_EXISTS, NAME_USED, conflict
from uipath_odata.emulator.world import World

_CODES: Mapping[str, int] = MappingProxyType({
    "Assets": ALREADY_EXISTS,
    "Users": NAME_USED,
    **dict.fromkeys(("Buckets", "BusinessRules", "ProcessSchedules", "QueueDefinitions", "Releases"), NAME_USED),
    **dict.fromkeys(("Calendars", "CredentialStores", "Machines", "Roles", "Webhooks"), NAME_USED),
    **dict.fromkeys(("TaskCatalogs", "TaskDefinitions", "TestDataQueues", "TestSets", "TestSetSchedules"), NAME_USED),
})  # fmt: skip
"""Sets whose names are used once in a folder, or in the tenant where they have no folder, with the error of a second use."""


def refuse_taken(
    world: World,
    entity_set: EntitySet,
    values: Mapping[str, SqlValue],
    folder: int | None,
    key: SqlValue = None,
) -> None:
    """Refuse a name, in whatever case, that another row of the folder has."""
    name_column = "UserName" if entity_set.name == "Users" else "Name"
    name, column = values.get(name_column), entity_set.key.name
    if entity_set.name not in _CODES or name is None:
        return
    seen = Sql("TRUE") if folder is None else within(entity_set.name, f'"{entity_set.name}"', folder)
    where = f'"{name_column}" = ? COLLATE NOCASE AND "{column}" IS NOT ? AND {seen}'
    if world.store.find(entity_set.name, where, name, key, *seen.parameters):
        raise conflict(f"The name {name} is already used.", _CODES[entity_set.name])
