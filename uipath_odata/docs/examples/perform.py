"""Process a queue, four items at the same time, until it is empty: python perform.py FOLDER QUEUE"""

import asyncio
import sys
from typing import Any

from uipath_odata import BusinessError, Orchestrator, TransactionItem


async def handle(item: TransactionItem) -> dict[str, Any]:
    if not item.content.get("Amount"):
        raise BusinessError("an invoice without an amount")  # fails, and is not tried again
    return {"Booked": item.content["Amount"]}


async def main(folder: str, queue: str) -> None:
    async with Orchestrator.from_env() as orchestrator:
        print(
            await orchestrator.folder(folder)
            .queue(queue)
            .perform(handler=handle, concurrency=4, until_empty=True)
        )


asyncio.run(main(*sys.argv[1:]))
