"""What the server shows of a set against what a lake holds of it: a row is gone where no list of the set shows it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

import attrs

from uipath_odata.export.formats import Format
from uipath_odata.export.formats.row_ids import RowId, row_ids
from uipath_odata.export.journal.records import MERGED, Part
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.places.file_store import FileStore

__all__ = ["LakeFiles", "Mirror", "Verdict"]


@attrs.frozen
class _Newest:
    """Where the newest row of an Id is."""

    key: str
    """Of its list."""
    read_at: int
    is_there: bool
    is_unclear: bool = False
    """Whether two lists were read at once, and only one of them has it."""


_Lake: TypeAlias = Mapping[int, _Newest]


@attrs.frozen(kw_only=True)
class Verdict:
    """What a night finds out of one list."""

    held: int
    """How many Ids have their newest row in it, and one that says that they are there."""
    shows_any: bool
    gone: frozenset[int] = frozenset()
    """Those of them that no list of the set shows."""
    left: frozenset[int] = frozenset()
    """Ids that it followed and that another list shows instead."""
    back: frozenset[int] = frozenset()
    """Ids that it shows, and that the lake calls gone or has newer in another list."""


@attrs.frozen(eq=False)
class LakeFiles:
    """The files of a lake, read for the Ids of their rows; one is in memory at a time."""

    store: FileStore
    format: Format
    delimiter: str

    def newest(self, states: Mapping[str, ListState]) -> _Lake:
        """Return the newest row of each Id over all these lists, as a reader of their files finds it."""
        found = dict[int, _Newest]()
        for read_at, key, part in sorted(_parts(states), key=lambda each: (*each[:2], each[2].number)):
            is_merged = part.step == MERGED
            there, gone = (_Newest(key, read_at, is_there) for is_there in (True, False))
            for row in self._rows(part):
                now, before = gone if row.is_gone else there, found.get(row.id)
                if is_merged and row.read_at is not None:  # of several runs, each with rows of its own
                    now = attrs.evolve(now, read_at=row.read_at)
                found[row.id] = now if before is None else _later(*sorted((before, now), key=_order))
        return found

    def _rows(self, part: Part) -> Iterator[RowId]:
        for file in part.files:
            yield from row_ids(self.store.read(file.name), self.format, file.name, self.delimiter)


@attrs.define(eq=False, kw_only=True)
class Mirror:
    """The Ids that the lists of one set show on one night. A row may move between them: one list alone decides nothing."""

    files: LakeFiles
    keys: Sequence[str]
    """The lists that this night asks for."""
    states: Mapping[str, ListState]
    """Those that the lake holds, of this set."""
    takes_fewer: bool
    """Whether rows may be judged without the lists that are not asked for."""
    shown: dict[str, AbstractSet[int]] = attrs.field(factory=dict[str, AbstractSet[int]], init=False)
    """By list, the Ids that it is proven to show, and no others."""
    _lake: _Lake | None = attrs.field(default=None, init=False)
    _reading: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    @property
    def is_needed(self) -> bool:
        """Whether the lake has rows that may be gone."""
        return any(state.parts for state in self.states.values())

    @property
    def unseen(self) -> list[str]:
        """Name the lists whose Ids are not known tonight, each of which may have what the others lack."""
        asked = self.keys if self.takes_fewer else {*self.keys, *self.states}
        return sorted({*asked} - self.shown.keys())

    @property
    def notes(self) -> tuple[str, ...]:
        """Say where nothing was found to be gone because a list was not seen."""
        if not self.shown or not self.unseen:
            return ()
        unseen, name = ", ".join(self.unseen), self.keys[0].partition("-")[0]
        return (
            f"no row was found to be gone, because {unseen} may have it: ask for that list too, or allow_shrink={name!r}",
        )

    def verdict(self, key: str) -> Verdict:
        """Judge the rows of a list; the first call reads the lake, before any list of tonight writes to it."""
        with self._reading:
            if self._lake is None:
                self._lake = self.files.newest(self.states)
        lake, own = self._lake, self.shown[key]
        shown = frozenset[int]().union(*self.shown.values())
        held = {each for each, newest in lake.items() if newest.key == key and newest.is_there}
        return Verdict(
            held=len(held),
            shows_any=bool(own),
            gone=frozenset[int]() if self.unseen else frozenset(held - shown),
            left=frozenset((self.states[key].open - own) & shown),
            back=frozenset(each for each in own if each in lake and self._must_read(key, each, lake[each])),
        )

    def _must_read(self, key: str, each: int, newest: _Newest) -> bool:
        """Tell whether a list must give a row again that it shows: the one that has it does, or else the first that shows it."""
        if newest.is_there and not newest.is_unclear and each in self.shown.get(newest.key, ()):
            return False
        first, *_ = (other for other in self._in_order(newest.key) if each in self.shown[other])
        return first == key

    def _in_order(self, first: str) -> list[str]:
        return sorted(self.shown, key=lambda key: (key != first, self.keys.index(key)))


def _parts(states: Mapping[str, ListState]) -> Iterator[tuple[int, str, Part]]:
    for key, state in states.items():
        for part in state.parts.values():
            yield state.read_at.get(part.run, 0), key, part


def _order(newest: _Newest) -> tuple[int, str]:
    return newest.read_at, newest.key


def _later(before: _Newest, now: _Newest) -> _Newest:
    is_tie = before.key != now.key and before.read_at == now.read_at
    if not is_tie or (before.is_there == now.is_there and not before.is_unclear):
        return now
    return attrs.evolve(before if before.is_there else now, is_unclear=True)
