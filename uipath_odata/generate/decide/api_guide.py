"""The names that UiPath's API guide gives to entity sets, where the API has others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["with_guide_name"]

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


def with_guide_name(owner: str) -> str:
    """Return the name of an entity set or tag, with the guide's name where it is another one."""
    return f'{owner}, which the API guide calls "{_GUIDE_NAMES[owner]}"' if owner in _GUIDE_NAMES else owner
