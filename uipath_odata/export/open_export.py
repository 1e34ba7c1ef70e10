"""A destination that one process exports to: locked, bound to its job, and resumed from its journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

import attrs

from uipath_odata.errors import ExportError, TableNotWritten
from uipath_odata.export.incremental.details import Details, has_details
from uipath_odata.export.incremental.mirror import LakeFiles, Mirror
from uipath_odata.export.incremental.run_start import RunStart
from uipath_odata.export.incremental.scan_steps import ScanStep
from uipath_odata.export.incremental.shrinking import Shrinking
from uipath_odata.export.incremental.until import split_until
from uipath_odata.export.journal.earlier_names import adopt, as_named_now
from uipath_odata.export.journal.evolution import by_set
from uipath_odata.export.journal.holding import holding, journal_disk
from uipath_odata.export.journal.job import JOB, VERSION, bind_job, bound_job, job_in
from uipath_odata.export.journal.journal import Journal, all_records_in
from uipath_odata.export.journal.recovery import (
    finish_overwriting,
    overwrite,
    remove_journal,
    remove_uncommitted,
)
from uipath_odata.export.journal.state import ListState, states_of
from uipath_odata.export.list_export import ListExport
from uipath_odata.export.lists import ExportList, whom
from uipath_odata.export.options import Options
from uipath_odata.export.parts.file_layout import FileLayout, with_needed_columns
from uipath_odata.export.parts.part_writer import OpenPart, PartWriter
from uipath_odata.export.places.disk import Disk, file_errors
from uipath_odata.export.places.fenced_disk import unfenced
from uipath_odata.export.places.file_store import FileStore
from uipath_odata.export.places.place import Place
from uipath_odata.export.tables.writing import refuse_foreign_table, write_table
from uipath_odata.export.targets import JobDirectory, Target, target_of
from uipath_odata.export.validation import validate, validate_one_query_a_set, validate_table
from uipath_odata.local.threads import in_thread

__all__ = ["OpenExport", "held_sets"]


def held_sets(place: Place) -> dict[str, Any]:
    """Return the jobs of the sets that a place holds; none where it holds no export that can be read."""
    try:
        disk = as_named_now(journal_disk(place))
        sets: dict[str, Any] = by_set(job_in(disk))["sets"] if disk.has(JOB) else {}
    except ExportError:  # which opening it says better
        return {}
    return sets


@attrs.define(eq=False)
class OpenExport:
    """What the lists of one export share."""

    place: Place
    lists: list[ExportList]
    options: Options
    overwrite: bool
    disk: Disk = attrs.field(default=attrs.Factory(lambda self: journal_disk(self.place), takes_self=True))
    """Where the journal is."""
    _journal: Journal | None = attrs.field(default=None, init=False)
    _bound: Mapping[str, Any] = attrs.field(init=False)
    """The job of the place, of which ours is a part."""

    def __attrs_post_init__(self) -> None:
        validate(self.place, self.lists, self.options)
        validate_table(self.place, self.options, overwrite=self.overwrite)
        validate_one_query_a_set(self._layouts)
        self._bound = self._job

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[Target, None]:
        """Hold the destination; call ``finish`` of what this returns once every list was read to its end."""
        await in_thread(lambda: _refuse_what_cannot_be_written(self._layouts))
        with file_errors(self.place.state):
            is_new = not self.place.state.exists()
        if is_new:
            self._target(self.disk).refuse_existing()
        async with holding(self.place, self.disk, whom(self.lists)) as (disk, check_fence):
            target = self._target(disk, check_fence)
            try:
                await in_thread(lambda: self._open(target))
                yield target
            except BaseException as error:
                try:
                    await in_thread(lambda: self._close(target, check_fence))
                except ExportError as another:  # which is less than what ended the export
                    error.add_note(str(another))
                raise
            await in_thread(lambda: self._close(target, check_fence))

    def list_exports(self, target: Target) -> list[ListExport]:
        """Return what drives each list."""
        journal = self._opened
        states = states_of(journal.records)
        for layout in self._layouts:
            states.setdefault(layout.each.key, ListState())
        here = target.directory
        mirrors = {name: _mirror(name, self._layouts, states, here.store) for name in self._sets}
        return [self._list_export(layout, states, here, journal, mirrors) for layout in self._layouts]

    def write_tables(self, target: Target) -> None:
        """Bring the table of each set up to date with the journal; one that fails does not stop the others."""
        if self.options.table is None:
            return
        sets, store, records = self._bound["sets"], target.directory.store, self._opened.records
        failed = list[TableNotWritten]()
        for name in self._sets:
            merges = sets[name]["mode"] in {"modified", "open"}
            try:
                write_table(self.options.table, store, records, name, merges=merges)
            except TableNotWritten as error:
                failed.append(error)
        if failed:
            raise TableNotWritten("; ".join(map(str, failed))) from failed[0]

    def run_starts(self) -> list[RunStart]:
        """Return how the next run over each list begins, as the journal stands; nothing is held or written."""
        target = self._target(as_named_now(self.disk))
        here = target.directory
        journal = here.journal if not self.overwrite or target.resumes else b""
        if journal:
            self._bound = bound_job(here.disk, self._job, one_file=self.place.file is not None)
        else:
            target.refuse_existing()
        states = states_of(all_records_in(journal)[0])
        return [_run_start(layout, states, self._bound["sets"]) for layout in self._layouts]

    @property
    def not_asked(self) -> tuple[str, ...]:
        """Name the lists of the same sets that earlier runs gave and that this one does not ask for."""
        held = states_of(self._opened.records).keys() - self._keys
        return tuple(sorted(key for key in held if key.partition("-")[0] in self._sets))

    def _list_export(
        self,
        layout: FileLayout,
        states: dict[str, ListState],
        here: JobDirectory,
        journal: Journal,
        mirrors: Mapping[str, Mirror],
    ) -> ListExport:
        each, settings = layout.each, layout.each.query.__source__.channel.settings
        open_part = layout.parts(here.disk, here.store, states[each.key])
        start = _run_start(layout, states, self._bound["sets"])

        def part_writer(step: ScanStep, read_at: dt.datetime | None) -> PartWriter:
            return _part_writer(layout, step, read_at, start, journal, open_part, self.options.clock)

        concurrency = self.options.concurrency or settings.concurrency
        # What cannot be read at all is refused here, before anything is asked.
        each.query.stream(concurrency=concurrency, page_size=self.options.page_size)
        asks_for_details = self.options.with_details and has_details(each.query)
        return ListExport(
            start=start,
            journal=journal,
            part_writer=part_writer,
            part_rows=self.options.part_rows,
            concurrency=concurrency,
            page_size=self.options.page_size,
            clock=self.options.clock,
            details=Details(each.query, concurrency) if asks_for_details else None,
            mirror=mirrors[each.entity_set] if start.looks else None,
            where=self.place.where(each.entity_set),
            names=layout.followed.names if layout.followed else (),
            foreseen=layout.foreseen,
        )

    def _target(self, disk: Disk, check_fence: Callable[[], None] = unfenced) -> Target:
        return target_of(
            JobDirectory(
                place=self.place,
                disk=disk,
                store=self.place.file_store(disk, check_fence),
                job=self._job,
                keys=self._keys,
                overwrite=self.overwrite,
            )
        )

    def _open(self, target: Target) -> None:
        here = target.directory
        adopt(here.disk)
        target.prepare()
        finish_overwriting(here.disk, here.store)
        if self.overwrite and not target.resumes:
            overwrite(here.disk, here.store)
        if not here.journal:  # and it may come back: nothing is written before that is known
            target.refuse_unknown()
        held = here.disk.read(JOB) if here.disk.has(JOB) else b""
        self._bound = bind_job(here.disk, self._job, here.journal, one_file=self.place.file is not None)
        is_same = held == here.disk.read(JOB)
        journal = Journal.open(here.disk)
        try:
            states = states_of(journal.records)
            self._refuse_foreign_tables(journal)
            remove_uncommitted(here.disk, here.store, states, {*states, *self._keys})
            starts = [_run_start(each, states, self._bound["sets"]) for each in self._layouts]
            target.recover(states, is_over=is_same and all(each.is_over for each in starts))
        except ExportError:
            journal.close()
            if not journal.records:
                remove_journal(here.disk)
            raise
        self._journal = journal

    def _refuse_foreign_tables(self, journal: Journal) -> None:
        if self.options.table is None:
            return
        for name in self._sets:
            refuse_foreign_table(self.options.table, journal.records, name)

    def _close(self, target: Target, check_fence: Callable[[], None]) -> None:
        if self._journal is None:
            target.directory.remove_lock()
            return
        self._journal.close()
        check_fence()
        if self._journal.is_sound:  # else the next run finds out what its last record is
            target.close(self._journal)

    @property
    def _opened(self) -> Journal:
        if self._journal is None:
            raise RuntimeError("The export is not open: use 'async with exporting(…) as run'")
        return self._journal

    @property
    def _keys(self) -> set[str]:
        return {each.key for each in self.lists}

    @property
    def _sets(self) -> list[str]:
        return [*dict.fromkeys(each.entity_set for each in self.lists)]

    @cached_property
    def _layouts(self) -> list[FileLayout]:
        return [
            FileLayout(with_needed_columns(split_until(each), self.options), self.place, self.options)
            for each in self.lists
        ]

    @cached_property
    def _job(self) -> dict[str, Any]:
        return _job_of(self.place, self._layouts)


def _mirror(
    entity_set: str, layouts: Sequence[FileLayout], states: Mapping[str, ListState], store: FileStore
) -> Mirror:
    ours = [layout for layout in layouts if layout.each.entity_set == entity_set]
    place, options = ours[0].place, ours[0].options
    return Mirror(
        files=LakeFiles(store, place.format, options.delimiter),
        keys=[layout.each.key for layout in ours],
        states=_of_set(entity_set, states),
        takes_fewer=entity_set in options.allow_shrink,
    )


def _run_start(layout: FileLayout, states: Mapping[str, ListState], sets: Mapping[str, Any]) -> RunStart:
    each, options, settings = layout.each, layout.options, layout.each.query.__source__.channel.settings
    read = [tick for state in _of_set(each.entity_set, states).values() for tick in state.read_at.values()]
    return RunStart(
        each=each,
        mode=layout.mode,
        state=states.get(each.key, ListState()),
        latest=max(read, default=None),
        nightly=options.since is not None,
        lag=settings.settle_lag,
        look_back=options.look_back,
        final_after=options.final_after,
        mirrors=options.mirror,
        shrinking=Shrinking(each.key, each.entity_set, each.entity_set in options.allow_shrink),
        unit=settings.tie_unit,
        now=options.now,
        counts=layout.place.file is None,
        schema=sets[each.entity_set]["schema"],
    )


def _part_writer(
    layout: FileLayout,
    step: ScanStep,
    read_at: dt.datetime | None,
    start: RunStart,
    journal: Journal,
    open_part: Callable[[int, int], OpenPart],
    clock: Callable[[], float],
) -> PartWriter:
    return PartWriter(
        each=layout.each,
        step=step,
        state=start.state,
        journal=journal,
        open_part=open_part,
        row_bytes=layout.rows_read_at(read_at),
        files_of=layout.files_of,
        shrinking=start.shrinking,
        follows=layout.followed,
        merges=layout.mode in {"modified", "open"},
        replaces=layout.mode == "replace",
        copies=layout.copies,
        schema=start.schema,
        clock=clock,
    )


def _of_set(entity_set: str, states: Mapping[str, ListState]) -> dict[str, ListState]:
    return {key: state for key, state in states.items() if key.partition("-")[0] == entity_set}


def _refuse_what_cannot_be_written(layouts: Sequence[FileLayout]) -> None:
    try:
        for layout in layouts:
            layout.empty()
    except ImportError as error:
        raise ExportError(str(error)) from error


def _job_of(place: Place, layouts: Sequence[FileLayout]) -> dict[str, Any]:
    sets = dict[str, dict[str, Any]]()
    for layout in layouts:
        folder = layout.each.folder
        facts = sets.setdefault(layout.each.entity_set, {**layout.describe(), "folders": {}})
        facts["folders"] |= {} if folder is None else {str(folder.id): folder.path}
    return {
        "version": VERSION,
        "url": str(layouts[0].each.query.__source__.channel.base_url),
        "format": place.format,
        "sets": sets,
    }
