"""Wait for jobs by UiPath's SDK: ``official_sdk_waits.py URL COUNT`` reads each every second, and prints when each was seen ended."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from uuid import UUID

from uipath.platform import UiPath


async def main():
    sdk = UiPath(base_url=sys.argv[1], secret="a-token")

    async def wait(number):
        key = str(UUID(int=number))
        while True:
            job = await sdk.jobs.retrieve_async(key, folder_path="Shared")
            if job.state == "Successful":
                return time.monotonic()
            await asyncio.sleep(1)

    ended = await asyncio.gather(*(wait(number) for number in range(1, int(sys.argv[2]) + 1)))
    print(json.dumps(ended))


asyncio.run(main())
