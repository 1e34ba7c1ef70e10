"""Rows in SQLite: one table an entity set, one column a property, date-times as ticks."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import attrs

from uipath_odata.emulator import functions, robot_logs
from uipath_odata.emulator.answers import ALREADY_EXISTS, Refusal, not_found
from uipath_odata.emulator.schema import EntitySet, Property, Schema
from uipath_odata.emulator.sql import SqlValue
from uipath_odata.emulator.values import BindingError, binder

FOLDER = "_folder"
"""The column that says which folder a row belongs to; null: it is seen in all of them."""

FOLDER_PROPERTY = "OrganizationUnitId"
"""The property that shows a row's folder, where the entity has one."""

_COLUMN_TYPES = {
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "instant": "INTEGER",
    "link": "INTEGER",
    "number": "REAL",
}


@attrs.frozen
class Store:
    """All that the emulator knows, in a database of its own in memory."""

    schema: Schema
    sort_unit: int
    connection: sqlite3.Connection = attrs.field(
        factory=lambda: sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    )

    def __attrs_post_init__(self) -> None:
        functions.register(self.connection)
        self.connection.execute("CREATE TABLE _singletons (name TEXT PRIMARY KEY, value TEXT)")
        for entity_set in self.schema.sets.values():
            self.connection.execute(self._table(entity_set))
        self.connection.execute(robot_logs.INDEX)

    def image(self) -> bytes:
        """Give the whole database as bytes."""
        return self.connection.serialize()

    def load(self, image: bytes) -> None:
        """Take over the rows of a database that was given as bytes."""
        self.connection.deserialize(image)

    def rows(self, sql: str, parameters: Iterable[SqlValue] = ()) -> list[tuple[Any, ...]]:
        """Run a query and give its rows."""
        return self.connection.execute(sql, tuple(parameters)).fetchall()

    def insert(self, set_name: str, rows: Iterable[Mapping[str, Any]], folder: int | None = None) -> None:
        """Add rows given as JSON objects, in one transaction; BindingError where the schema knows no such row.

        A row that does not name its folder is put into the one given.
        """
        entity_set = self.schema.sets[set_name]
        names = [FOLDER, *(found.name for found in entity_set.row.properties.values())]
        self.insert_stored(set_name, names, map(self._binder(entity_set, names, folder), rows))

    def insert_stored(self, set_name: str, names: Sequence[str], rows: Iterable[Sequence[SqlValue]]) -> None:
        """Add rows of stored values for the columns named, in one transaction."""
        columns, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
        statement = f'INSERT INTO "{set_name}" ({columns}) VALUES ({places})'  # noqa: S608 - names of the schema
        self.connection.execute("BEGIN")
        try:
            self.connection.executemany(statement, rows)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def create(self, entity_set: EntitySet, values: Mapping[str, SqlValue]) -> SqlValue:
        """Add one row of stored values and give its key; refuse a key that is taken."""
        columns, places = ", ".join(f'"{name}"' for name in values), ", ".join("?" for _ in values)
        statement = (
            f'INSERT INTO "{entity_set.name}" ({columns}) VALUES ({places})'  # noqa: S608 - names of the schema
            f' RETURNING "{entity_set.key.name}"'
        )
        try:
            rows: list[tuple[SqlValue]] = self.connection.execute(
                statement, tuple(values.values())
            ).fetchall()
        except sqlite3.IntegrityError as error:
            raise Refusal("The item already exists.", ALREADY_EXISTS, HTTPStatus.CONFLICT) from error
        return rows[0][0]

    def assign(
        self,
        entity_set: EntitySet,
        key: SqlValue,
        folder: int | None,
        values: Mapping[str, SqlValue],
        merged: frozenset[str] = frozenset(),
    ) -> None:
        """Change columns of the row with this key in a folder, JSON objects among ``merged`` by RFC 7396."""
        changes = ", ".join(
            f'"{name}" = ' + (f"json_patch(coalesce(\"{name}\", '{{}}'), ?)" if name in merged else "?")
            for name in values
        )
        statement = f'UPDATE "{entity_set.name}" SET {changes}'  # noqa: S608 - names of the schema
        self._change(statement, entity_set, [*values.values(), key, folder])

    def delete(self, entity_set: EntitySet, key: SqlValue, folder: int | None) -> None:
        """Remove the row with this key in a folder."""
        self._change(f'DELETE FROM "{entity_set.name}"', entity_set, [key, folder])  # noqa: S608 - the same

    def _change(self, statement: str, entity_set: EntitySet, parameters: list[SqlValue]) -> None:
        where = f'WHERE "{entity_set.key.name}" = ? AND coalesce("{FOLDER}" = ?, TRUE)'
        if self.connection.execute(f"{statement} {where}", parameters).rowcount == 0:
            raise not_found(f"{entity_set.name}({parameters[-2]})")

    def _binder(
        self, entity_set: EntitySet, names: list[str], folder: int | None
    ) -> Callable[[Mapping[str, Any]], list[SqlValue]]:
        binders = {each.name: binder(each, self.schema) for each in entity_set.row.properties.values()}
        fixed: Mapping[str, SqlValue] = robot_logs.FIXED if entity_set.name == robot_logs.NAME else {}

        def bound(row: Mapping[str, Any]) -> list[SqlValue]:
            if not row.keys() <= binders.keys():
                raise BindingError(f"{entity_set.type.name} has no {', '.join(row.keys() - binders.keys())}")
            values = {name: binders[name](value) for name, value in row.items() if value is not None}
            values[FOLDER] = values.setdefault(FOLDER_PROPERTY, folder)
            return list(map({**values, **fixed}.get, names))

        return bound

    def _table(self, entity_set: EntitySet) -> str:
        columns = [self._column(entity_set, column) for column in entity_set.row.properties.values()]
        extra = [robot_logs.sort_column(self.sort_unit)] if entity_set.name == robot_logs.NAME else []
        return f'CREATE TABLE "{entity_set.name}" ({", ".join([*columns, f"{FOLDER} INTEGER", *extra])})'

    @staticmethod
    def _column(entity_set: EntitySet, column: Property) -> str:
        is_key = column == entity_set.key and entity_set.name != robot_logs.NAME
        return f'"{column.name}" {_COLUMN_TYPES.get(column.kind, "TEXT")}{" PRIMARY KEY" if is_key else ""}'
