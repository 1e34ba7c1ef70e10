"""What the promises save: rows that the usual loops lose, and jobs that start twice, or unseen, when answers are lost."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from environments import PEERS, NotInstalled, python_of
from measure import Result

from uipath_odata.cli.demo.readers import READERS, measure
from uipath_odata.emulator import Emulator
from uipath_odata.emulator.faults import LostAnswer

LOST = 0.1
# The name of each starter, its script and the environment (None: ours).
STARTERS = {
    "uipath_odata": ("start_ours", None),
    "a loop that tries three times": ("start_retrying", "by_hand"),
    "UiPath's SDK": ("start_official_sdk", "official_sdk"),
}


def run(quick):
    return [*asyncio.run(_rows(4_000 if quick else None)), *asyncio.run(_starts(20 if quick else 500, quick))]


async def _rows(kept):
    """Read the same RobotLogs by the demo's readers; count what each lost and repeated."""
    lost, repeated, ended = {}, {}, []
    with tempfile.TemporaryDirectory() as folder:
        async with Emulator(token_lifetime=1) as emulator:
            if kept is not None:
                emulator.sql("DELETE FROM RobotLogs WHERE rowid > ?", kept)
            for name, read in READERS.items():
                result = await measure(read, emulator, Path(folder) / "logs.jsonl", lambda _: None)
                shown = name.replace("uipath-odata", "uipath_odata")
                lost[shown], repeated[shown] = [result.lost], [result.repeated]
                ended.append(f"{shown}: {result.rows:,} of {result.existing:,} rows, {result.ended}.")
    note = " ".join(ended)
    return [
        Result("Rows lost", "rows", lost, note=note),
        Result("Rows repeated", "rows", repeated, note=note),
    ]


async def _starts(count, quick):
    """Start as many jobs while one answer in ten is lost; compare what runs with what the starter was told."""
    twice, unseen = {}, {}
    for name, (script, environment) in STARTERS.items():
        try:
            python = python_of(environment, make=not quick) if environment else sys.executable
        except NotInstalled as why:
            sys.stderr.write(f"{name} could not be installed: {why}.\n")
            continue
        if python:
            twice[name], unseen[name] = await _outcome(python, script, count)
    note = f"{count} starts; one answer in ten is lost after the job was started."
    return [
        Result("Jobs started twice", "jobs", twice, note=note),
        Result("Jobs that run although their starter was told of an error", "jobs", unseen, note=note),
    ]


async def _outcome(python, script, count):
    chance = random.Random(7)
    async with Emulator(token_lifetime=3_600) as emulator:
        emulator.fail("Jobs.start_jobs", LostAnswer(), times=None, when=lambda _: chance.random() < LOST)
        command = [python, PEERS / f"{script}.py", str(count)]
        done = await asyncio.to_thread(
            subprocess.run,
            command,
            capture_output=True,
            text=True,
            check=True,
            env={"PATH": os.environ["PATH"], **emulator.environ},
        )
        told = set(json.loads(done.stdout))
        started = emulator.sql("SELECT InputArguments FROM Jobs WHERE InputArguments LIKE '%\"row\"%'")
        jobs = Counter(json.loads(text)["row"] for (text,) in started)
    assert told <= set(jobs), "a starter was told of jobs that do not exist"
    return [jobs.total() - len(jobs)], [len(set(jobs) - told)]
