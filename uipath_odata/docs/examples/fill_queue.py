"""Add the rows of a CSV file to a queue, each once however often you run it: python fill_queue.py FOLDER QUEUE FILE COLUMN"""

import asyncio
import sys

from uipath_odata import Orchestrator


async def main(folder: str, queue: str, file: str, column: str) -> None:
    async with Orchestrator.from_env() as orchestrator:
        result = await orchestrator.folder(folder).queue(queue).add_all(file, reference_column=column)
    print(result)
    for row in result.rejected:
        print(f"row {row.row}: {row.reason}")


asyncio.run(main(*sys.argv[1:]))
