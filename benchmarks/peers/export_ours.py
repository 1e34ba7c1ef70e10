"""uipath_odata's export, with its journal and its manifest."""

from __future__ import annotations

import asyncio
import sys

from peer import CONCURRENCY, PAGE
from writer import report

from uipath_odata import AccessToken, Orchestrator, Settings
from uipath_odata.entities import RobotLog
from uipath_odata.export import export

# The other scripts import what they need before the clock starts, and pyarrow imports pandas with its first array.
if not sys.argv[3].startswith("jsonl"):
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    pa.array([])


async def written(base_url, pages, format_, folder):
    kind, by_time, _ = format_.partition("-by-time")
    settings = Settings() if by_time else Settings(window=10**9)
    async with Orchestrator(base_url, AccessToken("a-token"), settings=settings) as orchestrator:
        logs = orchestrator.robot_logs
        query = logs.exact() if by_time else logs.order_by(RobotLog.process_name).top(pages * PAGE)
        summary = await export(query, f"{folder}/out", kind, concurrency=CONCURRENCY)
    assert summary.proven or not by_time
    return summary.rows


def write(base_url, pages, format_, folder):
    return asyncio.run(written(base_url, pages, format_, folder))


report(write)
