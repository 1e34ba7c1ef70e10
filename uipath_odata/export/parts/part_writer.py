"""Write the rows of one scan step into parts, and commit them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.incremental.followed import Followed
from uipath_odata.export.incremental.mirror import Verdict
from uipath_odata.export.incremental.scan_steps import ScanStep
from uipath_odata.export.incremental.shrinking import Shrinking
from uipath_odata.export.journal.journal import Journal
from uipath_odata.export.journal.records import File, Part, StepProof
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.lists import ExportList
from uipath_odata.export.parts.row_bytes import RowBytes
from uipath_odata.export.parts.row_notes import RowNotes
from uipath_odata.local.threads import in_thread
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.rows.raw_row import RawRow

__all__ = ["OpenPart", "PartWriter"]

_QUICK: Final = 0.01
"""Seconds that the loop may wait for a disk; after a slower write, a thread writes until one is quick again."""


class OpenPart(Protocol):
    """Rows on their way to a place that survives anything."""

    def write(self, groups: Mapping[str, Sequence[bytes]], /) -> None: ...
    def commit(self) -> tuple[File, ...]: ...
    def discard(self) -> None: ...


@attrs.define(eq=False, kw_only=True)
class PartWriter:
    """Write rows into the open part and commit it: files first, then the line in the journal that makes them count."""

    each: ExportList
    step: ScanStep
    state: ListState
    journal: Journal
    open_part: Callable[[int, int], OpenPart]
    """Open a part of this number and generation."""
    row_bytes: RowBytes
    files_of: Callable[[Sequence[RawRow]], Mapping[str, Sequence[RawRow]]]
    """Tell rows apart by the files that they go to."""
    shrinking: Shrinking
    follows: Followed | None
    """What tells whether a row may still change; None: that is not kept."""
    merges: bool
    """Whether a row that is read again stands beside what it was, so that one that did not change is left out."""
    replaces: bool
    """Whether the files of earlier runs no longer count at the end of this one."""
    copies: bool
    """Whether rows go as they came into one file, which is done sooner than another thread begins with it."""
    clock: Callable[[], float]
    schema: int = 1
    """The version of the columns."""
    _part: OpenPart | None = attrs.field(default=None, init=False)
    _is_quick: bool = attrs.field(default=False, init=False)
    _noted: RowNotes = attrs.field(init=False)
    _seen: set[int] = attrs.field(factory=set[int], init=False)
    _rows: int = attrs.field(default=0, init=False)
    _hi: int | None = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._reset()
        before = self.state.of_step(self.step.name)
        self._hi = before[-1].hi if before else self.step.lo

    @property
    def rows(self) -> int:
        """Count the rows that are not committed yet."""
        return self._rows

    async def write(self, rows: Sequence[RawRow]) -> None:
        """Append rows to the open part, but for those that are there as they are."""
        if self.step.ids:
            self._seen.update(row["Id"] for row in rows)
        if self.merges:
            rows = self._noted.changed(rows)
        if not rows:
            return
        groups = self.files_of(rows).items()
        await self._write({value: self.row_bytes.of(each) for value, each in groups}, len(rows))
        if not self.each.in_time:
            self._noted.add(rows)

    async def commit(self, cursor: Any) -> None:
        """End the part after the rows written; ``cursor`` is where its scan step resumes."""
        await self._commit(cursor, _bound_in(cursor))

    @property
    def saw_none(self) -> bool:
        """Whether no row came of those that were asked for by their Ids."""
        return bool(self.step.ids) and not self._seen

    async def mark(self, verdict: Verdict, proof: StepProof | None) -> None:
        """Commit what a night found out of the rows that are there already; nothing where that is nothing."""
        gone = sorted(verdict.gone)
        self.shrinking.check(len(gone), verdict.held, shows_none=not verdict.shows_any)
        if gone:
            await self._write({"": self.row_bytes.gone(gone)}, len(gone))
        if gone or verdict.left or verdict.back:
            settled, back = (*gone, *sorted(verdict.left)), tuple(sorted(verdict.back))
            await self._commit(None, None, gone=gone, settled=settled, back=back, proof=proof)

    async def finish(self, proof: StepProof, *, shows_none: bool = False) -> None:
        """End the last part of the scan step, which ``proof`` speaks of; ``shows_none``: the server shows no row at all."""
        absent = sorted(self.step.ids - self._seen - self.state.gone.keys())
        gone = absent if self.step.absent == "gone" else []
        self.shrinking.check(len(gone), len(self.step.ids), shows_none=shows_none)
        if gone:
            await self._write({"": self.row_bytes.gone(gone)}, len(gone))
        elif not self._rows and not self.step.is_one_part and not self._is_anything_there:
            # Readers of the directory need a file that shows the columns.
            await self._write({"": ()}, 0)
        # An interval without rows is closed as well: rows may still come late to it.
        if (
            self._part is not None
            or self.step.is_one_part
            or (self.each.in_time and self.step.hi is not None)
        ):
            hi = self.step.hi
            if hi is None and not self.each.in_time and self._noted.ids:
                hi = max(self._noted.ids) + 1
            settled = absent if self.step.absent != "unknown" else []
            await self._commit(None, hi, gone=gone, settled=settled, proof=proof)

    async def discard(self) -> None:
        """Remove what is there of the open part; what cannot be removed now, the next run removes."""
        part = self._part
        self._reset()
        if part is not None:
            with contextlib.suppress(ExportError):  # else it would hide why the part was given up
                await in_thread(part.discard)

    async def _write(self, groups: Mapping[str, Sequence[bytes]], rows: int) -> None:
        part = self._part or self.open_part(self._number, self._generation)
        self._part = part
        began = self.clock()
        if self._is_quick:
            part.write(groups)
        else:
            await in_thread(lambda: part.write(groups))
        self._is_quick = self.copies and self.clock() - began < _QUICK
        self._rows += rows

    async def _commit(
        self,
        cursor: Any,
        hi: int | None,
        *,
        gone: Sequence[int] = (),
        settled: Sequence[int] = (),
        back: tuple[int, ...] = (),
        proof: StepProof | None = None,
    ) -> None:
        files = () if self._part is None else await in_thread(self._part.commit)
        noted = self._noted
        part = Part(
            entity_list=self.each.key,
            number=self._number,
            run=self.state.run,
            step=self.step.name,
            generation=self._generation,
            schema=self.schema,
            rows=self._rows,
            files=files,
            lo=self._hi,
            hi=hi,
            cursor=cursor,
            open=tuple(noted.open),
            failed=noted.failed,
            digests=noted.digests,
            settled=(*noted.settled, *settled),
            gone=tuple(gone),
            back=back,
            largest=max(noted.ids, default=None),
            proof=proof,
        )
        await in_thread(lambda: self.journal.append(part))
        self.state.take(part)
        self._hi = hi
        self._reset()

    def _reset(self) -> None:
        self._part = None
        self._noted = RowNotes(self.step, self.state, self.follows)
        self._rows = 0
        self._is_quick = False

    @property
    def _is_anything_there(self) -> bool:
        run = self.state.run
        return any(part.files for part in self.state.parts.values() if part.run == run or not self.replaces)

    @property
    def _number(self) -> int:
        return self.state.next_number if self.step.number is None else self.step.number

    @property
    def _generation(self) -> int:
        return 1 if self.step.number is None else self.state.parts[self.step.number].generation + 1


def _bound_in(cursor: Mapping[str, Any]) -> int | None:
    """Return the first tick or Id after those that a cursor has passed."""
    if cursor.get("plan") == "window":
        return Instant.parse(cursor["from"]).ticks
    return cursor["after"] + 1 if cursor.get("plan") == "keyset" else None
