"""The machine's clock and the server's: a night must not depend on only one of them.

A server whose clock is an hour ahead on one night and corrected on the next stamps changes before the instant that the
first night noted. Both clocks are noted, so that the time between two nights is known twice: by the server's clock and by
this machine's. The earlier of both answers is taken; only if both clocks err alike is a change missed.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from uipath_odata.export.journal.records import Clocks

__all__ = ["began_at", "order_of"]

_TICK: Final = dt.timedelta(seconds=1)
_CENTURY: Final = dt.timedelta(days=36_525)


def began_at(earlier: Clocks, now: Clocks) -> dt.datetime:
    """Return when the earlier run began, at the latest, in the time that the server's clock shows now."""
    passed = min(now.local - earlier.local, _CENTURY)
    return min(earlier.server, now.server - passed)


def order_of(server: dt.datetime, earlier: dt.datetime | None) -> dt.datetime:
    """Return the instant under which a run's rows are written: the server's, but after that of the run before."""
    return server if earlier is None else max(server, earlier + _TICK)
