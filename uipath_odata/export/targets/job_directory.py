"""The directory of the journal, held for one job."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import attrs

from uipath_odata.export.journal.job import JOB, is_of, job_in
from uipath_odata.export.journal.journal import JOURNAL
from uipath_odata.export.journal.recovery import remove_journal
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.places.disk import Disk
from uipath_odata.export.places.file_store import FileStore
from uipath_odata.export.places.lock import LOCK
from uipath_odata.export.places.place import Place

__all__ = ["JobDirectory"]


@attrs.frozen(eq=False, kw_only=True)
class JobDirectory:
    """What a destination is reached by, and the job that may use it."""

    place: Place
    disk: Disk
    """The directory of the journal."""
    store: FileStore
    """Where finished files go."""
    job: Mapping[str, Any]
    keys: AbstractSet[str]
    """Of the lists that are asked for."""
    overwrite: bool

    @property
    def journal(self) -> bytes:
        """The journal that is there; empty where there is none."""
        return self.disk.read(JOURNAL) if self.disk.has(JOURNAL) else b""

    @property
    def is_of_this_job(self) -> bool:
        """Whether this very job was begun here; raises ExportError as `job_in` does."""
        return self.disk.has(JOB) and is_of(self.disk, self.job, one_file=self.place.file is not None)

    def is_ended(self, states: Mapping[str, ListState]) -> bool:
        """Tell whether every list that is asked for was read to its end."""
        return all(key in states and states[key].begun is None for key in self.keys)

    def remove_job(self) -> None:
        """Remove a job that has no journal any more; raises ExportError for a file that no export wrote."""
        if self.disk.has(JOB):
            job_in(self.disk)
            self.disk.remove(JOB)

    def abandon(self) -> None:
        """Remove what no later run could resume from."""
        remove_journal(self.disk)
        self.disk.remove(self.place.growing)
        self.remove_lock()

    def remove_lock(self) -> None:
        """Remove the lock's file where nothing is left to resume from; the directory goes with it."""
        if not self.disk.has(JOB) and not self.disk.has(JOURNAL):
            self.disk.remove(LOCK)
