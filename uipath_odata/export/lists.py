"""Which lists an export reads, and how it reads each again on the next night."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import attrs

from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.export.formats import Shape
from uipath_odata.export.privacy.privacy import Privacy
from uipath_odata.local.log_line import LogPlace
from uipath_odata.odata.entity import Entity, Member, by_wire
from uipath_odata.odata.expr.expression import path
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.query import has_integer_id, is_by_rank

__all__ = [
    "MODES",
    "ExportList",
    "Folder",
    "Mode",
    "mode_of",
    "name_of",
    "time_property",
    "whom",
    "with_privacy",
]

Mode: TypeAlias = Literal["append", "modified", "open", "replace"]

MODES: Final[Mapping[str, Mode]] = {
    "RobotLogs": "append",
    "AuditLogs": "append",
    "QueueItemEvents": "append",
    "QueueItemComments": "append",
    "Jobs": "modified",
    "Tasks": "modified",
    "QueueItems": "open",
}
"""How a set is read again, by what its rows allow; every other is small and read whole (`replace`).

`append`: rows do not change, new ones come after the others, and some of them late. `modified`: a row says when it was
changed last. `open`: a row does not, and changes until its status is final.
"""

_NAMED: Final = 5
_TIMES: Final = ("TimeStamp", "CreationTime", "Timestamp", "ExecutionTime", "ReportingTime", "StartTime")


@attrs.frozen
class Folder:
    """The folder that rows were read in, for their columns."""

    id: int
    path: str


@attrs.frozen(eq=False)
class ExportList:
    """One list of an export: the query of a set in one folder, or in none."""

    entity_set: str
    query: BoundQuery[Any, Any]
    folder: Folder | None = None
    not_of_queues: frozenset[int] = frozenset()
    """Queues whose items another folder of this export gives."""
    queues: frozenset[int] = frozenset()
    """Queues whose items this list gives, as far as that is known."""
    privacy: Privacy = attrs.field(factory=Privacy)
    """What is kept from others, of the names that its rows have."""
    until: int | None = None
    """The tick from which on rows are not asked for, where that is not in its query."""
    mode: Mode | None = None
    """How it is read again where its server cannot answer the mode of its set."""
    held_as: str | None = None
    """Its key in a place that held it before it knew of folders."""

    @property
    def key(self) -> str:
        """The name of the list among those of its export, good in file names."""
        if self.held_as is not None:
            return self.held_as
        return self.entity_set if self.folder is None else f"{self.entity_set}-{self.folder.id}"

    @property
    def in_time(self) -> bool:
        """Whether its rows have a place in time and no key."""
        return self.query.__source__.in_window

    def before(self, until: int | None) -> ExportList:
        """Return the list of those of its rows that came to be before a tick."""
        entity: Any = self.query.query.entity
        time = time_property(entity)
        if until is None or time is None:
            return attrs.evolve(self, until=until)
        query = self.query.filter(path(time.wire) < Instant(until))
        return attrs.evolve(self, query=query, until=until)

    def describe(self) -> dict[str, Any]:
        """Say what is asked, for the job: other rows are another job."""
        source, options = self.query.__source__, self.query.options
        return {
            "set": self.entity_set,
            "operation": source.operation.name,
            "url": str(self.before(self.until).query.url),
            "filter": options.get("$filter"),
            "order": options.get("$orderby"),
            "top": options.get("$top"),
            "skip": options.get("$skip"),
            "until": None if self.until is None else str(Instant(self.until)),
            "headers": dict(source.channel.headers) if self.folder is None else {},
        }


def whom(lists: Sequence[ExportList]) -> LogPlace:
    """Return whom the log is about: the tenant, and the folders of its lists."""
    folders = sorted({str(each.query.__source__.channel.place.folder or "") for each in lists} - {""})
    named = ", ".join(folders) if len(folders) <= _NAMED else f"{len(folders)} folders"
    return LogPlace(lists[0].query.__source__.channel.place.tenant, named or None)


def mode_of(query: BoundQuery[Any, Any], entity_set: str) -> Mode:
    """Choose how a list is read again; a query with an order, ``top`` or ``skip`` of its own is read whole."""
    asked = query.query
    mode: Mode = MODES.get(entity_set, "replace")
    keyed = query.__source__.in_window or has_integer_id(asked)
    return mode if keyed and not is_by_rank(asked) else "replace"


def time_property(entity: type[Entity]) -> Member | None:
    """Return the property that says when a row came to be, by which ``since``, ``until`` and the day of a file go."""
    known = by_wire(entity)
    return next((known[wire] for wire in _TIMES if wire in known), None)


def name_of(query: BoundQuery[Any, Any]) -> str:
    """Return the name of the set that a query reads, good in file names."""
    return re.sub(r"[^A-Za-z0-9_]", "_", query.__source__.operation.name.removesuffix(".list"))


def with_privacy(lists: Sequence[ExportList], privacy: Privacy) -> list[ExportList]:
    """Return lists that each keep from others what of it they have. Raise QueryError for a name that none of them has."""
    kept = privacy.among([Shape.of(each.query.query) for each in lists])
    return [attrs.evolve(each, privacy=own) for each, own in zip(lists, kept, strict=True)]
