"""Ask a tenant whether the assumptions of this package hold there, and which settings fit it; read-only.

``probes`` are the requests, and ``examination`` sends them one after another. ``findings`` and ``limits`` say what the answers
mean, each in a ``finding``.
"""

from __future__ import annotations

from uipath_odata.doctor.examination import examine
from uipath_odata.doctor.finding import Finding
from uipath_odata.doctor.findings import settings_of

__all__ = ["Finding", "examine", "settings_of"]
