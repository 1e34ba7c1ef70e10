"""What a journal says: the parts that are committed, and where each list goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from uipath_odata.export.journal.journal import Record
from uipath_odata.odata.instant import Instant

__all__ = ["File", "ListState", "Part", "states_of"]


@attrs.frozen
class File:
    """One committed file."""

    name: str
    rows: int
    bytes: int
    sha256: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> File:
        return cls(record["name"], record["rows"], record["bytes"], record["sha256"])


@attrs.frozen(kw_only=True)
class Part:
    """Rows that were committed in one step."""

    number: int
    run: int
    reading: str
    """Which reading of the run gave them: ``all``, ``changed``, ``again-3`` …"""
    generation: int = 1
    rows: int
    files: tuple[File, ...]
    lo: int | None = None
    hi: int | None = None
    """Its rows lie from ``lo`` on and before ``hi``, in ticks or Ids; None: open, or not known."""
    cursor: Any = None
    """Where its reading goes on; None: it ends here."""
    open: tuple[int, ...] = ()
    """Ids of its rows that may still change."""
    settled: tuple[int, ...] = ()
    """Ids that no longer may, or are gone."""
    largest: int | None = None
    """The largest Id in it."""

    def record(self, entity_list: str) -> dict[str, Any]:
        """Give it as a journal has it."""
        facts = attrs.asdict(self, filter=lambda _, value: value not in ((), None))
        return {"record": "part", "list": entity_list, **facts}

    @classmethod
    def of(cls, record: Record) -> Part:
        facts: dict[str, Any] = {name: record[name] for name in _FACTS if name in record}
        facts |= {name: tuple(record.get(name, ())) for name in ("open", "settled")}
        return cls(**facts, files=tuple(map(File.of, record.get("files", ()))))


_FACTS: Final = tuple(each.name for each in attrs.fields(Part) if each.name != "files")


@attrs.define
class ListState:
    """Where the export of one list stands."""

    run: int = 0
    """The last that was begun."""
    begun: Record | None = None
    """How that run began; None once it ended."""
    ended: Record | None = None
    """How the last run ended that did."""
    parts: dict[int, Part] = attrs.field(factory=dict[int, Part])
    """Those that count, by number."""
    replaced: list[Part] = attrs.field(factory=list[Part])
    """Those whose place another took."""
    open: set[int] = attrs.field(factory=set[int])
    """Ids of rows that may still change."""
    read_at: dict[int, int] = attrs.field(factory=dict[int, int])
    """When each run began by the server's clock, in ticks."""
    done: set[str] = attrs.field(factory=set[str])
    """Readings of the run that ended."""

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts.values())

    @property
    def files(self) -> list[File]:
        """The files that count."""
        return [file for part in self.parts.values() for file in part.files]

    @property
    def size(self) -> int:
        """How many bytes they have."""
        return sum(file.bytes for file in self.files)

    @property
    def next_number(self) -> int:
        return max(self.parts, default=0) + 1

    @property
    def largest(self) -> int | None:
        """The largest Id of all."""
        return max((part.largest for part in self.parts.values() if part.largest is not None), default=None)

    def of_reading(self, reading: str) -> list[Part]:
        """Give the parts that a reading of the last run committed."""
        return [part for part in self.parts.values() if (part.run, part.reading) == (self.run, reading)]

    def take(self, record: Record) -> None:
        """Take in the next record of this list."""
        match record["record"]:
            case "begin":
                self.run, self.begun, self.done = record["run"], record, set()
                if "read_at" in record:
                    self.read_at[self.run] = Instant.parse(record["read_at"]).ticks
            case "part":
                self._part(Part.of(record))
            case "read":
                self.done.add(record["reading"])
            case _:
                self._end(record)

    def _part(self, part: Part) -> None:
        if part.number in self.parts:
            self.replaced.append(self.parts[part.number])
        self.parts[part.number] = part
        self.open = (self.open - set(part.settled)) | set(part.open)

    def _end(self, record: Record) -> None:
        self.begun, self.ended = None, record
        for number in record.get("replaced", ()):
            self.replaced.append(self.parts.pop(number))


def states_of(records: Iterable[Record]) -> dict[str, ListState]:
    """Read the state of each list from the records of a journal."""
    states = dict[str, ListState]()
    for record in records:
        states.setdefault(record["list"], ListState()).take(record)
    return states
