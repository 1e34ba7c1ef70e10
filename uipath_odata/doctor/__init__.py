"""Ask a tenant whether it is as this package assumes: read-only questions, and the settings that follow.

``probes`` are the questions as requests, ``examination`` asks them one after another, ``findings`` and ``limits``
say what the answers mean, each in a ``finding``.
"""

from __future__ import annotations

from uipath_odata.doctor.examination import examine
from uipath_odata.doctor.finding import Finding
from uipath_odata.doctor.findings import settings_of

__all__ = ["Finding", "examine", "settings_of"]
