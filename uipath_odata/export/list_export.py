"""One run over one list, from its beginning in the journal to its end there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

import attrs

from uipath_odata.errors import ExportError, OrchestratorError
from uipath_odata.execution.stream import Report, Stream
from uipath_odata.export.events import Event
from uipath_odata.export.incremental.details import Details
from uipath_odata.export.incremental.readings import ScanStep, readings_of
from uipath_odata.export.incremental.run_start import RunStart
from uipath_odata.export.journal.journal import Journal
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.lists import ExportList
from uipath_odata.export.parts.cutter import Cutter
from uipath_odata.export.parts.part_stream import PartStream
from uipath_odata.local.threads import in_thread
from uipath_odata.odata.rows.raw_row import RawRow

__all__ = ["ListExport"]

_READ = ("Status", "QueueDefinitionId", "CreationTime")


@attrs.define(eq=False, kw_only=True)
class ListExport:
    """Drive one list; what is committed when it fails is whole, and where it goes on.

    ``async for event in run()``: the last one tells how it ended, ``error`` has why it failed.
    """

    beginning: RunStart
    journal: Journal
    parts: Callable[[ScanStep, str], PartStream]
    """Make the parts of a reading, whose rows are read at this instant."""
    part_rows: int
    concurrency: int | None
    page_size: int | None
    clock: Callable[[], float]
    where: str
    """Where the rows are, or will be."""
    details: Details | None = None
    error: OrchestratorError | None = attrs.field(default=None, init=False)
    is_stopped: bool = attrs.field(default=False, init=False)
    """Set it to end behind the page that is being written."""
    _started: float = attrs.field(default=0.0, init=False)
    _reports: list[Report] = attrs.field(factory=list[Report], init=False)
    _stream: Stream[RawRow] | None = attrs.field(default=None, init=False)
    _parts: PartStream | None = attrs.field(default=None, init=False)

    async def run(self) -> AsyncGenerator[Event, None]:
        """Give an event for each page and part, and the last one."""
        self._started = self.clock()
        if self.beginning.is_over:
            yield self._event("complete")
            return
        try:
            begun = self._state.begun or await self._begin()
            for reading in readings_of(self._each, self.beginning.mode, begun, self._state):
                async with aclosing(self._read(reading, begun.get("read_at", ""))) as reads:
                    async for event in reads:
                        yield event
                if self.is_stopped:
                    return
                await self._append({"record": "read", "reading": reading.name})
            await self._end(begun)
            yield self._event("complete")
        except OrchestratorError as error:
            self.error = error
            yield self._event("partial" if self._state.rows else "failed", error)

    async def _begin(self) -> dict[str, Any]:
        record = await self.beginning.record()
        await self._append(record)
        return record

    async def _read(self, reading: ScanStep, read_at: str) -> AsyncGenerator[Event, None]:
        before = self._state.of_reading(reading.name)
        if before and before[-1].cursor is None:
            return  # its last part was committed, and then the process ended
        query = reading.query.sent(*_READ)
        resume = before[-1].cursor if before else None
        stream = query.stream(concurrency=self.concurrency, page_size=self.page_size, resume=resume)
        self._stream, self._parts = stream, self.parts(reading, read_at)
        parts, behind = self._parts, None
        cutter = Cutter(self.part_rows, self.beginning.unit)
        try:
            async with stream:
                async for page in stream.pages():
                    for piece in cutter.cut(page, None if reading.is_one_part else stream.checkpoint):
                        await parts.write(await self._kept(piece.rows, reading))
                        if piece.cursor is not None:
                            await parts.commit(piece.cursor)
                            yield self._event("part")
                    behind = stream.checkpoint
                    yield self._event("progress")
                    if self.is_stopped:
                        await self._keep(parts, behind)
                        return
            await parts.finish()
            yield self._event("part")
        except ExportError:
            raise
        except OrchestratorError:
            await self._keep(parts, behind)
            raise
        finally:
            self._reports.append(stream.report)
            self._stream = None
            await parts.discard()

    async def _keep(self, parts: PartStream, cursor: Any) -> None:
        """Commit the pages before an error or a stop, where the reading can go on behind them."""
        if parts.rows and cursor is not None and not parts.reading.is_one_part:
            await parts.commit(cursor)

    async def _kept(self, page: Sequence[RawRow], reading: ScanStep) -> Sequence[RawRow]:
        # What this list gave before its queue was linked to another folder is still followed here.
        elsewhere = () if reading.asked else self._each.not_of_queues
        rows = [row for row in page if row["QueueDefinitionId"] not in elsewhere] if elsewhere else page
        return rows if self.details is None else await self.details.of(rows)

    async def _end(self, begun: Any) -> None:
        replaced = []
        if self.beginning.mode == "replace":
            replaced = [part.number for part in self._state.parts.values() if part.run < self._state.run]
        proven, reason = self._proof
        facts = {
            name: begun[name] for name in ("run", "until", "read_at", "expected", "queues") if name in begun
        }
        await self._append(
            {
                "record": "end",
                **facts,
                "replaced": replaced,
                "proven": proven,
                "reason": reason,
                "notes": self._notes,
            }
        )

    async def _append(self, record: dict[str, Any]) -> None:
        whole = {**record, "list": self._each.key}
        await in_thread(lambda: self.journal.append(whole))
        self._state.take(whole)

    def _event(self, event: Any, error: Exception | None = None) -> Event:
        reports = [*self._reports, *([self._stream.report] if self._stream else ())]
        proven, reason = self._proof if event == "complete" else (False, "")
        use = self._each.query.source.budget
        committed = self._state.rows
        return Event(
            event=event,
            entity_set=self._each.entity_set,
            folder=self._each.folder.path if self._each.folder else None,
            rows=committed + (self._parts.rows if self._parts else 0),
            committed=committed,
            parts=len(self._state.parts),
            expected=self._expected,
            requests=sum(report.requests for report in reports)
            + (self.details.requests if self.details else 0),
            retries=sum(report.retries for report in reports),
            waits=sum(report.waits for report in reports),
            sent_in_a_minute=use.used if use else None,
            budget=use.share if use else None,
            seconds=self.clock() - self._started,
            plan=reports[-1].plan if reports else "",
            proven=proven,
            reason=reason,
            notes=self._notes,
            file=self.where if event == "complete" else None,
            error="" if error is None else str(error),
            error_type="" if error is None else type(error).__name__,
        )

    @property
    def _proof(self) -> tuple[bool, str]:
        reasons = dict.fromkeys(report.reason for report in self._reports)
        return all(report.proven for report in self._reports), "; ".join(reasons)

    @property
    def _notes(self) -> tuple[str, ...]:
        notes = dict.fromkeys(note for report in self._reports for note in report.notes)
        return (*notes, *(self.details.notes if self.details else ()))

    @property
    def _expected(self) -> int | None:
        """Give how many rows there will be in all, as far as the server counted them."""
        record = self._state.begun or self._state.ended
        return None if record is None else record.get("expected")

    @property
    def _each(self) -> ExportList:
        return self.beginning.each

    @property
    def _state(self) -> ListState:
        return self.beginning.state
