"""R93: real processes, really killed, and started again until the export is whole."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from pathlib import Path

import attrs
import pytest
from pyarrow import parquet

FORMATS = ("jsonl", "csv", "parquet", "one.jsonl", "one.csv")
STARTS = Path(__file__).with_name("process_per_line.py")


@attrs.define
class Starter:
    """Starts exports, and kills them when the server has seen so many requests and the loop has made so many turns."""

    emulator: object
    process: object
    codes: list = attrs.field(factory=list)

    async def __call__(self, *arguments, requests=None, turns=0):
        before = self.emulator.requests.total()
        self.process.stdin.write(json.dumps([*map(str, arguments)]).encode() + b"\n")
        pid = int(await self.process.stdout.readline())
        ended = asyncio.create_task(self.process.stdout.readline())
        while (  # noqa: ASYNC110 - another process sets no event
            requests is not None and not ended.done() and self.emulator.requests.total() - before < requests
        ):
            await asyncio.sleep(0)
        for _ in range(turns):
            await asyncio.sleep(0)
        if requests is not None and not ended.done():
            os.kill(pid, signal.SIGKILL)
        self.codes.append(int(await ended))
        return self.codes[-1]


@pytest.fixture
async def start(emulator, command):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(STARTS)),
        env=command.environ,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    yield Starter(emulator, process)
    process.stdin.close()
    await process.wait()


def export(name, place):
    arguments = ["export", "RobotLogs", "--page-size", 100, "--part-rows", 190, "--progress", "none"]
    kind = name.rpartition(".")[2]
    file = place / f"rows.{kind}" if "." in name else place
    return [*arguments, "--format", kind, "--output", file]


def contents(place):
    """What readers get: the bytes of files of text, the rows of Parquet."""
    return {
        str(file.relative_to(place)): (
            parquet.read_table(file).to_pylist() if file.suffix == ".parquet" else file.read_bytes()
        )
        for file in place.rglob("*")
        if file.suffix in {".jsonl", ".csv", ".parquet"}
    }


def others(place):
    """All else that lies there."""
    files = {
        file.name for file in place.rglob("*") if not file.is_dir() and not file.name.startswith("part-")
    }
    return files - {"_journal", "_job.json", "_job.lock", "_manifest.json", "_SUCCESS"}


async def killed(start, name, root, times, rng):
    """Return what is wrong with each export that was killed, once or twice, and run again."""
    calm = root / "calm"
    calm.mkdir()
    assert await start(*export(name, calm)) == 0
    wanted = contents(calm)
    for number in range(times):
        place = root / str(number)
        place.mkdir()
        for _ in range(rng.choice((1, 1, 2))):
            await start(*export(name, place), requests=rng.randint(0, 20), turns=rng.randint(0, 300))
        ended = await start(*export(name, place))
        if ended != 0 and not (place / "_SUCCESS").exists() and "." not in name:
            yield f"{number} ended with {ended}"
        if contents(place) != wanted:
            yield f"{number} has other rows"
        if others(place) - {f"rows.{name.rpartition('.')[2]}"} or list(place.glob("*.partial")):
            yield f"{number} left something"
        if "." not in name and await start("verify", place) != 0:
            yield f"{number} is not sound"


@pytest.mark.parametrize("name", FORMATS)
async def test_r93_a_killed_export_that_is_run_again_is_as_if_nothing_had_been(start, tmp_path, name):
    assert not [wrong async for wrong in killed(start, name, tmp_path, 1, random.Random(name))]


@pytest.mark.full
@pytest.mark.parametrize("name", FORMATS)
async def test_r93_at_200_points_of_each_format(start, tmp_path, name, capsys):
    assert not [wrong async for wrong in killed(start, name, tmp_path, 200, random.Random(name))]
    with capsys.disabled():  # the figure is what it is run for
        print(f"\n{name}: {start.codes.count(-signal.SIGKILL)} kills")  # noqa: T201
