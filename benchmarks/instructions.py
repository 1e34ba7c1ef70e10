"""Instructions that the hot paths take, counted by valgrind: the same on a busy machine as on a quiet one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from measure import Result

HERE = Path(__file__).parent
_COUNT = re.compile(r"Collected : (\d+)|I\s+refs:\s+([\d,]+)")
ROWS = 1_000


def prepared():
    """Return each path as a function of a turn's number, with the number of things that a turn makes."""
    import orjson  # noqa: PLC0415 - counted runs alone need all this
    from query_url import Following, Varied  # noqa: PLC0415
    from rows import page  # noqa: PLC0415

    from uipath_odata.entities import Job, RobotLog  # noqa: PLC0415
    from uipath_odata.odata.rows.decode import decode  # noqa: PLC0415
    from uipath_odata.odata.rows.struct_pages import StructPageReader  # noqa: PLC0415

    read_log, read_job = StructPageReader(RobotLog), StructPageReader(Job)
    logs, jobs = ([page(kind, number, ROWS) for number in range(4)] for kind in ("logs", "jobs"))
    return {
        "query to URL": (Varied().url, 1),
        "next page's URL": (Following().url, 1),
        "orjson.loads, a row of logs": (lambda turn: orjson.loads(logs[turn % 4]), ROWS),
        "entities of a page, a row of logs": (
            lambda turn: decode(RobotLog, read_log(logs[turn % 4])[0]),
            ROWS,
        ),
        "orjson.loads, a row of jobs": (lambda turn: orjson.loads(jobs[turn % 4]), ROWS),
        "entities of a page, a row of jobs": (lambda turn: decode(Job, read_job(jobs[turn % 4])[0]), ROWS),
    }


def counted(name, turns):
    """Count what a process does that warms all paths and then takes ``turns`` turns of one."""
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    done = subprocess.run(
        [*command, sys.executable, Path(__file__), name, str(turns)],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(next(filter(None, _COUNT.search(done.stderr).groups())).replace(",", ""))


def run(quick):
    if quick or not shutil.which("valgrind"):
        return [
            Result(
                "Instructions",
                "instructions",
                {},
                note="Counted by valgrind, where it is installed, in a full run.",
            )
        ]
    figures, (few, many) = {}, (4, 12)
    for name, (_, things) in prepared().items():
        scale = 1 if things > 1 else 100
        taken = counted(name, many * scale) - counted(name, few * scale)
        figures[name] = [taken / ((many - few) * scale * things)]
    return [Result("Instructions that the hot paths take", "instructions", figures)]


if __name__ == "__main__":
    path, turns = prepared()[sys.argv[1]][0], int(sys.argv[2])
    for turn in range(turns):
        path(turn)
