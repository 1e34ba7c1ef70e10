"""One file. It grows next to its journal, and gets its name once it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.journal import Journal, records_in
from uipath_odata.export.journal.state import ListState, states_of
from uipath_odata.export.targets.job_directory import JobDirectory

__all__ = ["FileTarget"]


@attrs.frozen(eq=False)
class FileTarget:
    """A file that has its name is whole; until then ``NAME.partial`` has its rows and the journal."""

    directory: JobDirectory
    file: Path

    def refuse_existing(self) -> None:
        """Raise ExportError where the name is taken."""
        if self.file.is_dir():
            raise ExportError(f"{self.file} is a directory: name a file")
        here = self.directory
        if not here.overwrite and (self.file.exists() or here.disk.has(self._name)):
            raise ExportError(f"{self.file} exists already: name another file, or overwrite it")

    def prepare(self) -> None:
        """Refuse a name that is taken, unless the process ended between naming its file and removing its journal."""
        if self._is_named:
            return
        if not self.directory.journal:
            self.directory.remove_job()
        self.refuse_existing()

    def refuse_unknown(self) -> None:
        """Refuse nothing: rows that no journal counts are cut off."""

    @property
    def resumes(self) -> bool:
        """Whether this very export was begun here."""
        try:
            return self.directory.is_of_this_job
        except ExportError:
            return False

    def recover(self, states: Mapping[str, ListState], *, is_over: bool) -> None:
        """Cut off the rows that were not committed."""
        del is_over  # a file that is whole has its name
        here = self.directory
        if not self._is_named and here.disk.has(here.place.growing):
            here.disk.open(here.place.growing, _size_of(states)).close()

    def finish(self) -> None:
        """Put the file under its name, and remove the journal."""
        here = self.directory
        growing = here.place.growing
        if self._is_named:
            here.abandon()
            return
        if not here.disk.has(growing):
            here.abandon()
            raise ExportError(f"{here.place.state / growing} is gone: run the same export again")
        self.refuse_existing()
        here.disk.rename(growing, self._name)
        here.disk.sync_directory_of(self._name)
        here.abandon()

    def close(self, journal: Journal) -> None:
        """Leave nothing where no row was committed."""
        if not any(state.parts for state in states_of(journal.records).values()):
            self.directory.abandon()

    @property
    def _name(self) -> str:
        return f"../{self.file.name}"

    @property
    def _is_named(self) -> bool:
        here = self.directory
        states = states_of(records_in(here.journal)[0])
        if not states or not here.is_ended(states) or here.disk.has(here.place.growing):
            return False
        return here.is_of_this_job and here.disk.size(self._name) == _size_of(states)


def _size_of(states: Mapping[str, ListState]) -> int:
    """Return how many bytes of the file are committed."""
    return sum(state.size for state in states.values())
