"""A directory that gets a file for each part, a manifest, and a mark once it is whole."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.earlier_names import remove_earlier_manifest
from uipath_odata.export.journal.job import job_in
from uipath_odata.export.journal.journal import JOURNAL, Journal, all_records_in, records_in
from uipath_odata.export.journal.manifest import MANIFEST, PUBLISHED, manifest_of, publish, withdraw
from uipath_odata.export.journal.records import RunBegan
from uipath_odata.export.journal.recovery import (
    refuse_what_is_missing,
    refuse_what_is_unknown,
    remove_uncommitted,
)
from uipath_odata.export.journal.state import ListState, states_of
from uipath_odata.export.targets.job_directory import JobDirectory

__all__ = ["DirectoryTarget"]


@attrs.define(eq=False)
class DirectoryTarget:
    """Parts that count once the journal says so; ``_manifest.json`` and ``_SUCCESS`` follow the journal."""

    directory: JobDirectory
    _is_whole: bool = attrs.field(default=False, init=False)
    """Whether this run read every list to its end."""
    _was_published: bool = attrs.field(default=False, init=False)
    """Whether an earlier run left nothing to do."""

    def refuse_existing(self) -> None:
        """Refuse nothing: a directory may hold other files."""

    def prepare(self) -> None:
        """Do nothing: what lies here is looked at once the journal is read."""

    def refuse_unknown(self) -> None:
        """Raise ExportError where files of an export lie here whose journal does not."""
        self._check({})

    @property
    def resumes(self) -> bool:
        """Whether this very export was begun here, is as its journal says, and has not ended."""
        here = self.directory
        try:
            if not here.is_of_this_job:
                return False
            states = states_of(all_records_in(here.journal)[0])
            self._check(states)
        except ExportError:
            return False
        return not here.is_ended(states)

    def recover(self, states: Mapping[str, ListState], *, is_over: bool) -> None:
        """Take back the mark, unless there is nothing to do; raises ExportError where files are missing or unknown."""
        here = self.directory
        there = self._check(states)
        self._was_published = is_over and {PUBLISHED, MANIFEST} <= there
        if not self._was_published:
            withdraw(here.store)

    def finish(self) -> None:
        """Let the mark be set when the export is closed."""
        self._is_whole = True

    def close(self, journal: Journal) -> None:
        """Publish the manifest, or leave nothing where no row was committed."""
        if self._was_published:
            return
        here, states = self.directory, states_of(journal.records)
        remove_uncommitted(here.disk, here.store, states, {*states})
        if all(isinstance(record, RunBegan) for record in journal.records):
            here.abandon()
            return
        if self._is_whole:
            self._refuse_what_vanished(journal, states)
        try:
            publish(
                here.disk, here.store, manifest_of(job_in(here.disk), journal.records), mark=self._is_whole
            )
            remove_earlier_manifest(here.store)
        except ExportError:
            if here.is_ended(states):
                raise
            # The lists have said what is wrong, and the journal is all that the next run needs.

    def _refuse_what_vanished(self, journal: Journal, states: Mapping[str, ListState]) -> None:
        """Raise ExportError where somebody removed or changed, while the export ran, what it counts on."""
        here = self.directory
        if records_in(here.journal)[0] != journal.records:
            raise ExportError(
                f"The {JOURNAL} was removed or altered while the export ran: restore it, or overwrite the export"
            )
        refuse_what_is_missing({*here.store.names()}, states)

    def _check(self, states: Mapping[str, ListState]) -> set[str]:
        here = self.directory
        there = {*here.store.names()}
        refuse_what_is_missing(there, states)
        refuse_what_is_unknown(there, states, here.keys, here.place.name)
        return there
