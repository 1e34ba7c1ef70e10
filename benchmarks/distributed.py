"""Read logs in partitions: one by one process with more and more requests at once, some by more and more workers of Dask and Spark."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections import defaultdict
from importlib.util import find_spec
from statistics import median

from environments import PEERS
from measure import Result
from server import listening

from uipath_odata import Settings
from uipath_odata.partitions import Connection, partitions

LATENCY = 0.05
AT_ONCE = (1, 4, 8, 16)
WORKERS = (1, 2, 4)
OF_A_WORKER = 4
BASE = f"one process, {OF_A_WORKER} at once"


def run(quick):
    pages, rounds, at_once = (4, 1, AT_ONCE[:2]) if quick else (100, 2, AT_ONCE)
    workers, skipped = (1,) if quick else WORKERS, []
    taken, asked, memory = defaultdict(list), {}, {}
    with listening("logs of one width", pages, latency=LATENCY, compressed=False) as base_url:
        os.environ |= {"UIPATH_URL": base_url.removesuffix("/orchestrator_"), "UIPATH_ACCESS_TOKEN": "token"}
        before = requests(base_url)
        settings = Settings(concurrency=OF_A_WORKER)
        target = max(2_000, pages * 1_000 // 8)
        several = partitions(Connection("env", settings=settings), "RobotLogs", target_rows=target)
        planning = requests(base_url) - before
        # Each partition begins and ends with requests one after the other: a process that is alone needs one partition.
        whole = partitions(Connection("env", settings=settings), "RobotLogs", target_rows=pages * 1_000)
        readers = {f"one process, {each} at once": ("one", each) for each in at_once}
        for engine in engines(skipped):
            readers |= {f"{engine.title()}, {each} workers": (engine, each) for each in workers}
        for _, (name, reader) in itertools.product(range(rounds), readers.items()):
            before = requests(base_url)
            read = read_by(*reader, whole if reader[0] == "one" else several)
            assert read["rows"] == pages * 1_000, (name, read)
            taken[name].append(read["wall"])
            asked[name], memory[name] = requests(base_url) - before, read["rss"]
    return results(pages, taken, asked, memory, planning, len(several), skipped)


def requests(base_url):
    host = base_url.split("/acme/")[0]
    with urllib.request.urlopen(f"{host}/asked") as answer:
        return int(answer.read())


def engines(skipped):
    """Yield the engines that are installed."""
    if find_spec("dask"):
        yield "dask"
    else:
        skipped.append("Dask is not installed.")
    if find_spec("pyspark") and shutil.which("java"):
        yield "spark"
    else:
        skipped.append("Spark or a java is not installed.")


def read_by(engine, number, cut):
    """Read in a process of its own."""
    command = [sys.executable, PEERS / "read_partitions.py", engine, str(number)]
    texts = "\n".join(each.to_json() for each in cut)
    done = subprocess.run(command, input=texts, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{engine}: {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def results(pages, taken, asked, memory, planning, number, skipped):
    rows = pages * 1_000
    each = {name: [seconds / rows * 1e6 for seconds in sample] for name, sample in taken.items()}
    speeds = ", ".join(f"{name}: {rows / median(sample):,.0f}" for name, sample in taken.items())
    about = f"{rows:,} logs, one partition for one process and {number} for workers, {LATENCY * 1e3:.0f} ms latency, {OF_A_WORKER} at once a worker. Rows a second: {speeds}."
    spent = f"Planning took {planning} requests, {planning / pages:.1%} of the pages. Spark's requests are those of two jobs, each planned."
    return [
        Result("Read logs in partitions, a row", "wall, µs", each, BASE, " ".join([about, *skipped])),
        Result(
            "Requests for a page",
            "requests",
            {name: [count / pages] for name, count in asked.items()},
            None,
            spent,
        ),
        Result(
            "Peak memory of a process that reads",
            "MiB",
            {name: [peak] for name, peak in memory.items() if peak is not None},
            None,
            "Workers of Spark are not measured: they are children of a JVM.",
        ),
    ]
