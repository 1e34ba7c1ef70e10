"""How much of the package a small query goes through."""

from __future__ import annotations

import sys
from pathlib import Path

import uipath_odata
from uipath_odata.emulator import Emulator

PACKAGE = Path(uipath_odata.__file__).parent


async def _entered(act):
    """Return the files of the client whose functions are called meanwhile."""
    files = set()
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: event == "call" and files.add(frame.f_code.co_filename))
    try:
        await act()
    finally:
        sys.setprofile(before)
    ours = {Path(file).relative_to(PACKAGE) for file in files if file.startswith(str(PACKAGE))}
    return {str(file) for file in ours if file.parts[0] != "emulator"}


async def test_a_warm_small_query_enters_at_most_forty_files():
    async with Emulator() as emulator, emulator.client() as orchestrator:
        for _ in range(2):
            await orchestrator.jobs.top(10).to_list()
        entered = await _entered(lambda: orchestrator.jobs.top(10).to_list())
    assert {"execution/bound_query.py", "paging/planner.py", "transport/retry/retry.py"} <= entered
    assert len(entered) <= 40, sorted(entered)
