"""What a table does not have yet, by the journal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.records import Part, Record, RunEnded, StepRead
from uipath_odata.export.journal.state import ListState, states_of

__all__ = ["Change", "ChangeKind", "change_of", "marks_of", "refuse_other_journal"]

ChangeKind: TypeAlias = Literal["append", "merge", "overwrite"]


@attrs.frozen
class Change:
    """One transaction: these parts are appended, merged by Id, or become all that the table has."""

    kind: ChangeKind
    parts: tuple[Part, ...]
    """In the order in which their rows were read."""
    stamps: Mapping[str, int]
    """By the mark of each list, the stamp of the run up to which the table then has its rows."""


def marks_of(records: Sequence[Record], entity_set: str) -> dict[str, str]:
    """Return by list of a set the mark that a table knows it by: another lake's list of this name has another one.

    The mark comes from the hashes of the first run's files and from when that run began.
    """
    return {key: _mark(key, records) for key in states_of(_of_set(records, entity_set))}


def refuse_other_journal(records: Sequence[Record], entity_set: str, held: Mapping[str, int]) -> None:
    """Raise ExportError where a table has runs that the journal does not: an older one was put in its place, or another."""
    own = _of_set(records, entity_set)
    for key, mark in marks_of(records, entity_set).items():
        run = _run(held.get(mark, 0))
        if run and held[mark] != _stamp(key, run, own):
            raise ExportError(
                f"The table has a run {run} of {key} that the journal does not have: restore the lake as it was, or remove "
                "the table, which is then written whole"
            )


def change_of(
    records: Sequence[Record], entity_set: str, *, merges: bool, held: Mapping[str, int] | None
) -> Change | None:
    """Return what brings a table up to date, None where nothing does; ``held`` has its stamp by mark, None: no table.

    Raises ExportError where a list was not read to its end.
    """
    own, marks = _of_set(records, entity_set), marks_of(records, entity_set)
    runs = {key: _ended_run(key, state) for key, state in states_of(own).items()}
    done = {key: _run((held or {}).get(marks[key], 0)) for key in runs}
    before, now = _counting(own, done), _counting(own, runs)
    added = [part for name, part in now.items() if name not in before]
    stamps, order = {marks[key]: _stamp(key, run, own) for key, run in runs.items()}, _read_order(own)
    if held is None or before.keys() - now.keys():
        return Change("overwrite", tuple(sorted(now.values(), key=order)), stamps)
    if not added:
        return None
    return Change("merge" if merges else "append", tuple(sorted(added, key=order)), stamps)


def _of_set(records: Sequence[Record], entity_set: str) -> list[Record]:
    return [each for each in records if each.entity_list.partition("-")[0] == entity_set]


def _ended_run(key: str, state: ListState) -> int:
    if state.begun is not None or state.ended is None:
        raise ExportError(
            f"{key} was begun and not read to its end, so that its table waits: run the export that names its folder"
        )
    return state.ended.run


def _mark(key: str, records: Sequence[Record]) -> str:
    ends = [each.run for each in records if isinstance(each, RunEnded) and each.entity_list == key]
    return f"uipath-odata.{key}.{_digest(key, ends[0], records)[:8].hex()}" if ends else key


def _stamp(key: str, run: int, records: Sequence[Record]) -> int:
    """Return a number that grows with the run and tells it from another run of its number."""
    return run << 32 | int.from_bytes(_digest(key, run, records)[:4])


def _run(stamp: int) -> int:
    return stamp >> 32


def _digest(key: str, run: int, records: Sequence[Record]) -> bytes:
    """Return a hash of when a run began and of the files that it wrote."""
    own = [
        each
        for each in records
        if each.entity_list == key and not isinstance(each, StepRead) and each.run == run
    ]
    files = [file.sha256 for each in own if isinstance(each, Part) for file in each.files]
    ends = [str(each.read_at) for each in own if isinstance(each, RunEnded)]
    return hashlib.sha256(" ".join([*ends, *files]).encode()).digest()


def _counting(records: Sequence[Record], runs: Mapping[str, int]) -> dict[tuple[str, int, int], Part]:
    """Return the parts that counted at the end of these runs, by list, number and generation."""
    until = [
        each for each in records if not isinstance(each, StepRead) and each.run <= runs[each.entity_list]
    ]
    return {
        (key, part.number, part.generation): part
        for key, state in states_of(until).items()
        for part in state.parts.values()
    }


def _read_order(records: Sequence[Record]) -> Callable[[Part], tuple[int, int]]:
    """Return what orders parts by when they were read, those of one run by their number."""
    read_at = {key: state.read_at for key, state in states_of(records).items()}
    return lambda part: (read_at[part.entity_list].get(part.run, 0), part.number)
