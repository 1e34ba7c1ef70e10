"""Make large parts of a lake that is held, and let the journal say so."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

import attrs
from msgspec.structs import replace

from uipath_odata.errors import ExportError
from uipath_odata.export.compaction.groups import Grouping, merged_facts
from uipath_odata.export.compaction.joining import have_same_rows, joined
from uipath_odata.export.formats import Format
from uipath_odata.export.incremental.recount import is_watched
from uipath_odata.export.journal.earlier_names import adopt
from uipath_odata.export.journal.evolution import by_set
from uipath_odata.export.journal.job import job_in
from uipath_odata.export.journal.journal import Journal
from uipath_odata.export.journal.manifest import (
    PUBLISHED,
    lost_to_a_compaction,
    manifest_of,
    publish,
    withdraw,
)
from uipath_odata.export.journal.records import CompactionBegan, File, Part, PartsMerged
from uipath_odata.export.journal.recovery import refuse_what_is_missing, remove_uncommitted
from uipath_odata.export.journal.state import ListState, states_of
from uipath_odata.export.places.disk import Disk, write_durably
from uipath_odata.export.places.file_store import FileStore

__all__ = ["Compactor"]

_NUMBERS: Final = re.compile(r"\d{6,}-g\d+(?=\.\w+\Z)")


@attrs.define(eq=False, kw_only=True)
class Compactor:
    """A lake that is held, and what becomes of its parts."""

    disk: Disk
    store: FileStore
    journal: Journal
    job: Mapping[str, Any]
    states: dict[str, ListState]
    part_rows: int | None
    """None: as many as the set was exported with."""
    look_back: dt.timedelta
    was_published: bool
    """Whether the lake had its mark, before this compaction or one that was killed."""
    must_publish: bool
    """Whether the manifest or the mark is not that of the parts."""
    left: list[str] = attrs.field(factory=list[str], init=False)
    """Lists that were left as they are, because a run over them was not read to its end."""

    @classmethod
    def open(cls, disk: Disk, store: FileStore, part_rows: int | None, look_back: dt.timedelta) -> Compactor:
        """Bring a lake to what its journal says; raises ExportError where files are missing."""
        adopt(disk)
        journal = Journal.open(disk)
        try:
            states = states_of(journal.records)
            remove_uncommitted(disk, store, states, {*states})
            there = {*store.names()}
            refuse_what_is_missing(there, states)
            job = by_set(job_in(disk))
        except ExportError:
            journal.close()
            raise
        is_published, last = PUBLISHED in there, journal.records[-1] if journal.records else None
        return cls(
            disk=disk,
            store=store,
            journal=journal,
            job=job,
            states=states,
            part_rows=part_rows,
            look_back=look_back,
            was_published=is_published or lost_to_a_compaction(journal.records),
            must_publish=not is_published and isinstance(last, CompactionBegan | PartsMerged),
        )

    @property
    def files(self) -> int:
        return sum(len(each.files) for each in self.states.values())

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.states.values())

    def compact(self, key: str) -> None:
        """Merge the small parts of one list."""
        state, facts = self.states[key], self.job["sets"][key.partition("-")[0]]
        is_nightly = facts["since"] is not None
        if state.begun is not None:
            self.left.append(key)
            return
        if is_nightly and facts["mode"] == "replace":
            return  # each night brings all of it anew
        grouping = Grouping(
            part_rows=self.part_rows or facts["part_rows"],
            adjoins=facts["mode"] == "append",
            is_watched=lambda part: is_nightly and is_watched(state, part, self.look_back),
        )
        has_begun = False
        for group in [*grouping.groups_of([*state.parts.values()])]:
            part = merged_facts(group)
            made = self._made(group, part)
            if made is not None:
                if not has_begun:
                    self._begin(state, key)
                has_begun = True
                self._merge(state, group, part, made)

    def publish(self) -> None:
        """Publish what there is now, where it is not what was published."""
        if self.must_publish:
            manifest = manifest_of(job_in(self.disk), self.journal.records)
            publish(self.disk, self.store, manifest, mark=self.was_published)

    def _begin(self, state: ListState, key: str) -> None:
        """Say that parts of a list will be merged, before the mark of the lake goes."""
        began = CompactionBegan(entity_list=key, run=state.run, published=self.was_published)
        self.journal.append(began)
        state.take(began)
        withdraw(self.store)
        self.must_publish = True

    def _merge(
        self, state: ListState, group: list[Part], part: Part, made: list[tuple[File, bytes | None]]
    ) -> None:
        for file, data in made:
            if data is not None:
                self._put(file, data, part.entity_list)
        whole = replace(part, files=tuple(file for file, _ in made))
        record = PartsMerged(
            entity_list=part.entity_list,
            run=state.run,
            part=whole,
            replaced=tuple(each.number for each in group),
        )
        self.journal.append(record)
        state.take(record)
        for name in {file.name for each in group for file in each.files} - {
            file.name for file in whole.files
        }:
            self.store.remove(name)

    def _made(self, group: list[Part], part: Part) -> list[tuple[File, bytes | None]] | None:
        """Return the files of a merged part, None beside one that stays as it is; None where columns differ."""
        of_folder = dict[str, list[File]]()
        for each in group:
            for file in each.files:
                of_folder.setdefault(file.name.rpartition("/")[0], []).append(file)
        made = list[tuple[File, bytes | None]]()
        for files in of_folder.values():
            one = (files[0], None) if len(files) == 1 else self._one_file(files, part)
            if one is None:
                return None
            made.append(one)
        return made

    def _one_file(self, files: list[File], part: Part) -> tuple[File, bytes] | None:
        kind: Format = self.job["format"]
        whole = [self._read(file) for file in files]
        data = joined(whole, kind)
        if data is None:
            return None
        if not have_same_rows(data, whole, kind):
            raise ExportError(f"{files[0].name} and those after it have other rows as one file: report it")
        name = _NUMBERS.sub(f"{part.number:06d}-g{part.generation}", files[0].name)
        rows = sum(file.rows for file in files)
        return File(name=name, rows=rows, bytes=len(data), sha256=_digest(data)), data

    def _put(self, file: File, data: bytes, key: str) -> None:
        """Write a file, and read it again where it was written and where it is put."""
        temporary = f"_tmp-{key}-0"
        write_durably(self.disk, temporary, data)
        if _digest(self.disk.read(temporary)) != file.sha256:
            self.disk.remove(temporary)
            raise _not_as_written(file)
        self.store.put(temporary, file.name)
        if _digest(self.store.read(file.name)) != file.sha256:
            self.store.remove(file.name)
            raise _not_as_written(file)

    def _read(self, file: File) -> bytes:
        data = self.store.read(file.name)
        if _digest(data) != file.sha256:
            raise ExportError(
                f"{file.name} is not what the journal counts: run  uipath-odata verify  on the lake, and restore the file"
            )
        return data


def _not_as_written(file: File) -> ExportError:
    return ExportError(
        f"{file.name} is not what was written: see what is wrong with the disk or bucket, then run this again"
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
