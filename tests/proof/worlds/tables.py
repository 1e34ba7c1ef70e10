"""The lists that are read: their columns, rows at random, and conditions a user may set."""

from __future__ import annotations

import uuid

import attrs

from uipath_odata import Instant
from uipath_odata.entities import Job, QueueItem, RobotLog

from .filters import SECOND, moment_of, text_of
from .history import Fact

__all__ = ["GUIDS", "JOBS", "LOGS", "QUEUE_ITEMS", "TABLES", "Condition", "Table"]

_TEXTS = ("DocBot", "docbot", "O'Brien", "ae", "æ", "end ", "end", None)
_STATES = ("Pending", "Running", "Successful")
_LEVELS = ("Info", "Warn", "Error")


@attrs.frozen
class Table:
    """One entity set: which column is its key, what kind each column is, and how the client names it."""

    name: str
    entity: type
    key: str
    token: str
    """The column that tells rows apart."""
    kinds: dict
    names: dict
    """Of columns that users filter by: the client's attribute."""
    values: dict
    """What these columns hold."""
    state: str | None
    """The column that changes while a row lives."""
    stable: frozenset
    """The columns by which parts of a list are surely apart: they never change, and all servers compare them alike."""

    @property
    def window(self):
        return self.key == "TimeStamp"


def guid(number):
    return str(uuid.UUID(int=0x5F3B2C1A_0000_4000_8000_000000000000 + number))


GUIDS = (guid(10), guid(11), guid(12))

JOBS = Table(
    "Jobs",
    Job,
    key="Id",
    token="Info",
    kinds={
        "Id": "number",
        "Key": "guid",
        "State": "enum",
        "SourceType": "enum",
        "OrganizationUnitId": "number",
        "HasVideoRecorded": "truth",
        "CreationTime": "moment",
    },
    names={
        "Key": Job.key,
        "State": Job.state,
        "SourceType": Job.source_type,
        "ReleaseName": Job.release_name,
        "OrganizationUnitId": Job.organization_unit_id,
        "HasVideoRecorded": Job.has_video_recorded,
        "CreationTime": Job.creation_time,
        "Robot/Name": Job.robot.name,
    },
    values={
        "State": _STATES,
        "SourceType": ("Manual", "Schedule", "Agent", "Queue"),
        "ReleaseName": _TEXTS,
        "OrganizationUnitId": (1, 2, 3, 4, 5),
        "HasVideoRecorded": (True, False),
        "Robot/Name": _TEXTS,
    },
    state="State",
    stable=frozenset({"Id", "Key", "SourceType", "OrganizationUnitId", "CreationTime"}),
)

QUEUE_ITEMS = Table(
    "QueueItems",
    QueueItem,
    key="Id",
    token="Reference",
    kinds={
        "Id": "number",
        "Key": "guid",
        "Status": "enum",
        "Priority": "enum",
        "OrganizationUnitId": "number",
        "QueueDefinitionId": "number",
    },
    names={
        "Key": QueueItem.key,
        "Status": QueueItem.status,
        "Priority": QueueItem.priority,
        "QueueDefinitionId": QueueItem.queue_definition_id,
        "OrganizationUnitId": QueueItem.organization_unit_id,
    },
    values={
        "Status": ("New", "InProgress", "Failed"),
        "Priority": ("High", "Normal", "Low"),
        "QueueDefinitionId": (1, 2, 3, 4, 5),
    },
    state="Status",
    stable=frozenset({"Id", "Key", "QueueDefinitionId", "OrganizationUnitId"}),
)

LOGS = Table(
    "RobotLogs",
    RobotLog,
    key="TimeStamp",
    token="Message",
    kinds={
        "TimeStamp": "moment",
        "Level": "enum",
        "JobKey": "guid",
        "MachineId": "number",
        "Id": "number",
    },
    names={
        "Level": RobotLog.level,
        "RobotName": RobotLog.robot_name,
        "JobKey": RobotLog.job_key,
        "MachineId": RobotLog.machine_id,
        "ProcessName": RobotLog.process_name,
    },
    values={
        "Level": _LEVELS,
        "RobotName": _TEXTS,
        "JobKey": (*GUIDS, None),
        "MachineId": (17, 4, 5, 6, None),
        "ProcessName": ("P", "Q", None),
    },
    state=None,
    stable=frozenset({"TimeStamp", "Level", "JobKey", "MachineId"}),
)

TABLES = {table.name: table for table in (JOBS, QUEUE_ITEMS, LOGS)}


@attrs.frozen
class Condition:
    """What a user asks of one column."""

    column: str
    operator: str
    values: tuple

    def query(self, query, table):
        kind = table.kinds.get(self.column)
        read = {"guid": uuid.UUID, "moment": Instant.parse}.get(kind, lambda value: value)
        values = [None if each is None else read(each) for each in self.values]
        column, value = table.names[self.column], values[0]
        predicate = {
            "eq": lambda: column == value,
            "ne": lambda: column != value,
            "in": lambda: column.in_(values),
        }[self.operator]()
        return query.filter(predicate)

    def tree(self):
        return (self.operator, self.column, *self.values)


@attrs.define(eq=False)
class Rows:
    """Makes the rows of one world, its first ones and those that come later."""

    table: Table
    chance: object
    replicas: int
    shape: object
    made: int = 0
    newest: int = 0

    def first(self):
        """Give the rows that are there at first."""
        facts = []
        for size in self.shape.sizes:
            self.newest += self.chance.choice(self.shape.step)
            facts += self.group(self.newest, size)
        return facts

    def group(self, key, size, born=0):
        """Give the rows of one key: of one Id in several folders, or of about one moment."""
        if not self.table.window:
            return [self.row(key, born, folder=folder) for folder in range(1, size + 1)]
        spread = self.chance.choice([1, 1, 10, 1_000])
        start = key if spread == 1 else key // 10_000 * 10_000
        return [self.row(start + self.chance.randrange(spread), born) for _ in range(size)]

    def row(self, key, born, folder=1):
        self.made += 1
        self.newest = max(self.newest, key)
        row = {name: self._value(name) for name in self.table.values}
        row[self.table.token] = f"row {self.made}"
        row |= self._keyed(key, folder)
        token = row[self.table.token]
        if self.table.window and self.chance.random() < self.shape.copies:
            row |= {"Message": "a copy", **{name: values[0] for name, values in self.table.values.items()}}
            token = f"a copy {row['TimeStamp']}"
        ranks = tuple(self.chance.random() for _ in range(self.replicas))
        return Fact(token, key, ranks, [(born, row)], born)

    def _value(self, name):
        values = self.table.values[name]
        return self.chance.choice(values) if self.shape.variety else values[0]

    def _keyed(self, key, folder):
        if self.table.window:
            return {"TimeStamp": text_of(key), "Id": 0}
        row = {"Id": key, "Key": guid(1_000 + self.made), "OrganizationUnitId": folder}
        if self.table is JOBS:
            row["OrganizationUnitId"] = self.chance.randint(1, 5)
            row["CreationTime"] = text_of(key * SECOND // 3)
        return row


def token_of(table, row):
    """Name a row that was given."""
    token = row[table.token]
    return token if token != "a copy" else f"a copy {text_of(moment_of(row['TimeStamp']))}"
