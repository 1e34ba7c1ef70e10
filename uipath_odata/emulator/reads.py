"""Lists, single entities and counts."""

from __future__ import annotations

from typing import Any

from uipath_odata.emulator import robot_logs
from uipath_odata.emulator.answers import Answer, not_found
from uipath_odata.emulator.options import Options, parse
from uipath_odata.emulator.schema import Property
from uipath_odata.emulator.selection import select
from uipath_odata.emulator.sql import Sql, SqlValue
from uipath_odata.emulator.world import Call, World

COUNT_ON_REQUEST = frozenset({"Jobs", "QueueItems", "Calendars"})
"""Lists that give ``@odata.count`` only when ``$count=true`` asks for it."""


def listing(world: World, call: Call, *conditions: Sql) -> Answer:
    """Answer a list, or a function that gives some of an entity set's rows."""
    entity_set = world.schema.sets[call.operation.set_name]
    options = parse(call.query, call.operation.options)
    take = entity_set.page if options.top is None else options.top
    window = world.settings.window if entity_set.name == robot_logs.NAME else None
    robot_logs.check_window(options.skip, take, window)
    selection = select(world, entity_set, options, call.folder, *conditions)
    body: dict[str, Any] = {"@odata.context": _context(call, entity_set.name, options)}
    if options.count or (options.count is None and entity_set.name not in COUNT_ON_REQUEST):
        body["@odata.count"] = selection.count(window)
    body["value"] = selection.page(options, take)
    return Answer(body=body)


def single(world: World, call: Call) -> Answer:
    """Answer one entity by its key."""
    entity_set = world.schema.sets[call.operation.set_name]
    key = key_value(entity_set.key, call.arguments["key"])
    options = parse(call.query, call.operation.options)
    selection = select(world, entity_set, options, call.folder, Sql(f't."{entity_set.key.name}" = ?', (key,)))
    entity = selection.first(options)
    if entity is None:
        raise not_found(f"{entity_set.name}({key})")
    return Answer(body={"@odata.context": f"{_context(call, entity_set.name, options)}/$entity"} | entity)


def total_count(world: World, call: Call) -> Answer:
    """Count the rows that the filter leaves, beyond the window too."""
    options = parse(call.query, call.operation.options)
    selection = select(world, world.schema.sets[call.operation.set_name], options, call.folder)
    return Answer(
        body={"@odata.context": f"{call.root}/odata/$metadata#Edm.Int64", "value": selection.count()}
    )


def key_value(key: Property, text: str) -> SqlValue:
    """Read a key in a path; a GUID is kept in lower case."""
    if key.kind == "integer":
        return int(text)
    return text.lower() if key.kind == "guid" else text


def _context(call: Call, name: str, options: Options) -> str:
    selected = f"({','.join(options.select)})" if options.select else ""
    return f"{call.root}/odata/$metadata#{name}{selected}"
