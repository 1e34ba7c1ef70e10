"""Bring a lake up to date with the jobs and queue items of every folder: python nightly.py FOLDER_OR_URL"""

import asyncio
import sys

from uipath_odata import Orchestrator
from uipath_odata.export import export, in_all_folders


async def main(lake: str) -> None:
    async with Orchestrator.from_env() as orchestrator:
        lists = await in_all_folders(
            orchestrator, [lambda folder: folder.jobs, lambda folder: folder.queue_items]
        )
        summary = await export(lists, lake, "parquet", since="last")
    print(f"{summary.rows} rows in {lake}")
    if not summary.is_complete:
        sys.exit(3)


asyncio.run(main(sys.argv[1]))
