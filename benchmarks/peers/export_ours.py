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
if "jsonl" not in sys.argv:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    pa.array([])


async def written(base_url, pages, format_, folder):
    settings = Settings(window=10**9)
    async with Orchestrator(base_url, AccessToken("a-token"), settings=settings) as orchestrator:
        query = orchestrator.robot_logs.order_by(RobotLog.process_name).top(pages * PAGE)
        summary = await export(query, f"{folder}/out", format_, concurrency=CONCURRENCY)
    return summary.rows


def write(base_url, pages, format_, folder):
    return asyncio.run(written(base_url, pages, format_, folder))


report(write)
