"""One run over one list, from its beginning in the journal to its end there."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

import attrs

from uipath_odata.errors import ExportError, OrchestratorError
from uipath_odata.execution.stream import Report, Stream
from uipath_odata.export.events import Event, EventKind
from uipath_odata.export.incremental.details import Details
from uipath_odata.export.incremental.mirror import Mirror
from uipath_odata.export.incremental.run_end import ended, given_up, proof_of, removed
from uipath_odata.export.incremental.run_start import RunStart
from uipath_odata.export.incremental.scan_steps import MIRROR, ScanStep, ids_step, newest_of, scan_steps_of
from uipath_odata.export.journal.journal import Journal
from uipath_odata.export.journal.records import Part, Record, RunBegan, StepProof, StepRead
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.lists import ExportList
from uipath_odata.export.parts.cutter import Cutter
from uipath_odata.export.parts.part_writer import PartWriter
from uipath_odata.local.threads import in_thread
from uipath_odata.odata.rows.columns import Foreseen
from uipath_odata.odata.rows.raw_row import RawRow

__all__ = ["ListExport"]

_WORTH_TELLING: Final = 1.0
"""Seconds that a wait for the budget lasts at least before it is told."""
_READ = ("QueueDefinitionId", "CreationTime")


@attrs.define(eq=False)
class ListEvents:
    """What the events of one list say: where it stands, what that took, and how it ended."""

    start: RunStart
    clock: Callable[[], float]
    where: str
    details: Details | None
    mirror: Mirror | None
    was_over: bool = attrs.field(default=False, init=False)
    """Whether an earlier run read it to its end, so that nothing is asked."""
    reports: list[Report] = attrs.field(factory=list[Report], init=False)
    """Those of the streams that ended."""
    stream: Stream[RawRow] | None = attrs.field(default=None, init=False)
    writer: PartWriter | None = attrs.field(default=None, init=False)
    _started: float = attrs.field(default=0.0, init=False)
    _before: frozenset[tuple[int, int]] = attrs.field(default=frozenset(), init=False)
    """The parts that were there when it began, by number and generation."""
    _size: tuple[int, int] | None = attrs.field(default=None, init=False)
    """How many files and bytes were committed when the last part was."""
    _waits_until: float = attrs.field(default=0.0, init=False)
    """Until when the last event ``waiting`` speaks."""

    def begin(self) -> None:
        """Start its clock, and note which parts are there before it."""
        self._started = self.clock()
        self._before = frozenset(_identity(part) for part in self.start.state.parts.values())

    def end_stream(self) -> None:
        """Keep the report of the stream that was read."""
        self.reports += [self.stream.report] if self.stream else []
        self.stream = None

    def of(self, kind: EventKind, error: Exception | None = None) -> Event:
        """Return where the list stands, what that took, and how it ended if it did."""
        return self._with_outcome(self._with_effort(self._standing(kind)), error)

    @property
    def waiting(self) -> Event | None:
        """Say that requests wait for the rate budget, once for each wait; None where they do not."""
        now, usage = self.clock(), self.start.each.query.__source__.budget
        if now < self._waits_until or usage is None or not usage.waiting or usage.next_free < _WORTH_TELLING:
            return None
        self._waits_until = now + usage.next_free
        return self.of("waiting")

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what else there is to know of the list."""
        if self.was_over:
            return ("it was whole already: nothing was asked",)
        notes = dict.fromkeys(note for report in self.reports for note in report.notes)
        return (
            *notes,
            *(self.details.notes if self.details else ()),
            *removed(self.start.state),
            *(self.mirror.notes if self.mirror else ()),
        )

    def _standing(self, kind: EventKind) -> Event:
        state, unwritten, replaced = self.start.state, 0, 0
        if self.writer is not None:
            unwritten, number = self.writer.rows, self.writer.step.number
            replaced = 0 if number is None else state.parts[number].rows
        committed, record = self._committed(kind), state.begun or state.ended
        new = sum(part.rows for part in state.parts.values() if _identity(part) not in self._before)
        if self._size is None or kind not in {"progress", "waiting"}:
            self._size = len(state.files), state.size
        files, size = self._size
        return Event(
            event=kind,
            entity_set=self.start.each.entity_set,
            folder=self.start.each.folder.path if self.start.each.folder else None,
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
        state = self.start.state
        if self.start.mode != "replace" or state.begun is None or state.ended is None:
            return state.rows
        return state.rows_before if kind in {"partial", "failed"} else state.rows - state.rows_before

    def _with_effort(self, event: Event) -> Event:
        reports = [*self.reports, *([self.stream.report] if self.stream else ())]
        usage = self.start.each.query.__source__.budget
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
        ended = self.start.state.ended
        if event.event == "complete" and ended is not None:
            event = attrs.evolve(event, proven=ended.proven, reason=ended.reason, file=self.where)
        if error is not None:
            event = attrs.evolve(event, error=str(error), error_type=type(error).__name__)
        return attrs.evolve(event, notes=self.notes)


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
    mirror: Mirror | None = None
    """What all lists of its set show; None: deletions are not followed by Id."""
    error: OrchestratorError | None = attrs.field(default=None, init=False)
    is_stopped: bool = attrs.field(default=False, init=False)
    """Set it to end after the page that is being written."""
    _proof: StepProof | None = attrs.field(default=None, init=False)
    """That of the scan step that was read last."""
    _events: ListEvents = attrs.field(
        default=attrs.Factory(
            lambda self: ListEvents(self.start, self.clock, self.where, self.details, self.mirror),
            takes_self=True,
        ),
        init=False,
    )

    async def look(self) -> AsyncGenerator[Event, None]:
        """Ask for all Ids where deletions are followed, and return an event for each page; to be done before any list runs."""
        self._events.begin()
        if self.mirror is None or not self.mirror.is_needed:
            return
        try:
            async with aclosing(self._look(self.mirror)) as looks:
                async for event in looks:
                    yield event
        except Exception as error:  # noqa: BLE001 - what fails in one list must not end the others
            yield self._failed(error)

    async def run(self) -> AsyncGenerator[Event, None]:
        """Return an event for each page and part, and the last one; none where it failed before."""
        if self.error is not None:
            return
        self._events.was_over = self.start.is_over
        if self._events.was_over:
            yield self._events.of("complete")
            return
        try:
            begun = self.start.begun or await self._begin()
            bounded, mirrors = self.start.bounded(begun), self.start.mirrors
            await self._judge(begun)
            for step in scan_steps_of(bounded, self.start.mode, begun, self._state, mirrors=mirrors):
                async with aclosing(self._read(step, begun.read_at)) as reads:
                    async for event in reads:
                        yield event
                if self.is_stopped:
                    return
                await self._append(StepRead(entity_list=self._each.key, step=step.name, proof=self._proof))
            await self._end(begun)
            yield self._events.of("complete")
        except Exception as error:  # noqa: BLE001 - what fails in one list must not end the others
            yield self._failed(error)

    def _failed(self, error: Exception) -> Event:
        self.error = error if isinstance(error, OrchestratorError) else _ours(self._each.key, error)
        return self._events.of("partial" if self._state.rows else "failed", self.error)

    async def _begin(self) -> RunBegan:
        began = await self.start.begin()
        await self._append(began)
        return began

    async def _look(self, mirror: Mirror) -> AsyncGenerator[Event, None]:
        begun, ids = self.start.begun, set[int]()
        bounded = self._each.before(self._each.until) if begun is None else self.start.bounded(begun)
        stream = self._events.stream = (
            ids_step(bounded).query.raw("Id").stream(concurrency=self.concurrency, page_size=self.page_size)
        )
        try:
            async with stream:
                async for page in stream.pages():
                    ids.update(row["Id"] for row in page)
                    yield self._events.of("progress")
                    if self.is_stopped:
                        return
            self._proof = proof_of(stream.report, is_resumed=False)
            mirror.shown[self._each.key] = ids
        finally:
            self._events.end_stream()

    async def _judge(self, begun: RunBegan) -> None:
        """Write down which rows are gone, by what the lists of the set showed together."""
        mirror, key = self.mirror, self._each.key
        if mirror is None or key not in mirror.shown or MIRROR in self._state.done:
            return
        verdict = await in_thread(lambda: mirror.verdict(key))
        writer = self.part_writer(ids_step(self._each), begun.read_at)
        try:
            await writer.mark(verdict, self._proof)
        finally:
            await writer.discard()
        await self._append(StepRead(entity_list=key, step=MIRROR, proof=self._proof))

    async def _read(self, step: ScanStep, read_at: dt.datetime | None) -> AsyncGenerator[Event, None]:
        before = self._state.of_step(step.name)
        if before and before[-1].cursor is None:
            self._proof = before[-1].proof
            return  # its last part was committed, and then the process ended
        stream = self._events.stream = step.query.raw(*_READ, *self.names, foreseen=self.foreseen).stream(
            concurrency=self.concurrency,
            page_size=self.page_size,
            resume=before[-1].cursor if before else None,
        )
        writer = self._events.writer = self.part_writer(step, read_at)
        try:
            async with stream, aclosing(self._write(stream, writer)) as events:
                async for event in events:
                    yield event
                    if event.event == "progress" and self.is_stopped:
                        await self._keep(writer, stream.checkpoint)
                        return
            self._proof = proof_of(stream.report, is_resumed=bool(before))
            shows_none = writer.saw_none and step.absent == "gone" and await newest_of(self._each) is None
            await writer.finish(self._proof, shows_none=shows_none)
            yield self._events.of("part")
        finally:
            self._events.end_stream()
            await writer.discard()

    async def _write(self, stream: Stream[RawRow], writer: PartWriter) -> AsyncGenerator[Event, None]:
        cutter, written = Cutter(self.part_rows, self.start.unit), None
        try:
            async for page in stream.pages():
                for piece in cutter.cut(page, None if writer.step.is_one_part else stream.checkpoint):
                    await writer.write(await self._whole(piece.rows, writer.step))
                    if piece.cursor is not None:
                        await writer.commit(piece.cursor)
                        yield self._events.of("part")
                written = stream.checkpoint
                yield self._events.of("progress")
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
            await self._append(given_up(self._state, begun))
            raise
        await self._append(ended(self.start, begun, self._events.notes))

    async def _append(self, record: Record) -> None:
        await in_thread(lambda: self.journal.append(record))
        self._state.take(record)

    @property
    def waiting(self) -> Event | None:
        """Say that requests wait for the rate budget, once for each wait; None where they do not."""
        return self._events.waiting

    @property
    def _each(self) -> ExportList:
        return self.start.each

    @property
    def _state(self) -> ListState:
        return self.start.state


def _identity(part: Part) -> tuple[int, int]:
    return part.number, part.generation


def _ours(key: str, error: Exception) -> ExportError:
    """Return an error that nothing foresaw as one of ours, with the other as its cause."""
    ours = ExportError(
        f"{key} cannot be exported, {type(error).__name__}: {error}: leave out what it names with .select(), and report it"
    )
    ours.__cause__ = error
    return ours
