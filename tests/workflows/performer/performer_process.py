"""A performer as a process of its own: it writes down each item that it begins, works a little and returns its content."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

from uipath_odata import Orchestrator


async def main(begun):
    async def handler(item):
        begun(item.id)
        await asyncio.sleep(random.uniform(0, 0.03))
        return item.content

    async with Orchestrator.from_env() as orchestrator:
        queue = orchestrator.folder("Shared").queue("Invoices")
        await queue.perform(handler, concurrency=2, until_empty=True)


if __name__ == "__main__":
    file = os.open(Path(sys.argv[1]), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    asyncio.run(main(lambda number: os.write(file, f"{number}\n".encode())))
