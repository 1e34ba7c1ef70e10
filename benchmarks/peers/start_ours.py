"""Start jobs by this package: ``start_ours.py COUNT`` prints the rows whose job it was told of."""

from __future__ import annotations

import asyncio
import json
import sys

from uipath_odata import Orchestrator
from uipath_odata.errors import OrchestratorError


async def main():
    told = []
    async with Orchestrator.from_env() as orchestrator:
        process = orchestrator.folder("Shared/Finance").process("InvoiceIntake")
        for row in range(int(sys.argv[1])):
            try:
                await process.start({"row": row})
                told.append(row)
            except OrchestratorError as error:
                sys.stderr.write(f"{error}\n")
    print(json.dumps(told))


asyncio.run(main())
