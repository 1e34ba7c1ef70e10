"""Rows in SQLite: one table per entity set, one column per property, date-times as ticks."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

import attrs

from uipath_odata.emulator.data import linked_queues, robot_logs
from uipath_odata.emulator.data.places import FEED, FOLDER, FOLDER_PROPERTY, PACKAGES, SHARES, within
from uipath_odata.emulator.data.schema import EntitySet, Property, Schema
from uipath_odata.emulator.data.snapshots import image_of, take_over
from uipath_odata.emulator.data.values import BindingError, binder
from uipath_odata.emulator.filters import functions
from uipath_odata.emulator.filters.sql import Sql, SqlValue
from uipath_odata.emulator.http.answers import ALREADY_EXISTS, Refusal, invalid_options, not_found

Row = dict[str, Any]
"""A row as it is stored: documents are texts, date-times are ticks."""

_COLUMN_TYPES = {
    "integer": "INTEGER",
    "boolean": "INTEGER",
    "instant": "INTEGER",
    "link": "INTEGER",
    "number": "REAL",
}


_TABLES = (
    "CREATE TABLE _singletons (name TEXT PRIMARY KEY, value TEXT)",
    "CREATE TABLE _files (place TEXT, path TEXT, content BLOB, type TEXT, modified INTEGER, PRIMARY KEY (place, path))",
    "CREATE TABLE _folder_users (folder INTEGER, user INTEGER, role INTEGER, PRIMARY KEY (folder, user, role))",
    "CREATE TABLE _folder_machines (folder INTEGER, machine INTEGER, inherited INTEGER, PRIMARY KEY (folder, machine))",
    "CREATE TABLE _plans (kind TEXT, key INTEGER, due INTEGER, detail TEXT, PRIMARY KEY (kind, key))",
    "CREATE INDEX _plans_due ON _plans (due)",
    "CREATE TABLE _job_attachments (id TEXT PRIMARY KEY, attachment TEXT, job TEXT, category TEXT, created INTEGER)",
    "CREATE TABLE _inboxes (inbox TEXT PRIMARY KEY, payload TEXT)",
    "CREATE TABLE _task_notes (id INTEGER PRIMARY KEY, task INTEGER, note TEXT)",
    "CREATE TABLE _task_activities (id INTEGER PRIMARY KEY, task, kind, creator, target, created, key)",
    "CREATE TABLE _task_data (task INTEGER PRIMARY KEY, data TEXT)",
)
"""What is known beside the rows of entity sets."""

_PLANNED_BY = {
    "ProcessSchedules": (
        "StartProcessCron",
        "TimeZoneId",
        "CalendarId",
        "StopProcessDate",
        "QueueDefinitionId",
    ),
    "TestSetSchedules": ("CronExpression", "TimeZoneId", "CalendarId", "DisableDate"),
}
_ONCE_A_FEED = tuple(
    f'CREATE UNIQUE INDEX "_{name}_once" ON "{name}" ("Key", coalesce({FEED}, 0))'
    for name in sorted(PACKAGES)
)
_SCHEDULES = tuple(
    f'CREATE TRIGGER "_{set_name}_{number}" AFTER {change} ON "{set_name}" BEGIN'  # noqa: S608 - words of ours
    f" INSERT OR REPLACE INTO _plans VALUES ('{kind}', new.\"Id\", 0, '{{}}'); END"
    for kind, (set_name, columns) in zip(("schedule", "test_schedule"), _PLANNED_BY.items(), strict=True)
    for number, change in enumerate(("INSERT", f'UPDATE OF "Enabled", {", ".join(columns)}'))
)
"""Schedules are planned anew however they come to be or change: by requests, by files, by other code."""


_STEPS = 2_000
"""How many steps of SQLite's machine pass between two looks at the time that a query has taken."""


@attrs.frozen
class Store:
    """All that the emulator knows, in a database of its own in memory."""

    schema: Schema
    sort_unit: int
    connection: sqlite3.Connection = attrs.field(
        factory=lambda: sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    )

    seconds: float = 5.0
    """The time of the processor that one query may take."""

    _end: list[float] = attrs.field(factory=lambda: [math.inf], repr=False)
    outbox: list[Any] = attrs.field(factory=list[Any])
    """The events that no webhook has been told of yet; they follow the transactions."""

    def __attrs_post_init__(self) -> None:
        functions.register(self.connection)
        self.connection.set_progress_handler(lambda: time.thread_time() > self._end[0], _STEPS)
        for statement in (*_TABLES, SHARES):
            self.connection.execute(statement)
        for entity_set in self.schema.sets.values():
            self.connection.execute(self._table(entity_set))
        for statement in (robot_logs.INDEX, *_ONCE_A_FEED, *_SCHEDULES):
            self.connection.execute(statement)
        self.connection.execute(linked_queues.view(self.schema.sets[linked_queues.SET].row))

    def image(self) -> bytes:
        """Return the whole database as bytes."""
        return image_of(self.connection)

    def load(self, image: bytes) -> None:
        """Take over the rows of a database that was given as bytes."""
        take_over(self.connection, image)

    def rows(self, sql: str, parameters: Iterable[SqlValue] = ()) -> list[tuple[Any, ...]]:
        """Run a query and return its rows; refuse one with numbers that no column holds, and one that costs too much."""
        self._end[0] = time.thread_time() + self.seconds
        try:
            return self.connection.execute(sql, tuple(parameters)).fetchall()
        except OverflowError as error:
            raise invalid_options("a number is beyond 64 bits") from error
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            raise invalid_options("the query costs too much: filter or select less") from error
        finally:
            self._end[0] = math.inf

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Do all of what follows or, where it raises, nothing; transactions nest."""
        told = len(self.outbox)
        self.connection.execute("SAVEPOINT work")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK TO work")
            del self.outbox[told:]
            raise
        finally:
            self.connection.execute("RELEASE work")

    def find(self, table: str, where: str = "TRUE", *parameters: SqlValue) -> list[Row]:
        """Return the rows of a table that a condition leaves."""
        cursor = self.connection.execute(f'SELECT * FROM "{table}" WHERE {where}', parameters)  # noqa: S608 - ours
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor]

    def change(self, set_name: str, key: SqlValue, values: Mapping[str, SqlValue]) -> None:
        """Set columns of the row with this key, wherever it is."""
        self.assign(self.schema.sets[set_name], key, None, values)

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
        with self.transaction():
            self.connection.executemany(statement, rows)

    def create(self, entity_set: EntitySet, values: Mapping[str, SqlValue]) -> SqlValue:
        """Add one row of stored values and return its key; refuse a key that is taken."""
        columns, places = ", ".join(f'"{name}"' for name in values), ", ".join("?" for _ in values)
        row = f"({columns}) VALUES ({places})" if values else "DEFAULT VALUES"
        statement = f'INSERT INTO "{entity_set.name}" {row} RETURNING "{entity_set.key.name}"'
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
        self._change(statement, entity_set, [*values.values()], key, folder)

    def delete(self, entity_set: EntitySet, key: SqlValue, folder: int | None) -> None:
        """Remove the row with this key in a folder."""
        self._change(f'DELETE FROM "{entity_set.name}"', entity_set, [], key, folder)  # noqa: S608 - the same

    def _change(
        self, statement: str, entity_set: EntitySet, values: list[SqlValue], key: SqlValue, folder: int | None
    ) -> None:
        name = entity_set.name
        seen = Sql("TRUE") if folder is None else within(name, f'"{name}"', folder)
        where = f'WHERE "{entity_set.key.name}" = ? AND {seen}'
        changed = self.connection.execute(f"{statement} {where}", (*values, key, *seen.parameters))
        if changed.rowcount == 0:
            raise not_found(f"{name}({key})")

    def _binder(
        self, entity_set: EntitySet, names: list[str], folder: int | None
    ) -> Callable[[Mapping[str, Any]], list[SqlValue]]:
        binders = {each.name: binder(each, self.schema) for each in entity_set.row.properties.values()}
        fixed: Mapping[str, SqlValue] = robot_logs.FIXED if entity_set.name == robot_logs.NAME else {}

        def bound(row: Mapping[str, Any]) -> list[SqlValue]:
            if not isinstance(row, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - rows may come over HTTP
                raise BindingError(why=f"a row of {entity_set.name} is a mapping, not {row!r}")
            if not row.keys() <= binders.keys():
                raise BindingError(why=_unknown(entity_set, row.keys() - binders.keys()))
            values = {name: binders[name](value) for name, value in row.items() if value is not None}
            values[FOLDER] = values.setdefault(FOLDER_PROPERTY, folder)
            return list(map({**values, **fixed}.get, names))

        return bound

    def _table(self, entity_set: EntitySet) -> str:
        columns = [self._column(entity_set, column) for column in entity_set.row.properties.values()]
        extra = [robot_logs.sort_column(self.sort_unit)] if entity_set.name == robot_logs.NAME else []
        extra += [f"{FEED} INTEGER"] if entity_set.name in PACKAGES else []
        return f'CREATE TABLE "{entity_set.name}" ({", ".join([*columns, f"{FOLDER} INTEGER", *extra])})'

    @staticmethod
    def _column(entity_set: EntitySet, column: Property) -> str:
        is_key = column == entity_set.key and entity_set.name not in {robot_logs.NAME, *PACKAGES}
        return f'"{column.name}" {_COLUMN_TYPES.get(column.kind, "TEXT")}{" PRIMARY KEY" if is_key else ""}'


def _unknown(entity_set: EntitySet, names: Iterable[str]) -> str:
    known = [found.name for found in entity_set.row.properties.values()]
    lower = {name.lower(): name for name in known}
    nearest = [
        lower.get(name.lower()) or next(iter(get_close_matches(name, known, 1)), None)
        for name in sorted(names)
    ]
    meant = [name for name in nearest if name]
    advice = f": did you mean {', '.join(meant)}?" if meant else ""
    return f"{entity_set.name} has no {', '.join(sorted(names))}{advice}"
