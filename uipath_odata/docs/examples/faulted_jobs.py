"""Print the faulted jobs of the last days, by process: python faulted_jobs.py [DAYS]"""

import asyncio
import sys
from collections import Counter
from datetime import timedelta

from uipath_odata import Orchestrator, now
from uipath_odata.entities import Job


async def main(days: int) -> None:
    async with Orchestrator.from_env() as orchestrator:
        jobs = orchestrator.jobs.filter(Job.state == "Faulted", Job.end_time > now() - timedelta(days=days))
        faulted = Counter([job.release_name async for job in jobs.select(Job.release_name)])
    for process, count in faulted.most_common():
        print(f"{count:6}  {process}")
    print(f"{faulted.total():6}  in all")


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7))
