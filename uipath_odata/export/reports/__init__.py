"""What a run leaves for people and for monitors.

`run_record` watches its events, `metrics` are what a node exporter reads of them, `page` draws them, and `report_files` are
where both go.
"""

from __future__ import annotations

from uipath_odata.export.reports.metrics import metrics_text
from uipath_odata.export.reports.page import report_page
from uipath_odata.export.reports.report_files import ReportFiles, check_reports, writing
from uipath_odata.export.reports.run_record import RunRecord

__all__ = ["ReportFiles", "RunRecord", "check_reports", "metrics_text", "report_page", "writing"]
