"""Start a process once and print its output: python start_and_wait.py FOLDER PROCESS '{"in_Name": "x"}' REFERENCE"""

import asyncio
import json
import sys

from uipath_odata import JobFaulted, JobStopped, Orchestrator
from uipath_odata.errors import OutcomeUnknown


async def main(folder: str, process: str, inputs: str, reference: str) -> None:
    async with Orchestrator.from_env() as orchestrator:
        try:
            run = (
                await orchestrator.folder(folder)
                .process(process)
                .start(json.loads(inputs), reference=reference)
            )
            job = await run.wait(timeout=3600)
        except (JobFaulted, JobStopped, OutcomeUnknown) as error:
            sys.exit(f"{process}: {error}")
    print(json.dumps(job.output, indent=2))


asyncio.run(main(*sys.argv[1:]))
