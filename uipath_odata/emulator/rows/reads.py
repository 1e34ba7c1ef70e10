"""Lists, single entities and counts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from uipath_odata.emulator.data import robot_logs
from uipath_odata.emulator.data.schema import EntitySet, EntityType, Property, stem
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http.answers import Answer, not_found
from uipath_odata.emulator.http.options import Options, parse
from uipath_odata.emulator.rows.selection import select
from uipath_odata.emulator.world import Call, World

COUNT_ON_REQUEST = frozenset({"Jobs", "QueueItems", "Calendars"})
"""Lists that give ``@odata.count`` only when ``$count=true`` asks for it."""


def listing(world: World, call: Call, *conditions: Sql, of: str | None = None) -> Answer:
    """Answer a list, or a function that gives some of the rows of an entity set, its own or another one's."""
    entity_set = world.schema.sets[of or call.operation.set_name]
    options = parse(call.query, call.operation.options)
    take = entity_set.page if options.top is None else options.top
    window = world.settings.window if entity_set.name == robot_logs.NAME else None
    robot_logs.check_window(options.skip, take, window)
    view = _view(world, call, entity_set)
    selection = select(world, entity_set, options, call.folder, *conditions, view=view)
    body: dict[str, Any] = {"@odata.context": _context(call, entity_set.name, options)}
    if options.count or (options.count is None and entity_set.name not in COUNT_ON_REQUEST):
        body["@odata.count"] = selection.count(window)
    body["value"] = selection.page(options, min(take, world.settings.page_caps.get(entity_set.name, take)))
    return Answer(body=body)


def single(world: World, call: Call) -> Answer:
    """Answer one entity by its key."""
    entity_set = world.schema.sets[call.operation.set_name]
    return entity(world, call, entity_set.name, key_value(entity_set.key, call.arguments["key"]))


def by_guid(world: World, call: Call) -> Answer:
    """Answer one entity by its property Key, which is a GUID."""
    name = call.operation.set_name
    key = call.arguments["identifier"].lower()
    found = world.store.find(name, '"Key" = ?', key)
    if not found:
        raise not_found(f"{name}({key})")
    return entity(world, call, name, found[0][world.schema.sets[name].key.name])


def entity(world: World, call: Call, set_name: str, key: SqlValue, status: int = HTTPStatus.OK) -> Answer:
    """Answer an entity of any set as it is now, under the options of the request."""
    entity_set = world.schema.sets[set_name]
    options = parse(call.query, call.operation.options)
    by_key = Sql(f't."{entity_set.key.name}" = ?', (key,))
    view = _view(world, call, entity_set)
    found = select(world, entity_set, options, call.folder, by_key, view=view).first(options)
    if found is None:
        raise not_found(f"{entity_set.name}({key})")
    return Answer(status, {"@odata.context": f"{_context(call, entity_set.name, options)}/$entity"} | found)


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


def _view(world: World, call: Call, entity_set: EntitySet) -> EntityType | None:
    """Return the type that the operation shows the set's rows as; None: the set's own."""
    shown = world.schema.types.get((call.operation.result or "").removeprefix("ODataValueOfIEnumerableOf"))
    return shown if shown is not None and stem(shown.name) == stem(entity_set.type.name) else None


def _context(call: Call, name: str, options: Options) -> str:
    selected = f"({','.join(options.select)})" if options.select else ""
    return f"{call.root}/odata/$metadata#{name}{selected}"
