"""Exports: rows in complete files, and evidence that no row is missing. The guide ``words`` explains the words.

**States of a list.** The journal says how far each list is. A run *begins*: what it will ask for is decided. Its *scan steps*
commit *parts*. Each step is *read* to its end. The run *ends*.

**States of a destination.** One process at a time holds a destination. It is *empty*, or *bound to a job* and growing, or
*published*: a directory has its manifest and ``_SUCCESS``, a single file its final name. There is no other state. Other files
at the destination are removed when the next run opens it, or refused by name.

**Invariant.** A file counts if and only if a record of the journal names it. Bytes are written under a temporary name and
synced. The file is renamed, and the directory synced. Only then is the record appended and synced. The record also has the
cursor from which its scan step resumes. So one line commits rows and cursor together. Each line has a checksum. A torn last
line was never committed, and is cut off.

**Why an export survives any kill.** If the process is killed before the line is written, the part is a file that does not
count, and the same rows are read again under the same name. If it is killed after that, the rows are not read again. A part
ends after a number of rows and at a key, never at the end of a page. So a resumed export writes the same bytes. Before each
change, the process checks that it still holds the destination: one that slept while another took over writes nothing more.
`tests/export` simulates power cuts at random operations, on a disk that forgets what was not synced.

**What it cannot do.** It cannot see rows that a server hides from both lists and counts. A row that changes while it is read
may be written as it was before. Late rows are found by counting closed intervals again: an interval that gained as many rows as
it lost looks unchanged. A disk that lies about ``fsync`` can lose what was committed.

**The packages.** `targets`: a directory or one file. `journal`: records, job, manifest and recovery. `parts`: rows to files.
`incremental`: what a later night reads. `run_files`: runs that are written down. `places`: disks, stores and locks. `formats`:
JSONL, CSV and Parquet. `privacy`: what an export keeps from others. `reports`: a page and metrics of a run. `compaction`:
small parts made into large ones. `tables`: Delta and Iceberg tables of a lake.

**The modules.** `lists` and `folders` say what is read, and `options` how. `validation` refuses what does not go together.
`exporting` opens an export. `open_export` is a destination while it is held. `run` drives all lists, and `list_export` one of
them. `events` are what a run reports. `verify` checks an export offline. `estimate` says what the next run costs. `file_bytes`
yields the bytes of one file as they come.
"""

from __future__ import annotations

from uipath_odata.export.compaction.compact import Compaction, compact
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
    "Compaction",
    "Event",
    "ExportList",
    "ExportRun",
    "FileBytes",
    "Folder",
    "Privacy",
    "RunFile",
    "Summary",
    "compact",
    "export",
    "exporting",
    "file_bytes",
    "in_all_folders",
    "in_folders",
    "load_run",
    "status",
    "verify",
]
