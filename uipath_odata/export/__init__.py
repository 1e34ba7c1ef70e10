"""Exports: rows in files that are whole, and evidence that they are all.

**States.** A list has a journal state: a run *begins* (what it will ask for is settled), its *scan steps* commit
*parts*, each step is *read* to its end, the run *ends*. A destination is held by one process at a time: it is empty, bound
to a job and growing, or published (a directory has its manifest and ``_SUCCESS``, a single file its final name). Nothing else is a state: what lies
there besides is removed when the next run opens the destination, or refused by name.

**Invariant.** A file counts if and only if the journal has a record that names it. Bytes are written under a temporary
name, synced, renamed, the directory is synced, and only then the record is appended and synced. The record also holds the
cursor from which its scan step resumes, so rows and cursor are committed by one line or not at all. Each line carries a
checksum; a torn last line was never promised to anyone and is cut off.

**Why an export survives any kill.** Killed before the line is written, the part is a file that nobody counts, and the same
rows are read again under the same name; killed after it, they are not read again. Parts end after so many rows and at a key, never
where a page ended, so that a resumed export writes the same bytes. Every change asks first whether the place is still
held: a process that slept while another took it over writes nothing more. `tests/export` cuts the power at random operations of a
disk that forgets what was not synced.

**What it cannot do.** It does not know of rows that a server hides from lists and counts alike. A row that changes while
it is read may be written as it was before. Rows that came late are found by counting closed intervals again: an
interval that gained as many rows as it lost looks unchanged. A disk that lies about ``fsync`` can lose what was promised.

The rooms: `targets` (a directory or one file), `journal` (records, job, manifest, recovery), `parts` (rows to files),
`incremental` (what a later night reads), `run_files` (runs that are written down), `places` (disks, stores, locks), `formats` (JSONL, CSV, Parquet), `privacy`, `reports`
(a page and metrics of a run), `tables` (Delta and Iceberg tables of a lake).
`exporting` opens an export, `list_export` drives one list, `run` drives them all, `verify` checks one offline. `lists` and
`folders` say what is read, `options` how, `validation` refuses what does not go together; `open_export` is a destination
while it is held, `events` are what a run tells, `estimate` says what the next run costs, `file_bytes` gives
the bytes of a file as they come.
"""

from __future__ import annotations

from uipath_odata.export.events import Event, Summary
from uipath_odata.export.exporting import export, exporting
from uipath_odata.export.file_bytes import FileBytes, file_bytes
from uipath_odata.export.folders import in_all_folders, in_folders
from uipath_odata.export.lists import ExportList, Folder
from uipath_odata.export.privacy.privacy import Privacy
from uipath_odata.export.run import ExportRun
from uipath_odata.export.run_files.run_file import RunFile, load_run
from uipath_odata.export.verify import status, verify

__all__ = [
    "Event",
    "ExportList",
    "ExportRun",
    "FileBytes",
    "Folder",
    "Privacy",
    "RunFile",
    "Summary",
    "export",
    "exporting",
    "file_bytes",
    "in_all_folders",
    "in_folders",
    "load_run",
    "status",
    "verify",
]
