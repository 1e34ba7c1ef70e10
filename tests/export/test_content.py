"""What an export holds is what the server has: counted and hashed by other code, in a process whose memory is watched."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
import sys

import pytest
from pyarrow import parquet

from uipath_odata.emulator import Emulator

ROWS = (20_000, pytest.param(1_000_000, marks=pytest.mark.full))
EPOCH = 719_162 * 86_400 * 10**7
"""Ticks from year 1 to 1970."""

EXPORT = """
import asyncio, json, resource, sys
from uipath_odata import Orchestrator, UserKey
from uipath_odata.export import exporting

base_url, token_url, client_id, user_key, target, kind = sys.argv[1:]
peaks = []

async def main():
    key = UserKey(client_id=client_id, user_key=user_key, token_url=token_url)
    async with Orchestrator(base_url, key) as orchestrator:
        async with exporting(orchestrator.robot_logs.exact(), target, kind) as run:
            async for event in run:
                peaks.append((event.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
        return run.summary

summary = asyncio.run(main())
third = next(peak for rows, peak in peaks if rows >= summary.rows // 3)
print(json.dumps({"rows": summary.rows, "proven": summary.proven, "grown": peaks[-1][1] - third}))
"""


def logs(count):
    """Logs of a busy week: bursts on one tick, equal rows, and milliseconds that many share."""
    rng, ticks = random.Random(count), 638_500_000_000_000_000
    for number in range(count):
        ticks += rng.choice((0, 0, 0, 1, 3_000, rng.randrange(10**7)))
        seconds, fraction = divmod(ticks - EPOCH, 10**7)
        minutes, second = divmod(seconds, 60)
        day, minute = divmod(minutes, 1_440)
        date = f"2024-{4 + (day - 19_814) // 30:02d}-{1 + (day - 19_814) % 30:02d}"
        yield {
            "TimeStamp": f"{date}T{minute // 60:02d}:{minute % 60:02d}:{second:02d}.{fraction:07d}Z",
            "Level": rng.choice(("Info", "Warn", "Error")),
            "Message": f"Größe \N{GRINNING FACE} {number // rng.choice((1, 1, 2))}",
            "RobotName": f"robot-{rng.randrange(9)}",
            "ProcessName": "=Invoices",
        }


def mark(rows):
    """Count rows, and add up their hashes, in whatever order they come."""
    count = total = 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest())
    return count, total % 2**256


def in_json(place):
    for file in place.rglob("*.jsonl"):
        with file.open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                ticks = ticks_of(row["TimeStamp"])
                yield ticks, row["Level"], row["Message"], row["RobotName"], row["ProcessName"]


def ticks_of(text):
    year, month, day, hour, minute, second, fraction = re.split(r"[-T:.Z]", text)[:7]
    days = (int(month) - 4) * 30 + int(day) - 1 + 19_814
    seconds = ((days * 24 + int(hour)) * 60 + int(minute)) * 60 + int(second)
    assert year == "2024"
    return EPOCH + seconds * 10**7 + int(fraction.ljust(7, "0"))


def in_parquet(place):
    names = ["TimeStamp", "TimeStamp_text", "Level", "Message", "RobotName", "ProcessName"]
    for file in place.rglob("*.parquet"):
        for batch in parquet.ParquetFile(file).iter_batches(columns=names):
            stamps = batch.column("TimeStamp").cast("int64").to_pylist()
            others = [batch.column(name).to_pylist() for name in names[1:]]
            for microseconds, text, *values in zip(stamps, *others, strict=True):
                ticks = ticks_of(text)
                assert (ticks - EPOCH) // 10 == microseconds
                yield (ticks, *values)


@pytest.mark.parametrize("count", ROWS)
async def test_an_export_has_the_rows_of_the_server_and_memory_does_not_grow(tmp_path, count):
    async with Emulator(seed=None) as emulator:
        emulator.insert("RobotLogs", logs(count))
        names = '"TimeStamp", "Level", "Message", "RobotName", "ProcessName"'
        truth = mark(emulator.sql(f"SELECT {names} FROM RobotLogs"))
        for kind, rows_in in (("jsonl", in_json), ("parquet", in_parquet)):
            key = (emulator.token_url, emulator.tokens.client_id, emulator.tokens.user_key)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", EXPORT, emulator.base_url, *key, str(tmp_path / kind), kind),
                stdout=asyncio.subprocess.PIPE,
            )
            output, _ = await process.communicate()
            summary = json.loads(output)
            assert (summary["rows"], summary["proven"]) == (count, True)
            assert summary["grown"] < 50
            assert mark(rows_in(tmp_path / kind)) == truth
            print(f"{count:,} logs as {kind}: {summary['grown']} MiB after a third of the rows")  # noqa: T201
