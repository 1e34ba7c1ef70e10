"""A place that one process exports to: locked, held to its job, and gone on from its journal."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.checks import check_asked, check_one_query_a_set
from uipath_odata.export.incremental.details import Details, has_details
from uipath_odata.export.incremental.readings import ScanStep
from uipath_odata.export.incremental.run_start import RunStart
from uipath_odata.export.journal.job import JOB, VERSION, bind_job, is_of, job_in, refuse_another
from uipath_odata.export.journal.journal import JOURNAL, Journal, all_records_in, records_in
from uipath_odata.export.journal.manifest import PUBLISHED, manifest_of, publish, withdraw
from uipath_odata.export.journal.recovery import (
    clear,
    finish_clearing,
    forget,
    refuse_what_is_missing,
    refuse_what_is_unknown,
    tidy,
)
from uipath_odata.export.journal.state import ListState, states_of
from uipath_odata.export.list_export import ListExport
from uipath_odata.export.lists import ExportList
from uipath_odata.export.options import Options
from uipath_odata.export.parts.layout import Layout, looking
from uipath_odata.export.parts.part_stream import PartStream
from uipath_odata.export.places.disk import Disk, LocalDisk, failing, make_directory
from uipath_odata.export.places.fenced_disk import FencedDisk, never_lost
from uipath_odata.export.places.file_store import FileStore
from uipath_odata.export.places.lock import LOCK, locked
from uipath_odata.export.places.place import Place
from uipath_odata.local.threads import in_thread

__all__ = ["OpenExport"]


@attrs.define(eq=False)
class OpenExport:
    """What the lists of one export share."""

    place: Place
    asked: list[ExportList]
    options: Options
    overwrite: bool
    _disk: Disk = attrs.field(
        default=attrs.Factory(lambda self: LocalDisk(self.place.state), takes_self=True)
    )
    _shelf: FileStore = attrs.field(init=False)
    _check_fence: Callable[[], None] = attrs.field(default=never_lost, init=False)
    _opened: Journal | None = attrs.field(default=None, init=False)
    _is_whole: bool = attrs.field(default=False, init=False)
    """Whether this run read every list to its end."""

    def __attrs_post_init__(self) -> None:
        check_asked(self.place, self.asked, self.options)
        check_one_query_a_set(self._layouts)

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None, None]:
        """Hold the place; at the end its manifest says what is there."""
        await in_thread(self._refuse_what_cannot_be_written)
        file, state = self.place.file, self.place.state
        if file is not None:
            with failing(file):
                is_new = not state.exists()
            if is_new:
                self._refuse_existing(file)
        is_made = make_directory(state, parents=file is None)
        async with locked(state, is_ours=is_made or file is not None) as check_fence:
            self._disk, self._check_fence = FencedDisk(self._disk, check_fence), check_fence
            try:
                await in_thread(self._open)
                yield
            except BaseException as error:
                try:
                    await in_thread(self._close)
                except ExportError as another:  # which is less than what ended the export
                    error.add_note(str(another))
                raise
            await in_thread(self._close)

    def lists(self) -> list[ListExport]:
        """Give what drives each list."""
        states = states_of(self._journal.records)
        return [self._list(layout, states) for layout in self._layouts]

    def beginnings(self) -> list[RunStart]:
        """Give how the next run over each list begins, as the journal stands; nothing is held or written."""
        self._shelf = self.place.shelf(self._disk)
        journal = self._journal_there if self._goes_on or not self.overwrite else b""
        if journal:
            refuse_another(self._disk, self._job)
        elif self.place.file is not None:
            self._refuse_existing(self.place.file)
        states = states_of(all_records_in(journal)[0])
        return [self._beginning(layout, states.get(layout.each.key, ListState())) for layout in self._layouts]

    @property
    def not_asked(self) -> tuple[str, ...]:
        """Name the lists that earlier runs gave and that this one does not ask for."""
        return tuple(sorted(states_of(self._journal.records).keys() - self._keys))

    async def finish(self) -> None:
        """Give the one file its name, or the directory its mark, now that it is whole."""
        self._is_whole = True
        file = self.place.file
        if file is not None:
            await in_thread(lambda: self._give_name(file))

    def _list(self, layout: Layout, states: dict[str, ListState]) -> ListExport:
        each, settings = layout.each, layout.each.query.source.channel.settings
        state = states.setdefault(each.key, ListState())
        open_part = layout.parts(self._disk, self._shelf, state)

        def parts(reading: ScanStep, read_at: str) -> PartStream:
            return PartStream(
                each=each,
                reading=reading,
                state=state,
                journal=self._journal,
                open_part=open_part,
                row_bytes=layout.rows_read_at(read_at),
                files_of=layout.files_of,
                watches=layout.mode == "open",
                replaces=layout.mode == "replace",
                copies=layout.copies,
                clock=self.options.clock,
            )

        concurrency = self.options.concurrency or settings.concurrency
        # What cannot be read at all is refused here, before anything is asked.
        each.query.stream(concurrency=concurrency, page_size=self.options.page_size)
        return ListExport(
            beginning=self._beginning(layout, state),
            journal=self._journal,
            parts=parts,
            part_rows=self.options.part_rows,
            concurrency=concurrency,
            page_size=self.options.page_size,
            clock=self.options.clock,
            details=Details(each.query, concurrency)
            if self.options.with_details and has_details(each.query)
            else None,
            where=self.place.where(each.entity_set),
        )

    def _beginning(self, layout: Layout, state: ListState) -> RunStart:
        settings = layout.each.query.source.channel.settings
        return RunStart(
            each=layout.each,
            mode=layout.mode,
            state=state,
            nightly=self.options.since is not None,
            lag=settings.settle_lag,
            look_back=self.options.look_back,
            unit=settings.tie_unit,
            now=self.options.now,
            counts=self.place.file is None,
        )

    def _refuse_what_cannot_be_written(self) -> None:
        try:
            for layout in self._layouts:
                layout.empty()
        except ImportError as error:
            raise ExportError(str(error)) from error

    # What is done to the place

    def _open(self) -> None:
        shelf = self._shelf = self.place.shelf(self._disk, self._check_fence)
        if self.place.file is not None and not self._is_named:
            if not self._journal_there:
                self._forget_job()
            self._refuse_existing(self.place.file)
        finish_clearing(self._disk, shelf)
        if self.overwrite and not self._goes_on:
            clear(self._disk, shelf)
        bind_job(self._disk, self._job, self._journal_there)
        opened = Journal.open(self._disk)
        try:
            self._recover(opened, shelf)
        except ExportError:
            opened.close()
            if not opened.records:
                forget(self._disk)
            raise
        self._opened = opened

    def _recover(self, opened: Journal, shelf: FileStore) -> None:
        states = states_of(opened.records)
        tidy(self._disk, shelf, states, {*states, *self._keys})
        if self.place.file is not None:
            if not self._is_named and self._disk.has(self.place.growing):
                self._disk.open(self.place.growing, _size_of(states)).close()
            return
        there = {*shelf.names()}
        refuse_what_is_missing(there, states)
        refuse_what_is_unknown(there, states, self._keys, self.place.name)
        if self._is_ended(states) and not self.options.since and PUBLISHED in there:
            raise ExportError(
                f"{self.place.name} exists already and holds this export whole: name another place, or overwrite it"
            )
        withdraw(shelf)

    def _close(self) -> None:
        opened = self._opened
        if opened is None:
            self._leave_lock()
            return
        opened.close()
        self._check_fence()
        if not opened.is_sound:
            return  # the next run finds out what its last record is
        states = states_of(opened.records)
        if all(record["record"] == "begin" for record in opened.records):
            tidy(self._disk, self._shelf, states, {*states})
            self._leave()
        elif self.place.file is None:
            tidy(self._disk, self._shelf, states, {*states})
            self._publish(opened, states)
        elif not any(state.parts for state in states.values()):
            self._leave()

    def _publish(self, opened: Journal, states: dict[str, ListState]) -> None:
        try:
            publish(self._disk, self._shelf, manifest_of(self._job, opened.records), mark=self._is_whole)
        except ExportError:
            if self._is_ended(states):
                raise
            # The lists have said what is wrong, and the journal is all that the next run needs.

    def _give_name(self, file: Path) -> None:
        if self._is_named:
            self._leave()
            return
        growing = self.place.growing
        if not self._disk.has(growing):
            self._leave()
            raise ExportError(f"{self.place.state / growing} is gone: run the same export again")
        self._refuse_existing(file)
        self._disk.rename(growing, f"../{file.name}")
        self._disk.sync_directory_of(f"../{file.name}")
        self._leave()

    @property
    def _is_named(self) -> bool:
        """Whether the one file has its name already: the process ended before it had removed the journal."""
        file, states = self.place.file, states_of(records_in(self._journal_there)[0])
        if file is None or not states or not self._is_ended(states) or self._disk.has(self.place.growing):
            return False
        return is_of(self._disk, self._job) and self._disk.size(f"../{file.name}") == _size_of(states)

    @property
    def _goes_on(self) -> bool:
        """Whether this very export was begun here and has no end yet, or no name."""
        try:
            if not self._disk.has(JOB) or not is_of(self._disk, self._job):
                return False
            if self.place.file is not None:
                return True
            states = states_of(all_records_in(self._journal_there)[0])
            there = {*self._shelf.names()}
            refuse_what_is_missing(there, states)
            refuse_what_is_unknown(there, states, self._keys, self.place.name)
        except ExportError:
            return False
        return not self._is_ended(states)

    def _leave(self) -> None:
        """Remove what nobody can go on from."""
        forget(self._disk)
        self._disk.remove(self.place.growing)
        self._leave_lock()

    def _forget_job(self) -> None:
        """Remove a job that has no journal any more: its file has its name, or has no rows yet."""
        if self._disk.has(JOB):
            job_in(self._disk)  # raises for a file that no export wrote
            self._disk.remove(JOB)

    def _leave_lock(self) -> None:
        """Remove the lock's file, which stays beside what an export may go on from; the directory goes with it."""
        if not self._disk.has(JOB) and not self._disk.has(JOURNAL):
            self._disk.remove(LOCK)

    def _refuse_existing(self, file: Path) -> None:
        if file.is_dir():
            raise ExportError(f"{file} is a directory: name a file")
        if not self.overwrite and (file.exists() or self._disk.has(f"../{file.name}")):
            raise ExportError(f"{file} exists already: name another file, or overwrite it")

    @property
    def _journal_there(self) -> bytes:
        return self._disk.read(JOURNAL) if self._disk.has(JOURNAL) else b""

    @property
    def _journal(self) -> Journal:
        if self._opened is None:
            raise RuntimeError("The export is not open: use 'async with exporting(…) as run'")
        return self._opened

    @property
    def _keys(self) -> set[str]:
        return {each.key for each in self.asked}

    def _is_ended(self, states: dict[str, ListState]) -> bool:
        return all(each.key in states and states[each.key].begun is None for each in self.asked)

    @cached_property
    def _layouts(self) -> list[Layout]:
        return [Layout(looking(each, self.options), self.place, self.options) for each in self.asked]

    @cached_property
    def _job(self) -> dict[str, Any]:
        options = self.options
        return {
            "version": VERSION,
            "url": str(self.asked[0].query.source.channel.base_url),
            "format": self.place.format,
            "sets": {layout.each.entity_set: layout.describe() for layout in self._layouts},
            "partition_by": options.partition_by,
            "part_rows": options.part_rows,
            "since": options.since,
            "raw_csv": options.raw_csv,
            "details": options.with_details,
            "privacy": options.privacy.describe(),
        }


def _size_of(states: dict[str, ListState]) -> int:
    """Give how many bytes of the one file are committed."""
    return sum(state.size for state in states.values())
