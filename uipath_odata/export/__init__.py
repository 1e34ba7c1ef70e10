"""Exports: the rows of a query in a file that is whole, or is not there."""

from __future__ import annotations

from uipath_odata.export.new_file import NewFile
from uipath_odata.export.run import Run, export, exporting

__all__ = ["NewFile", "Run", "export", "exporting"]
