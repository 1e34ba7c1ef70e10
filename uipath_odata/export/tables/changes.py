"""What a table does not have yet, according to the journal."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal, TypeAlias

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.records import Part, Record, RunEnded, StepRead
from uipath_odata.export.journal.state import ListState, states_of

__all__ = ["Change", "ChangeKind", "ListHistory", "change_of", "histories_of", "refuse_other_journal"]

ChangeKind: TypeAlias = Literal["append", "merge", "overwrite"]


@attrs.frozen
class Change:
    """One transaction: these parts are appended, are merged by Id, or replace all rows of the table."""

    kind: ChangeKind
    parts: tuple[Part, ...]
    """In the order in which their rows were read."""
    stamps: Mapping[str, int]
    """By the mark of each list: the stamp of its last run that the table then has."""


@attrs.frozen(slots=False, eq=False)
class ListHistory:
    """The runs of one list, as its journal has them."""

    key: str
    records: Sequence[Record]

    @cached_property
    def mark(self) -> str:
        """The list's name in a table. A list of the same name in another lake has another mark."""
        first = next((each.run for each in self.records if isinstance(each, RunEnded)), None)
        return self.key if first is None else f"uipath-odata.{self.key}.{self._digest(first)[:8].hex()}"

    @cached_property
    def state(self) -> ListState:
        return states_of(self.records).get(self.key, ListState())

    @property
    def ended_run(self) -> int:
        """The last run; raises ExportError where it was not read to its end."""
        if self.state.begun is not None or self.state.ended is None:
            raise ExportError(
                f"{self.key} was begun and not read to its end, so that its table waits: run the export that names its folder"
            )
        return self.state.ended.run

    def stamp(self, run: int) -> int:
        """Return a number that grows with the run and tells it from another run of its number."""
        return run << 32 | int.from_bytes(self._digest(run)[:4])

    def parts_after(self, run: int) -> dict[tuple[str, int, int], Part]:
        """Return the parts that counted at the end of a run, by list, number and generation."""
        until = [each for each in self.records if not isinstance(each, StepRead) and each.run <= run]
        parts = states_of(until).get(self.key, ListState()).parts.values()
        return {(self.key, part.number, part.generation): part for part in parts}

    def read_order(self, part: Part) -> tuple[int, int]:
        """Return what orders parts by when they were read, those of one run by their number."""
        return self.state.read_at.get(part.run, 0), part.number

    def _digest(self, run: int) -> bytes:
        """Return a hash of when a run began and of the files that it wrote."""
        own = [each for each in self.records if not isinstance(each, StepRead) and each.run == run]
        files = [file.sha256 for each in own if isinstance(each, Part) for file in each.files]
        began = [str(each.read_at) for each in own if isinstance(each, RunEnded)]
        return hashlib.sha256(" ".join([*began, *files]).encode()).digest()


def histories_of(records: Sequence[Record], entity_set: str) -> list[ListHistory]:
    """Return the history of each list of a set."""
    of_list = defaultdict[str, list[Record]](list)
    for record in records:
        if record.entity_list.partition("-")[0] == entity_set:
            of_list[record.entity_list].append(record)
    return [ListHistory(*each) for each in of_list.items()]


def refuse_other_journal(lists: Sequence[ListHistory], held: Mapping[str, int]) -> None:
    """Raise ExportError where a table has runs that the journal lacks: an older or another journal is in its place."""
    for each in lists:
        run = _run(held.get(each.mark, 0))
        if run and held[each.mark] != each.stamp(run):
            raise ExportError(
                f"The table has a run {run} of {each.key} that the journal does not have: restore the lake as it was, or "
                "remove the table, which is then written whole"
            )


def change_of(lists: Sequence[ListHistory], *, merges: bool, held: Mapping[str, int] | None) -> Change | None:
    """Return what brings a table up to date, None where nothing does; ``held`` has its stamp by mark, None: no table.

    Raises ExportError where a list was not read to its end.
    """
    before, now = dict[tuple[str, int, int], Part](), dict[tuple[str, int, int], Part]()
    for each in lists:
        before |= each.parts_after(_run((held or {}).get(each.mark, 0)))
        now |= each.parts_after(each.ended_run)
    own = {each.key: each for each in lists}
    order = sorted(now, key=lambda name: own[name[0]].read_order(now[name]))
    stamps = {each.mark: each.stamp(each.ended_run) for each in lists}
    if held is None or before.keys() - now.keys():
        return Change("overwrite", tuple(now[name] for name in order), stamps)
    added = tuple(now[name] for name in order if name not in before)
    return Change("merge" if merges else "append", added, stamps) if added else None


def _run(stamp: int) -> int:
    return stamp >> 32
