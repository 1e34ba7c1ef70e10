"""Up to when RobotLogs are taken to be complete: robots that were offline send their logs late."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime

from uipath_odata.errors import QueryError
from uipath_odata.odata.instant import Instant
from uipath_odata.settings import SETTLE_LAG

__all__ = ["settled_until"]


def settled_until(date: str, *, lag: dt.timedelta = SETTLE_LAG, tie_unit: int = 10_000) -> Instant:
    """Return the exclusive upper bound of an export or checkpoint: the server's clock less ``lag``, cut to a whole unit.

    ``date`` is the ``Date`` header of any of its answers (RFC 9110, 5.6.7); raises QueryError for anything else.
    """
    try:
        clock = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        raise QueryError(
            f"{date!r} is not an HTTP date: give the Date header of the server's answer"
        ) from None
    # The asctime form has no zone, and is UTC.
    aware = clock if clock.tzinfo else clock.replace(tzinfo=dt.UTC)
    ticks = (Instant.from_datetime(aware) - lag).ticks
    return Instant(ticks // tie_unit * tie_unit)
