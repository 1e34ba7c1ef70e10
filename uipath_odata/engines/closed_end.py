"""Where a reading of RobotLogs ended, from which the next one begins."""

from __future__ import annotations

from collections.abc import Sequence

from uipath_odata.errors import QueryError
from uipath_odata.odata.instant import Instant
from uipath_odata.partitions import Partition

__all__ = ["closed_end"]


def closed_end(planned: Sequence[Partition], since: str | None) -> str:
    """Return the end of the interval that these partitions cover, or ``since`` where that is later, as text with all its digits.

    Raise QueryError for a list that has no end in time.
    """
    ends = [each.hi for each in planned]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or not known or any(each.plan != "window" for each in planned):
        raise QueryError(
            "this list cannot be read from where the last reading ended: use RobotLogs, with a filter that names no value twice"
        )
    return str(max([Instant(max(known)), *([Instant.parse(since)] if since else [])]))
