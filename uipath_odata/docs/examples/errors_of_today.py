"""Write each error that a robot logged since midnight (UTC) as a line of JSON, proven complete: python errors_of_today.py"""

import asyncio
import datetime as dt

from uipath_odata import Orchestrator
from uipath_odata.entities import RobotLog


async def main() -> None:
    midnight = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    async with Orchestrator.from_env() as orchestrator:
        errors = orchestrator.robot_logs.filter(RobotLog.level >= "Error", RobotLog.time_stamp >= midnight)
        async with (
            errors.exact().stream() as logs
        ):  # NotProven, where the server does not show that these are all
            async for log in logs:
                print(log.to_json().decode())


asyncio.run(main())
