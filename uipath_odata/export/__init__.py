"""Exports: rows in files that are whole, gone on from after any end, and evidence that they are all."""

from __future__ import annotations

from uipath_odata.export.events import Event, Summary
from uipath_odata.export.exporting import export, exporting
from uipath_odata.export.folders import in_all_folders
from uipath_odata.export.lists import ExportList, Folder
from uipath_odata.export.privacy.privacy import Privacy
from uipath_odata.export.run import ExportRun
from uipath_odata.export.verify import status, verify

__all__ = [
    "Event",
    "ExportList",
    "ExportRun",
    "Folder",
    "Privacy",
    "Summary",
    "export",
    "exporting",
    "in_all_folders",
    "status",
    "verify",
]
