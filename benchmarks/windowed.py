"""A list of robot logs in memory that answers what an exact scan asks: bounds of TimeStamp, counts, a page."""

from __future__ import annotations

import re
from bisect import bisect_right

from uipath_odata.odata.instant import TICKS_PER_SECOND, Instant

_BOUND = re.compile(r"TimeStamp (gt|ge|lt|le) (\S+Z)")
_AFTER = {"gt": 0, "ge": -1}
_UP_TO = {"le": 0, "lt": -1}
_WINDOW = 9_999


class WindowedLogs:
    """Uniform in time, one each ``step`` ticks."""

    def __init__(self, count, step=TICKS_PER_SECOND * 3 + 7919):
        start = Instant.parse("2024-01-01T00:00:00Z").ticks
        self.ticks = [start + place * step for place in range(count)]
        self.requests = 0

    def between(self, options):
        """Return the places, from one on and before the other, of what the filter asks for."""
        low, high = 0, len(self.ticks)
        for operator, text in _BOUND.findall(options.get("$filter", "")):
            ticks = Instant.parse(text.rstrip(")")).ticks
            if operator in _AFTER:
                low = max(low, bisect_right(self.ticks, ticks + _AFTER[operator]))
            else:
                high = min(high, bisect_right(self.ticks, ticks + _UP_TO[operator]))
        return low, max(low, high)

    def answer(self, options):
        """Return the payload that Orchestrator would send for these options."""
        self.requests += 1
        low, high = self.between(options)
        skip, top = int(options.get("$skip", 0)), int(options.get("$top", 1_000))
        assert skip + top <= _WINDOW + 1, options
        found = self.ticks[low:high]
        if options.get("$orderby") == "TimeStamp desc":
            found.reverse()
        found = found[skip : skip + min(top, 1_000)]
        return {"@odata.count": high - low, "value": [{"TimeStamp": str(Instant(each))} for each in found]}
