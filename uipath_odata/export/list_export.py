"""One run over one list, from its beginning in the journal to its end there."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

import attrs
from msgspec.structs import replace

from uipath_odata.errors import ExportError, OrchestratorError
from uipath_odata.execution.stream import Report, Stream
from uipath_odata.export.events import Event, EventKind
from uipath_odata.export.incremental.details import Details
from uipath_odata.export.incremental.run_start import RunStart
from uipath_odata.export.incremental.scan_steps import ScanStep, scan_steps_of
from uipath_odata.export.journal.journal import Journal
from uipath_odata.export.journal.records import Part, Record, RunBegan, RunEnded, StepProof, StepRead
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.lists import ExportList
from uipath_odata.export.parts.cutter import Cutter
from uipath_odata.export.parts.part_writer import PartWriter
from uipath_odata.local.threads import in_thread
from uipath_odata.odata.rows.columns import Foreseen
from uipath_odata.odata.rows.raw_row import RawRow
from uipath_odata.paging.plan import Proof, ProofKind, weakest

__all__ = ["ListExport"]

_UNRECORDED: Final = StepProof(
    proven=False, reason="an earlier release read a part of this run, and recorded no proof of it"
)
_WORTH_TELLING: Final = 1.0
"""Seconds that a wait for the budget lasts at least before it is told."""
_READ = ("QueueDefinitionId", "CreationTime")


@attrs.define(eq=False, kw_only=True)
class ListExport:
    """Drive one list; what is committed when it fails is whole, and the next run resumes there.

    ``async for event in run()``: the last one tells how it ended, ``error`` has why it failed.
    """

    start: RunStart
    journal: Journal
    part_writer: Callable[[ScanStep, dt.datetime | None], PartWriter]
    """Make the writer of a scan step's parts, whose rows are read at this instant."""
    part_rows: int
    concurrency: int | None
    page_size: int | None
    clock: Callable[[], float]
    where: str
    """Where the rows are, or will be."""
    names: tuple[str, ...] = ()
    """Properties that the writer looks at."""
    foreseen: Foreseen | None = None
    """Properties beside which the writer looks for others."""
    details: Details | None = None
    error: OrchestratorError | None = attrs.field(default=None, init=False)
    is_stopped: bool = attrs.field(default=False, init=False)
    """Set it to end after the page that is being written."""
    _was_over: bool = attrs.field(default=False, init=False)
    _started: float = attrs.field(default=0.0, init=False)
    _proof: StepProof | None = attrs.field(default=None, init=False)
    """That of the scan step that was read last."""
    _reports: list[Report] = attrs.field(factory=list[Report], init=False)
    _stream: Stream[RawRow] | None = attrs.field(default=None, init=False)
    _writer: PartWriter | None = attrs.field(default=None, init=False)
    _before: frozenset[tuple[int, int]] = attrs.field(default=frozenset(), init=False)
    """The parts that were there when it began, by number and generation."""
    _size: tuple[int, int] | None = attrs.field(default=None, init=False)
    """How many files and bytes were committed when the last part was."""
    _waits_until: float = attrs.field(default=0.0, init=False)
    """Until when the last event ``waiting`` speaks."""

    async def run(self) -> AsyncGenerator[Event, None]:
        """Return an event for each page and part, and the last one."""
        self._started = self.clock()
        self._was_over = self.start.is_over
        self._before = frozenset(_identity(part) for part in self._state.parts.values())
        if self._was_over:
            yield self._event("complete")
            return
        try:
            begun = self.start.begun or await self._begin()
            for step in scan_steps_of(self.start.bounded(begun), self.start.mode, begun, self._state):
                async with aclosing(self._read(step, begun.read_at)) as reads:
                    async for event in reads:
                        yield event
                if self.is_stopped:
                    return
                await self._append(StepRead(entity_list=self._each.key, step=step.name, proof=self._proof))
            await self._end(begun)
            yield self._event("complete")
        except Exception as error:  # noqa: BLE001 - what fails in one list must not end the others
            self.error = error if isinstance(error, OrchestratorError) else _ours(self._each.key, error)
            yield self._event("partial" if self._state.rows else "failed", self.error)

    async def _begin(self) -> RunBegan:
        began = await self.start.begin()
        await self._append(began)
        return began

    async def _read(self, step: ScanStep, read_at: dt.datetime | None) -> AsyncGenerator[Event, None]:
        before = self._state.of_step(step.name)
        if before and before[-1].cursor is None:
            self._proof = before[-1].proof
            return  # its last part was committed, and then the process ended
        stream = self._stream = step.query.raw(*_READ, *self.names, foreseen=self.foreseen).stream(
            concurrency=self.concurrency,
            page_size=self.page_size,
            resume=before[-1].cursor if before else None,
        )
        writer = self._writer = self.part_writer(step, read_at)
        try:
            async with stream, aclosing(self._write(stream, writer)) as events:
                async for event in events:
                    yield event
                    if event.event == "progress" and self.is_stopped:
                        await self._keep(writer, stream.checkpoint)
                        return
            self._proof = _proof_of(stream.report, is_resumed=bool(before))
            await writer.finish(self._proof)
            yield self._event("part")
        finally:
            self._reports.append(stream.report)
            self._stream = None
            await writer.discard()

    async def _write(self, stream: Stream[RawRow], writer: PartWriter) -> AsyncGenerator[Event, None]:
        cutter, written = Cutter(self.part_rows, self.start.unit), None
        try:
            async for page in stream.pages():
                for piece in cutter.cut(page, None if writer.step.is_one_part else stream.checkpoint):
                    await writer.write(await self._whole(piece.rows, writer.step))
                    if piece.cursor is not None:
                        await writer.commit(piece.cursor)
                        yield self._event("part")
                written = stream.checkpoint
                yield self._event("progress")
        except ExportError:
            raise
        except OrchestratorError:
            await self._keep(writer, written)
            raise

    async def _keep(self, writer: PartWriter, cursor: Mapping[str, Any] | None) -> None:
        """Commit the pages before an error or a stop, where the scan step can resume after them."""
        if writer.rows and cursor is not None and not writer.step.is_one_part:
            await writer.commit(cursor)

    async def _whole(self, page: Sequence[RawRow], step: ScanStep) -> Sequence[RawRow]:
        # Items that this list had before their queue was linked to another folder are still followed here.
        elsewhere = () if step.ids else self._each.not_of_queues
        rows = [row for row in page if row["QueueDefinitionId"] not in elsewhere] if elsewhere else page
        return rows if self.details is None else await self.details.of(rows)

    async def _end(self, begun: RunBegan) -> None:
        try:
            self.start.check_read()
        except ExportError:
            await self._append(_given_up(self._state, begun))
            raise
        await self._append(_ended(self.start, begun, self._notes))

    async def _append(self, record: Record) -> None:
        await in_thread(lambda: self.journal.append(record))
        self._state.take(record)

    # What its events say

    @property
    def waiting(self) -> Event | None:
        """Say that requests wait for the rate budget, once for each wait; None where they do not."""
        now, usage = self.clock(), self._each.query.__source__.budget
        if now < self._waits_until or usage is None or not usage.waiting or usage.next_free < _WORTH_TELLING:
            return None
        self._waits_until = now + usage.next_free
        return self._event("waiting")

    def _event(self, kind: EventKind, error: Exception | None = None) -> Event:
        """Return where the list stands, what that took, and how it ended if it did."""
        return self._with_outcome(self._with_effort(self._standing(kind)), error)

    def _standing(self, kind: EventKind) -> Event:
        state, unwritten, replaced = self._state, 0, 0
        if self._writer is not None:
            unwritten, number = self._writer.rows, self._writer.step.number
            replaced = 0 if number is None else state.parts[number].rows
        committed, record = self._committed(kind), state.begun or state.ended
        new = sum(part.rows for part in state.parts.values() if _identity(part) not in self._before)
        if self._size is None or kind not in {"progress", "waiting"}:
            self._size = len(state.files), state.size
        files, size = self._size
        return Event(
            event=kind,
            entity_set=self._each.entity_set,
            folder=self._each.folder.path if self._each.folder else None,
            rows=committed + max(0, unwritten - replaced),
            new_rows=new + unwritten,
            committed=committed,
            parts=len(state.parts),
            files=files,
            bytes=size,
            expected=None if record is None else record.expected,
        )

    def _committed(self, kind: EventKind) -> int:
        """Count the rows that are committed; while a set is read whole again, its new rows or, where that failed, the old."""
        state = self._state
        if self.start.mode != "replace" or state.begun is None or state.ended is None:
            return state.rows
        return state.rows_before if kind in {"partial", "failed"} else state.rows - state.rows_before

    def _with_effort(self, event: Event) -> Event:
        reports = [*self._reports, *([self._stream.report] if self._stream else ())]
        usage = self._each.query.__source__.budget
        return attrs.evolve(
            event,
            requests=sum(each.requests for each in reports) + (self.details.requests if self.details else 0),
            retries=sum(each.retries for each in reports),
            waits=sum(each.waits for each in reports),
            sent_in_a_minute=usage.used if usage else None,
            budget=usage.share if usage else None,
            next_request=usage.next_free if usage else None,
            seconds=self.clock() - self._started,
            plan=reports[-1].plan if reports else "",
        )

    def _with_outcome(self, event: Event, error: Exception | None) -> Event:
        ended = self._state.ended
        if event.event == "complete" and ended is not None:
            event = attrs.evolve(event, proven=ended.proven, reason=ended.reason, file=self.where)
        if error is not None:
            event = attrs.evolve(event, error=str(error), error_type=type(error).__name__)
        return attrs.evolve(event, notes=self._notes)

    @property
    def _notes(self) -> tuple[str, ...]:
        if self._was_over:
            return ("it was whole already: nothing was asked",)
        notes = dict.fromkeys(note for report in self._reports for note in report.notes)
        return (*notes, *(self.details.notes if self.details else ()))

    @property
    def _each(self) -> ExportList:
        return self.start.each

    @property
    def _state(self) -> ListState:
        return self.start.state


def _identity(part: Part) -> tuple[int, int]:
    return part.number, part.generation


def _given_up(state: ListState, begun: RunBegan) -> RunEnded:
    """Return the last end once more, without the parts that came since: the next run begins anew."""
    if state.ended is None:
        raise RuntimeError("A list that no run ended has nothing to return to: report it")
    since = [part.number for part in state.parts.values() if part.run > state.ended.run]
    return replace(state.ended, run=begun.run, replaced=tuple(since))


def _ended(start: RunStart, begun: RunBegan, notes: tuple[str, ...]) -> RunEnded:
    state, replaced = start.state, list[int]()
    if start.mode == "replace":
        replaced = [part.number for part in state.parts.values() if part.run < state.run]
    proofs = [proof or _UNRECORDED for proof in state.done.values()]
    return RunEnded(
        entity_list=start.each.key,
        run=begun.run,
        schema=begun.schema,
        bound=begun.bound,
        until=begun.until,
        read_at=begun.read_at,
        clocks=begun.clocks,
        expected=begun.expected,
        queues=begun.queues,
        replaced=tuple(replaced),
        proven=all(proof.proven for proof in proofs),
        reason="; ".join(dict.fromkeys(proof.reason for proof in proofs)),
        proof=_weakest_kind([proof.kind for proof in proofs]),
        notes=notes,
    )


def _proof_of(report: Report, *, is_resumed: bool) -> StepProof:
    # A resumed plan does not know what kinds proved the rows before it; nothing is weaker than ``none``.
    kind = None if is_resumed and report.proven else report.proof
    return StepProof(proven=report.proven, reason=report.reason, kind=kind)


def _weakest_kind(kinds: Sequence[ProofKind | None]) -> ProofKind | None:
    """Return the weakest kind of all; None where one is not known, unless another is ``none`` already."""
    known: list[ProofKind] = [kind for kind in kinds if kind is not None]
    if "none" not in known and len(known) < len(kinds):
        return None
    return weakest(Proof(kind, "") for kind in known).kind


def _ours(key: str, error: Exception) -> ExportError:
    """Return an error that nothing foresaw as one of ours, with the other as its cause."""
    ours = ExportError(
        f"{key} cannot be exported, {type(error).__name__}: {error}: leave out what it names with .select(), and report it"
    )
    ours.__cause__ = error
    return ours
