"""What the journal keeps of the rows of a part, for the nights that read them again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import attrs

from uipath_odata.export.incremental.followed import Followed
from uipath_odata.export.incremental.scan_steps import BACK, OVERLAP, ScanStep
from uipath_odata.export.journal.state import ListState
from uipath_odata.odata.rows.raw_row import RawRow

__all__ = ["RowNotes"]


@attrs.define(eq=False)
class RowNotes:
    """What is noted of the rows of one part of a scan step, until it is committed."""

    step: ScanStep
    state: ListState
    follows: Followed | None
    """What tells whether a row may still change; None: that is not kept."""
    ids: list[int] = attrs.field(factory=list[int], init=False)
    open: list[int] = attrs.field(factory=list[int], init=False)
    """The Ids of rows that may still change."""
    failed: dict[int, int] = attrs.field(factory=dict[int, int], init=False)
    """Of these, by Id, the tick at which a row failed."""
    _tail: dict[int, int] = attrs.field(factory=dict[int, int], init=False)

    def changed(self, rows: Sequence[RawRow]) -> list[RawRow]:
        """Return the rows that are not there as they are, and note what those are that will be asked for again."""
        changed = list[RawRow]()
        near = (self.state.largest or 0) - OVERLAP
        for row in rows:
            key = row["Id"]
            if type(key) is int and (key > near or self._is_asked_again(key)):
                digest = _digest(row)
                if self.state.digests.get(key) == digest:
                    continue
                self._tail[key] = digest
            changed.append(row)
        return changed

    def add(self, rows: Sequence[RawRow]) -> None:
        """Note the rows of a list that has Ids."""
        self.ids += [row["Id"] for row in rows if type(row["Id"]) is int]
        if self.follows:
            self._follow(rows, self.follows)

    @property
    def settled(self) -> list[int]:
        """Return the Ids of rows that were open or gone, and are final now."""
        return sorted((set(self.ids) - set(self.open)) & (self.state.open | self.state.gone.keys()))

    @property
    def digests(self) -> dict[int, int]:
        """Return the digests of the rows that may be read again: those that are not final, and the newest."""
        again = set(self.open)
        if self.step.name == BACK:  # which later steps of the run may read as well
            again |= self._tail.keys()
        near = max(self.state.largest or 0, *self.ids, 0) - OVERLAP
        return {each: digest for each, digest in self._tail.items() if each in again or each > near}

    def _follow(self, rows: Sequence[RawRow], follows: Followed) -> None:
        read_at = self.state.read_at.get(self.state.run, 0)
        for row in rows:
            if follows.is_open(row):
                self.open.append(row["Id"])
                failed_at = follows.failed_at(row, read_at)
                self.failed |= {} if failed_at is None else {row["Id"]: failed_at}
            self.open += [each for each in follows.ancestors(row) if each in self.state.failed]

    def _is_asked_again(self, key: int) -> bool:
        return self.follows is not None or self.step.name == BACK or key in self.state.digests


def _digest(row: RawRow) -> int:
    return int.from_bytes(hashlib.blake2b(row.text, digest_size=7).digest())
