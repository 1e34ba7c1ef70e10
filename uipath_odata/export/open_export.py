"""A place that one process exports to: locked, held to its job, and gone on from its journal."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs

from uipath_odata.errors import ExportError, QueryError
from uipath_odata.export.begin import Beginning
from uipath_odata.export.details import Details
from uipath_odata.export.disk import LocalDisk, failing
from uipath_odata.export.job import JOB, hold_to, is_of
from uipath_odata.export.journal import JOURNAL, Journal, Record, records_in
from uipath_odata.export.layout import Layout
from uipath_odata.export.list_export import ListExport
from uipath_odata.export.lists import ExportList
from uipath_odata.export.lock import LOCK, locked
from uipath_odata.export.manifest import MANIFEST, PUBLISHED, manifest_of, publish, tidy, withdraw
from uipath_odata.export.options import Options
from uipath_odata.export.part_stream import PartStream, in_thread
from uipath_odata.export.place import Place
from uipath_odata.export.readings import Reading
from uipath_odata.export.shelf import Shelf
from uipath_odata.export.state import ListState, states_of

__all__ = ["OpenExport"]


@attrs.define(eq=False)
class OpenExport:
    """What the lists of one export share."""

    place: Place
    asked: list[ExportList]
    options: Options
    overwrite: bool
    _disk: LocalDisk = attrs.field(init=False)
    _shelf: Shelf = attrs.field(init=False)
    _opened: Journal | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        many = len(self.asked) > 1 or self.options.since or self.options.partition_by
        if self.place.file is not None and many:
            raise QueryError(
                f"{self.place.file} is one file: several sets, since and partition_by take a directory, name one"
            )
        self._disk = LocalDisk(self.place.state)

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None, None]:
        """Hold the place; at the end its manifest says what is there."""
        self._refuse_existing()
        state = self.place.state
        with failing(state):
            state.mkdir(parents=self.place.file is None, exist_ok=True, mode=0o700)
        with locked(state):
            try:
                await in_thread(self._open)
                yield
            finally:
                await in_thread(self._close)

    def lists(self) -> list[ListExport]:
        """Give what drives each list."""
        states = states_of(self._journal.records)
        return [self._list(Layout(each, self.place, self.options), states) for each in self.asked]

    async def finish(self) -> None:
        """Give the one file its name, now that it is whole."""
        file = self.place.file
        if file is not None:
            await in_thread(lambda: self._give_name(file))

    def _list(self, layout: Layout, states: dict[str, ListState]) -> ListExport:
        each, settings = layout.each, layout.each.query.source.channel.settings
        state = states.setdefault(each.key, ListState())
        open_part = layout.parts(self._disk, self._shelf, state)
        beginning = Beginning(
            each=each,
            mode=layout.mode,
            state=state,
            nightly=self.options.since is not None,
            lag=settings.settle_lag,
            look_back=self.options.look_back,
            unit=settings.tie_unit,
            now=self.options.now,
            counts=self.place.file is None,
        )

        def parts(reading: Reading, read_at: str) -> PartStream:
            return PartStream(
                each=each,
                reading=reading,
                state=state,
                journal=self._journal,
                open_part=open_part,
                row_bytes=layout.rows_read_at(read_at),
                date_of=layout.date_of,
                watches=layout.mode == "open",
            )

        concurrency = self.options.concurrency or settings.concurrency
        # What cannot be read at all is refused here, before anything is asked.
        each.query.stream(concurrency=concurrency, page_size=self.options.page_size)
        return ListExport(
            beginning=beginning,
            journal=self._journal,
            parts=parts,
            part_rows=self.options.part_rows,
            concurrency=concurrency,
            page_size=self.options.page_size,
            clock=self.options.clock,
            details=Details(each.query, concurrency) if self.options.with_details else None,
            where=self.place.where(each.entity_set),
        )

    # What is done to the place

    def _open(self) -> None:
        self._shelf = self.place.shelf(self._disk)
        if self.overwrite and not self._goes_on:
            self._clear()
        hold_to(self._disk, self._job)
        self._opened = Journal.open(self._disk)
        tidy(self._disk, self._shelf, self._journal.records, self._sets)
        if self.place.file is None:
            if self._is_ended(self._opened.records) and not self.options.since and PUBLISHED in self._shelf.names():
                raise ExportError(
                    f"{self.place.name} exists already and holds this export whole: name another place, or overwrite it"
                )
            withdraw(self._shelf)

    def _close(self) -> None:
        if self._opened is None:
            self._leave_if_empty()
            return
        self._opened.close()
        records = self._opened.records
        if any(record["record"] != "begin" for record in records) and self.place.file is None:
            publish(self._disk, self._shelf, manifest_of(self._job, records))
            tidy(self._disk, self._shelf, records, self._sets)
        elif not any(record["record"] == "part" for record in records):
            self._leave()

    def _give_name(self, file: Path) -> None:
        if self.place.growing not in self._disk.names():
            empty = self._disk.open(self.place.growing)
            empty.write(Layout(self.asked[0], self.place, self.options).empty())
            empty.sync()
            empty.close()
        self._refuse_existing()
        self._disk.rename(self.place.growing, f"../{file.name}")
        self._disk.sync_directory_of(f"../{file.name}")
        self._leave()

    @property
    def _goes_on(self) -> bool:
        """Whether this very export was begun here and has no end yet, or no name."""
        try:
            is_same = JOB in self._disk.names() and is_of(self._disk, self._job)
        except ExportError:
            return False
        is_named = self.place.file is None
        return is_same and not (is_named and self._is_ended(records_in(self._disk.read(JOURNAL))[0]))

    def _clear(self) -> None:
        """Remove what an export left here, and nothing else."""
        tidy(self._disk, self._shelf, [], self._sets)
        for name in (PUBLISHED, MANIFEST):
            self._shelf.remove(name)
        for name in (JOURNAL, JOB, self.place.growing):
            self._disk.remove(name)

    def _leave(self) -> None:
        """Remove what nobody can go on from."""
        for name in (JOURNAL, JOB, self.place.growing):
            self._disk.remove(name)
        self._leave_if_empty()

    def _leave_if_empty(self) -> None:
        if {*self._disk.names()} <= {LOCK}:
            self._disk.remove(LOCK)
            with contextlib.suppress(OSError):  # somebody else's directories stay
                self.place.state.rmdir()

    def _refuse_existing(self) -> None:
        file = self.place.file
        if file is not None and file.is_dir():
            raise ExportError(f"{file} is a directory: name a file")
        if file is not None and not self.overwrite and file.exists():
            raise ExportError(f"{file} exists already: name another file, or overwrite it")

    @property
    def _journal(self) -> Journal:
        if self._opened is None:
            raise RuntimeError("The export is not open: use 'async with exporting(…) as run'")
        return self._opened

    @property
    def _sets(self) -> set[str]:
        return {each.entity_set for each in self.asked}

    def _is_ended(self, records: Sequence[Record]) -> bool:
        states = states_of(records)
        return all(each.key in states and states[each.key].begun is None for each in self.asked)

    @property
    def _job(self) -> dict[str, Any]:
        options = self.options
        return {
            "version": 1,
            "url": str(self.asked[0].query.source.channel.base_url),
            "format": self.place.format,
            "sets": {each.entity_set: Layout(each, self.place, options).describe() for each in self.asked},
            "partition_by": options.partition_by,
            "part_rows": options.part_rows,
            "since": options.since,
            "raw_csv": options.raw_csv,
            "details": options.with_details,
            "privacy": options.privacy.describe(),
        }
