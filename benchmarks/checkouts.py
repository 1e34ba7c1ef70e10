"""Two checkouts of this repository side by side: ``python benchmarks/checkouts.py EARLIER [PAGES ROUNDS]``.

Both take turns in one run with the same server, each through its own scripts. The last column is the median of this
checkout's time by the earlier one's, round by round: above 1 is slower.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from server import listening

HERE = Path(__file__).parent
_TURNS = """
import sys, time; sys.path.insert(0, "benchmarks")
{before}
started = time.process_time()
{use}
print(time.process_time() - started)
"""
_QUERY = "from query_url import {of}; url = {of}().url"
_CLIENT = "import aiohttp, attrs, cattrs, orjson, yarl"
_FIRST = """
from uipath_odata import AccessToken, Orchestrator
client = Orchestrator("https://x", AccessToken("x"))
client.robots.top(10).stream()
"""
CODES = {
    "query_url: composed query": (_QUERY.format(of="Varied"), "for turn in range(6000): url(turn)"),
    "query_url: next page": (_QUERY.format(of="Following"), "for turn in range(15000): url(turn)"),
    "imports: the package": ("", "import uipath_odata"),
    "imports: its Orchestrator": (_CLIENT, "from uipath_odata import Orchestrator"),
    "imports: a first list": (_CLIENT, _FIRST),
}
STREAMS = {
    f"streaming: {kind}, {form}": (kind, form) for kind in ("logs", "jobs") for form in ("dicts", "entities")
}
EXPORTS = {f"exports: {form}": form for form in ("jsonl", "csv", "parquet", "jsonl-by-time")}


def coded(checkout, before, use):
    """Return the CPU seconds of a statement in an interpreter of its own, after another one."""
    return float(_run(checkout, "-c", _TURNS.format(before=before, use=use)))


def streamed(checkout, base_url, pages, kind, form):
    """Return the CPU seconds of reading a list."""
    return json.loads(_run(checkout, "benchmarks/peers/ours.py", base_url, kind, str(pages), "time", form))[
        "cpu"
    ]


def exported(checkout, base_url, pages, form):
    """Return the CPU seconds of an export."""
    with tempfile.TemporaryDirectory() as folder:
        printed = _run(checkout, "benchmarks/peers/export_ours.py", base_url, str(pages), form, folder)
    return json.loads(printed.splitlines()[-1])["cpu"]


def _run(checkout, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{checkout}: {done.stderr[-2000:]}")
    return done.stdout


def main(earlier, pages=30, rounds=7):
    checkouts = {"earlier": Path(earlier).resolve(), "now": HERE.parent}
    with (
        listening("logs", pages) as logs,
        listening("jobs", pages) as jobs,
        listening("logs by time", pages) as by_time,
    ):
        lists = {"logs": logs, "jobs": jobs}
        paths = {name: lambda at, code=code: coded(at, *code) for name, code in CODES.items()}
        paths |= {
            name: lambda at, kind=kind, form=form: streamed(at, lists[kind], pages, kind, form)
            for name, (kind, form) in STREAMS.items()
        }
        paths |= {
            name: lambda at, form=form: exported(
                at, by_time if form.endswith("-by-time") else logs, pages, form
            )
            for name, form in EXPORTS.items()
        }
        print("| path | earlier, ms | now, ms | now / earlier (min to max) |\n|---|---|---|---|")
        for name, path in paths.items():
            samples = {of: [] for of in checkouts}
            for turn in range(rounds + 1):
                for of, checkout in [*checkouts.items()][:: 1 - 2 * (turn % 2)]:
                    samples[of].append(path(checkout) * 1e3)
            before, now = (samples[of][1:] for of in checkouts)  # the first turn compiles bytecode
            ratios = [b / a for a, b in zip(before, now, strict=True)]
            shown = f"{median(now) / median(before):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            print(f"| {name} | {median(before):.1f} | {median(now):.1f} | {shown} |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:]))
