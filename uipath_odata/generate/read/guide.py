"""What UiPath's API guide calls the entity sets that have another name in the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["described"]

# docs.uipath.com, Orchestrator API guide: the pages "… requests".
_GUIDE_NAMES: Final[Mapping[str, str]] = {
    "Buckets": "Storage Bucket",
    "LicensesNamedUser": "License",
    "LicensesRuntime": "License",
    "Licensing": "License",
    "ProcessSchedules": "Schedules",
    "Processes": "Packages",
    "QueueDefinitions": "Queue Items",
    "QueueItemComments": "Queue Items",
    "QueueItemEvents": "Transactions",
    "QueueRetention": "Queue Retention Policy",
    "Queues": "Transactions",
    "ReleaseRetention": "Process Data Retention Policy",
    "Releases": "Processes",
    "RobotLogs": "Robots",
    "Sessions": "Robots",
}


def described(owner: str) -> str:
    """Name an entity set or tag, and say what the guide calls it."""
    return f'{owner}, which the API guide calls "{_GUIDE_NAMES[owner]}"' if owner in _GUIDE_NAMES else owner
