"""Start jobs by UiPath's SDK: ``start_official_sdk.py COUNT`` prints the rows whose job it was told of."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from uipath.platform import UiPath


async def main():
    told = []
    sdk = UiPath(base_url=os.environ["UIPATH_URL"], secret=os.environ["UIPATH_ACCESS_TOKEN"])
    for row in range(int(sys.argv[1])):
        try:
            await sdk.processes.invoke_async("InvoiceIntake", {"row": row}, folder_path="Shared/Finance")
            told.append(row)
        except Exception as error:  # noqa: BLE001 - whatever it raises is what its user is told
            sys.stderr.write(f"{error!r}\n")
    print(json.dumps(told))


asyncio.run(main())
