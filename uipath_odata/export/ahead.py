"""What the next run of an export will cost, as its journal stands."""

from __future__ import annotations

import copy

from uipath_odata.explain import Estimate, cost, estimate
from uipath_odata.export.begin import Beginning
from uipath_odata.export.readings import readings_of

__all__ = ["ahead"]


async def ahead(beginning: Beginning) -> Estimate:
    """Count what the next run over a list will read: what is new or may have changed, less what is committed of it."""
    each, state = beginning.each, copy.copy(beginning.state)
    source = each.query.source
    if beginning.is_over:
        return cost(0, 0, source)
    if state.begun is None:
        state.take(await beginning.record())
    rows = requests = 0
    for reading in readings_of(each, beginning.mode, state.begun or {}, state):
        counted = (await reading.query.estimate()).rows
        committed = sum(part.rows for part in state.of_reading(reading.name))
        left = estimate(max(0, counted - committed), source)
        rows += left.rows
        requests += left.requests
    return cost(rows, requests, source)
