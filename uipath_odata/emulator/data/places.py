"""Which folders a row is seen in: its own, and those that it is shared to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from uipath_odata.emulator.filters.sql import Sql

FOLDER = "_folder"
"""The column that says which folder a row belongs to; null: it is seen in all of them."""

FOLDER_PROPERTY = "OrganizationUnitId"
"""The property that shows a row's folder, where the entity has one."""

FEED = "_feed"
"""The column that says whose feed a package is in: the Id of a folder; null: the tenant's."""

PACKAGES = frozenset({"Libraries", "Processes"})
"""The sets of packages, whose keys are those of one feed."""

SHARES = "CREATE TABLE _shares (set_name TEXT, id, folder INTEGER, PRIMARY KEY (set_name, id, folder))"

_SHARED_BY: Mapping[str, tuple[str, str]] = MappingProxyType({
    **{name: (name, "Id") for name in ("Assets", "Buckets", "BusinessRules", "QueueDefinitions", "TaskCatalogs")},
    "QueueItems": ("QueueDefinitions", "QueueDefinitionId"),
})  # fmt: skip
"""Which sets' rows are seen in further folders: the set that is shared, and the column with its key."""


def within(set_name: str, alias: str, folder: int) -> Sql:
    """Return the condition that a row of the alias is seen in a folder."""
    home = f"coalesce({alias}.{FOLDER} = ?, TRUE)"
    if set_name not in _SHARED_BY:
        return Sql(home, (folder,))
    shared, column = _SHARED_BY[set_name]
    elsewhere = (
        f"EXISTS (SELECT 1 FROM _shares WHERE set_name = '{shared}'"  # noqa: S608 - names of ours
        f' AND id = {alias}."{column}" AND folder = ?)'
    )
    return Sql(f"({home} OR {elsewhere})", (folder, folder))
