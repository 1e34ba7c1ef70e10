"""Lists of objects that are worked out and not stored, under the same query options as entity sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from uipath_odata.emulator.data.schema import EntityType
from uipath_odata.emulator.filters.ordering import order_clause, ordering
from uipath_odata.emulator.filters.parser import parse as parse_filter
from uipath_odata.emulator.filters.paths import Paths
from uipath_odata.emulator.filters.sql import Document, Sql, join
from uipath_odata.emulator.filters.visitor import FilterSql
from uipath_odata.emulator.http.answers import Answer, invalid_options, unknown_property
from uipath_odata.emulator.http.options import Options, parse
from uipath_odata.emulator.world import Call, World


def listing(world: World, call: Call, type_name: str, rows: Sequence[dict[str, Any]]) -> Answer:
    """Answer a list of objects of a type, filtered, sorted and cut as the options say."""
    options = parse(call.query, call.operation.options)
    type_ = world.schema.types[type_name]
    chosen = _chosen(world, type_, rows, options)
    take = len(chosen) if options.top is None else options.top
    page = chosen[options.skip : options.skip + take]
    body: dict[str, Any] = {"@odata.context": context(call, type_name)}
    if options.count is not False and "$count" in call.operation.options:
        body["@odata.count"] = len(chosen)
    return Answer(body=body | {"value": [_selected(row, options, type_) for row in page]})


def value(call: Call, type_name: str, content: Any) -> Answer:
    """Answer a scalar, or a list of them, in OData's envelope."""
    return Answer(body={"@odata.context": f"{call.root}/odata/$metadata#{type_name}", "value": content})


def single(call: Call, type_name: str, content: dict[str, Any], status: int = 200) -> Answer:
    """Answer one object that is not an entity of a set."""
    return Answer(
        status,
        {"@odata.context": f"{call.root}/odata/$metadata#UiPath.Server.Configuration.OData.{type_name}"}
        | content,
    )


def validation(call: Call, errors: list[str]) -> Answer:
    """Answer whether something could be done; it could where there are no errors."""
    reply = {"IsValid": not errors, "Errors": errors, "ErrorCodes": list[str]()}
    return single(call, "ValidationResultDto", reply)


def context(call: Call, type_name: str) -> str:
    return f"{call.root}/odata/$metadata#Collection(UiPath.Server.Configuration.OData.{type_name})"


def _chosen(
    world: World, type_: EntityType, rows: Sequence[dict[str, Any]], options: Options
) -> list[dict[str, Any]]:
    if options.filter is None and not options.orderby:
        return list(rows)
    expressions = FilterSql(Paths(world.schema), Document(type_, "t.value", many=False), world.now)
    where = expressions.condition(parse_filter(options.filter)) if options.filter else Sql("TRUE")
    order = order_clause(ordering(term, expressions) for term in options.orderby)
    elements = Sql("json_each(?) AS t", (orjson.dumps(rows).decode(),))
    chosen = join(
        "SELECT t.key FROM {} WHERE {} ORDER BY {}", elements, where, order if order.text else Sql("t.key")
    )
    return [rows[index] for (index,) in world.store.rows(chosen.text, chosen.parameters)]


def _selected(row: dict[str, Any], options: Options, type_: EntityType) -> dict[str, Any]:
    if any("/" in name for name in options.select):
        raise invalid_options("$select names properties of the object only.")
    for name in options.select:
        if name != "*" and type_.find(name) is None:
            raise unknown_property(name, type_.name)
    chosen = {name.lower() for name in options.select}
    return row if not chosen or "*" in chosen else {name: row[name] for name in row if name.lower() in chosen}
