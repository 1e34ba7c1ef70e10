"""Items of linked queues, which a list over all folders gives once for each folder that their queue is in."""

from __future__ import annotations

from uipath_odata.emulator.data.places import FOLDER, FOLDER_PROPERTY
from uipath_odata.emulator.data.schema import EntityType

SET, VIEW = "QueueItems", "_linked_queue_items"
ARE_ANY = "SELECT 1 FROM _shares WHERE set_name = 'QueueDefinitions' LIMIT 1"

_PLACES = (
    f'SELECT "Id" AS id, {FOLDER} AS folder FROM "QueueDefinitions"'  # noqa: S608 - a column of ours
    " UNION ALL SELECT id, folder FROM _shares WHERE set_name = 'QueueDefinitions'"
)


def view(row: EntityType) -> str:
    """Define the view that has such an item as often, each time in another folder."""
    plain = [found.name for found in row.properties.values() if found.name != FOLDER_PROPERTY]
    columns = ["item.rowid AS rowid", *(f'item."{name}"' for name in plain)]
    columns += [f"coalesce(place.folder, item.{FOLDER}) AS {name}" for name in (FOLDER, FOLDER_PROPERTY)]
    joined = f'"{SET}" AS item LEFT JOIN ({_PLACES}) AS place ON place.id = item."QueueDefinitionId"'
    return f"CREATE VIEW {VIEW} AS SELECT {', '.join(columns)} FROM {joined}"  # noqa: S608 - names of the schema
