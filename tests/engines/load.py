"""A program that loads with dlt, in a process that can be killed: ``load.py DIRECTORY CONNECTION [STEP]``.

With a step, ``extract`` or ``normalize``, it is killed right after it.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import dlt

from uipath_odata.engines.dlt import orchestrator_set


def pipeline_in(directory):
    destination = dlt.destinations.duckdb(str(Path(directory) / "logs.duckdb"))
    return dlt.pipeline("logs", pipelines_dir=directory, destination=destination, dataset_name="orchestrator")


def main(directory, connection, step=None):
    pipeline = pipeline_in(directory)
    logs = orchestrator_set("RobotLogs", connection, target_rows=1_500)
    if step is None:
        pipeline.run(logs)
        return
    pipeline.sync_destination()
    pipeline.extract(logs)
    if step == "normalize":
        pipeline.normalize()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
