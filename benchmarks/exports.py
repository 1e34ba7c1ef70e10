"""Logs from the network into files: ours, durable and hashed, beside what people write by hand, and beside dlt.

Then ours are verified, beside hashing their files alone.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from environments import PEERS, NotInstalled, python_of
from measure import Result, table, take_turns
from server import listening

from uipath_odata.export import verify

# Name, script of the peer (None: this package), its environment (None: ours), what goes to its command line.
VARIANTS = {
    "uipath_odata, Parquet": ("export_ours", None, "parquet"),
    "uipath_odata, JSONL": ("export_ours", None, "jsonl"),
    "uipath_odata, CSV": ("export_ours", None, "csv"),
    "uipath_odata, JSONL, by time and proven": ("export_ours", None, "jsonl-by-time"),
    "aiohttp + orjson.loads + dumps, JSONL": ("export_by_hand", "by_hand", "jsonl"),
    "aiohttp + rows' bytes copied, JSONL": ("export_by_hand", "by_hand", "copied"),
    "aiohttp + orjson.loads + csv.writer, CSV": ("export_by_hand", "by_hand", "csv"),
    "httpx + pandas, Parquet": ("export_pandas", "pandas", "parquet"),
    "dlt, Parquet": ("export_dlt", "dlt_client", "parquet"),
}


def run(quick):
    pages, rounds = (2, 1) if quick else (200, 5)
    samples, notes = {name: [] for name in VARIANTS}, []
    with listening("logs", pages) as by_skip, listening("logs by time", pages) as by_time:
        for turn in range(rounds):
            for name, (script, environment, format_) in VARIANTS.items():
                try:
                    python = python_of(environment, make=not quick) if environment else sys.executable
                except NotInstalled as why:
                    notes += [f"{name} could not be installed: {why}."] * (turn == 0)
                    continue
                if python:
                    base_url = by_time if format_.endswith("-by-time") else by_skip
                    taken = _taken(python, script, base_url, pages, format_)
                    samples[name].append(taken["cpu"] / pages * 1e3)
        verified = [_verified(by_skip, pages, rounds, format_) for format_ in ("jsonl", "csv", "parquet")]
    measured = {name: each for name, each in samples.items() if each}
    speed = [f"{name}: {1e6 / median(each):,.0f}" for name, each in measured.items()]
    note = "Rows a core-second: " + "; ".join(speed) + ". " + " ".join(notes)
    title = f"Export {pages} gzip pages of logs, a page"
    return [Result(title, "cpu, ms", measured, "uipath_odata, Parquet", note), *verified]


def _verified(base_url, pages, rounds, format_):
    with tempfile.TemporaryDirectory() as folder:
        _written(sys.executable, "export_ours", base_url, pages, format_, folder)
        out = Path(folder, "out")
        files = [*out.glob("RobotLogs/part-*")]
        size = sum(each.stat().st_size for each in files) / 2**20
        variants = {
            "uipath_odata, verify": lambda: verify(out),
            "hashlib.sha256 of its files": lambda: [_digest(file) for file in files],
        }
        taken = take_turns(variants, rounds, pages)
        assert verify(out).is_sound
    rate = size / pages / median(taken["uipath_odata, verify"]["wall"])
    note = f"{size:,.0f} MiB in memory of the kernel, {rate:,.0f} MiB a second."
    title = f"Verify {pages} pages of {format_}, a page"
    return table(title, taken, "hashlib.sha256 of its files", scale=1e3, suffix="ms", note=note)


def _digest(file):
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _taken(python, script, base_url, pages, format_):
    with tempfile.TemporaryDirectory() as folder:
        return _written(python, script, base_url, pages, format_, folder)


def _written(python, script, base_url, pages, format_, folder):
    command = [python, PEERS / f"{script}.py", base_url, str(pages), format_, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script}: {done.stderr[-2000:]}")
    taken = json.loads(done.stdout.splitlines()[-1])
    assert taken["rows"] == pages * 1_000, (script, taken)
    return taken
