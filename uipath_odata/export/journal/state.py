"""What a journal says: the parts that count, and where each list resumes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.records import (
    CompactionBegan,
    File,
    Part,
    PartsMerged,
    Record,
    RunBegan,
    RunEnded,
    StepProof,
    StepRead,
)
from uipath_odata.odata.instant import Instant

__all__ = ["ListState", "states_of"]


@attrs.define
class ListState:
    """Where the export of one list stands."""

    run: int = 0
    """The last that was begun."""
    begun: RunBegan | None = None
    """How that run began; None once it ended."""
    ended: RunEnded | None = None
    """How the last run ended that did."""
    parts: dict[int, Part] = attrs.field(factory=dict[int, Part])
    """Those that count, by number."""
    replaced: list[Part] = attrs.field(factory=list[Part])
    """Those whose place another took."""
    open: set[int] = attrs.field(factory=set[int])
    """Ids of rows that may still change."""
    failed: dict[int, int] = attrs.field(factory=dict[int, int])
    """Of these, by Id, the tick at which a row failed."""
    digests: dict[int, int] = attrs.field(factory=dict[int, int])
    """By Id, a digest of the rows that are asked for again."""
    gone: dict[int, int] = attrs.field(factory=dict[int, int])
    """Ids that did not come when they were asked for, with the run that asked."""
    back: set[int] = attrs.field(factory=set[int])
    """Ids whose rows this run still has to read, because the lake calls them gone or has them in another list."""
    read_at: dict[int, int] = attrs.field(factory=dict[int, int])
    """When each run began by the server's clock, in ticks."""
    done: dict[str, StepProof | None] = attrs.field(factory=dict[str, StepProof | None])
    """Scan steps of the run that ended, with what shows that they are whole; None: that was not recorded."""

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts.values())

    @property
    def rows_before(self) -> int:
        """Count the rows that the runs had which ended."""
        last = 0 if self.ended is None else self.ended.run
        return sum(part.rows for part in self.parts.values() if part.run <= last)

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

    def of_step(self, step: str) -> list[Part]:
        """Return the parts that a scan step of the last run committed."""
        return [part for part in self.parts.values() if (part.run, part.step) == (self.run, step)]

    def take(self, record: Record) -> None:
        """Take in the next record of this list."""
        match record:
            case RunBegan():
                self._begin(record)
            case Part():
                self._part(record)
            case StepRead():
                self.done[record.step] = record.proof
            case RunEnded():
                self.begun, self.ended = None, record
                self._take_out(record.replaced, record.entity_list)
            case PartsMerged():
                self._take_out(record.replaced, record.entity_list)
                self.parts = dict(sorted([*self.parts.items(), (record.part.number, record.part)]))
            case CompactionBegan():
                pass  # the parts that follow say what became of them

    def _begin(self, record: RunBegan) -> None:
        self.run, self.begun, self.done, self.back = record.run, record, {}, set()
        if record.read_at is not None:
            self.read_at[self.run] = Instant.from_datetime(record.read_at).ticks
        if self.ended is not None and set(record.queues) - set(self.ended.queues):
            self.digests.clear()  # another list may have newer rows of what came with a queue

    def _part(self, part: Part) -> None:
        if part.number in self.parts:
            self.replaced.append(self.parts[part.number])
        self.parts[part.number] = part
        self.open = (self.open - set(part.settled)) | set(part.open)
        for each in (*part.open, *part.settled, *part.back):
            self.digests.pop(each, None)
        for each in (*part.open, *part.settled):
            self.failed.pop(each, None)
        self.failed |= part.failed
        self.digests |= part.digests
        came_back = {*part.open, *part.settled}
        self.gone = {each: run for each, run in self.gone.items() if each not in came_back}
        self.gone |= dict.fromkeys(part.gone, part.run)
        self.back |= set(part.back)

    def _take_out(self, numbers: Sequence[int], key: str) -> None:
        if unknown := set(numbers) - self.parts.keys():
            raise ExportError(
                f"The journal replaces a part {min(unknown)} of {key} that it never had: restore it, or overwrite the export"
            )
        self.replaced += [self.parts.pop(number) for number in numbers]


def states_of(records: Iterable[Record]) -> dict[str, ListState]:
    """Return the state of each list, by its key, from the records of a journal."""
    states = defaultdict[str, ListState](ListState)
    for record in records:
        states[record.entity_list].take(record)
    return dict(states)
