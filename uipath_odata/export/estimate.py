"""What the next run of an export will cost, as its journal stands."""

from __future__ import annotations

import copy
import math

from uipath_odata.execution.explain import Estimate, cost
from uipath_odata.export.incremental.readings import readings_of
from uipath_odata.export.incremental.run_start import RunStart

__all__ = ["ahead"]


async def ahead(beginning: RunStart) -> Estimate:
    """Count what the next run over a list will read: what is new or may have changed, less what is committed of it."""
    each, state = beginning.each, copy.copy(beginning.state)
    source = each.query.source
    if beginning.is_over:
        return cost(0, 0, source)
    if state.begun is None:
        state.take(await beginning.record())
    rows = requests = 0
    for reading in readings_of(each, beginning.mode, state.begun or {}, state):
        parts = state.of_reading(reading.name)
        if parts and parts[-1].cursor is None:
            continue  # it was read to its end
        whole = await reading.query.estimate()
        left = max(0, whole.rows - sum(part.rows for part in parts))
        rows += left
        requests += max(1, math.ceil(whole.requests * left / whole.rows)) if left else whole.requests
    return cost(rows, requests, source)
