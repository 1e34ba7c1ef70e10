"""Where an export ends up: a directory of parts, or one file.

`job_directory` is what both have: the directory of the journal, held for one job. `directory_target` and `file_target`
say, for each kind, when an export may begin, what a killed one left, and how a whole one is published. The manifest that
a directory gets is made in ``journal.manifest``.
"""

from __future__ import annotations

from uipath_odata.export.targets.directory_target import DirectoryTarget
from uipath_odata.export.targets.file_target import FileTarget
from uipath_odata.export.targets.job_directory import JobDirectory

__all__ = ["DirectoryTarget", "FileTarget", "JobDirectory", "Target", "target_of"]

Target = DirectoryTarget | FileTarget


def target_of(directory: JobDirectory) -> Target:
    """Return how a destination is recovered and published."""
    file = directory.place.file
    return DirectoryTarget(directory) if file is None else FileTarget(directory, file)
