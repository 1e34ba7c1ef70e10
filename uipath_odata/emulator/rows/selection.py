"""The rows of an entity set that a request is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from uipath_odata.emulator.data import linked_queues, robot_logs
from uipath_odata.emulator.data.places import within
from uipath_odata.emulator.data.schema import EntitySet, EntityType
from uipath_odata.emulator.filters.ordering import Ordering, order_clause, ordering
from uipath_odata.emulator.filters.parser import MOST_NODES, parse
from uipath_odata.emulator.filters.paths import Paths
from uipath_odata.emulator.filters.sql import Rows, Sql, bound, join
from uipath_odata.emulator.filters.visitor import FilterSql
from uipath_odata.emulator.http.options import Options
from uipath_odata.emulator.rows.projection import project
from uipath_odata.emulator.world import World

_ALIAS = "t"


@attrs.frozen
class Selection:
    world: World
    entity_set: EntitySet
    table: str
    rows: Rows
    expressions: FilterSql
    where: Sql

    def page(self, options: Options, take: int) -> list[dict[str, Any]]:
        """Return the rows that ``$orderby``, ``$skip`` and ``$top`` leave, as ``$select`` and ``$expand`` want them."""
        shape = project(self.expressions, self.rows, options)
        terms = [ordering(term, self.expressions) for term in options.orderby]
        order = order_clause(self._ordered(terms))
        limit = Sql("LIMIT ? OFFSET ?", (take, options.skip))
        found = self._read(shape.columns, join("WHERE {} ORDER BY {} {}", self.where, order, limit))
        return [shape.entity(row) for row in found]

    def first(self, options: Options) -> dict[str, Any] | None:
        """Return the one row, with what is only shown of an entity that is read by its key."""
        shape = project(self.expressions, self.rows, options, by_key=True)
        found = self._read(shape.columns, join("WHERE {} LIMIT 1", self.where))
        return shape.entity(found[0]) if found else None

    def count(self, limit: int | None = None) -> int:
        """Count the rows, up to a limit."""
        within = self._statement(
            [Sql("1")], join("WHERE {} LIMIT {}", self.where, bound(limit or -1, "integer"))
        )
        counted = join("SELECT COUNT(*) FROM ({})", within)
        return int(self.world.store.rows(counted.text, counted.parameters)[0][0])

    def _ordered(self, terms: list[Ordering]) -> list[Ordering]:
        if self.entity_set.name == robot_logs.NAME:
            replica = self.world.random.randrange(self.world.settings.replicas)
            return robot_logs.ordered(terms, _ALIAS, replica)
        return [*terms, Ordering(Sql(f"{_ALIAS}.rowid"))]

    def _read(self, columns: Sequence[Sql], rest: Sql) -> list[tuple[Any, ...]]:
        statement = self._statement(columns, rest)
        return self.world.store.rows(statement.text, statement.parameters)

    def _statement(self, columns: Sequence[Sql], rest: Sql) -> Sql:
        places = ", ".join("{}" for _ in columns)
        source = f'FROM "{self.table}" AS {_ALIAS}{self.expressions.paths.joins()}'
        return join(f"SELECT {places} {source} {{}}", *columns, rest)


def select(
    world: World,
    entity_set: EntitySet,
    options: Options,
    folder: int | None,
    *conditions: Sql,
    limit: int = MOST_NODES,
    view: EntityType | None = None,
) -> Selection:
    """Select the rows of a folder that the filter and further conditions on the alias ``t`` leave, seen as a view."""
    rows = Rows(view or entity_set.type, _ALIAS)
    expressions = FilterSql(Paths(world.schema), rows, world.now)
    if entity_set.name == robot_logs.NAME:
        coarse = robot_logs.coarse(_ALIAS, world.settings.sort_unit)
        precision = robot_logs.PRECISIONS[world.settings.log_filter]
        expressions = FilterSql(Paths(world.schema, coarse), rows, world.now, precision)
    where = [*conditions]
    if folder is not None:
        where.append(within(entity_set.name, _ALIAS, folder))
    if options.filter is not None:
        where.append(expressions.condition(parse(options.filter, limit)))
    together = join(" AND ".join("{}" for _ in where) or "TRUE", *where)
    return Selection(world, entity_set, _table(world, entity_set, folder), rows, expressions, together)


def _table(world: World, entity_set: EntitySet, folder: int | None) -> str:
    if folder is None and entity_set.name == linked_queues.SET and world.store.rows(linked_queues.ARE_ANY):
        return linked_queues.VIEW
    return entity_set.name
