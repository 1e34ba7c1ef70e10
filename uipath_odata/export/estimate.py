"""What the next run of an export will cost, as its journal stands."""

from __future__ import annotations

import copy
import math

from uipath_odata.execution.explain import Estimate, cost
from uipath_odata.export.incremental.run_start import RunStart
from uipath_odata.export.incremental.scan_steps import ids_step, scan_steps_of

__all__ = ["estimate"]


async def estimate(start: RunStart) -> Estimate:
    """Count what the next run over a list will read: what is new or may have changed, less what is committed of it."""
    state = copy.copy(start.state)
    source = start.each.query.__source__
    if start.is_over:
        return cost(0, 0, source)
    begun = start.begun
    if begun is None:
        begun = await start.begin()
        state.take(begun)
    rows = requests = 0
    bounded = start.bounded(begun)
    if start.looks and start.state.ended is not None:
        requests = (await ids_step(bounded).query.estimate()).requests
    for step in scan_steps_of(bounded, start.mode, begun, state, mirrors=start.mirrors):
        parts = state.of_step(step.name)
        if parts and parts[-1].cursor is None:
            continue  # it was read to its end
        whole = await step.query.estimate()
        left = max(0, whole.rows - sum(part.rows for part in parts))
        rows += left
        requests += max(1, math.ceil(whole.requests * left / whole.rows)) if left else whole.requests
    return cost(rows, requests, source)
