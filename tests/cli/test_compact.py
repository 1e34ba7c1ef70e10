"""``uipath-odata compact``: how it ends, and what a kill at any moment leaves."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import os
import random
import shutil
import signal
import sys
from pathlib import Path

import orjson
import pytest

from uipath_odata.export import Compaction, compact, exporting, verify
from uipath_odata.export.places.lock import locked
from uipath_odata.local.log_line import LogPlace

from ..export.compaction.test_compact import files_at, nights, rows_in
from ..export.life import Life
from ..export.test_churn import lists_of

STARTS = Path(__file__).with_name("process_per_line.py")
NAMES = ("Jobs", "QueueItems")


@pytest.fixture
async def lake(tmp_path):
    life = Life(random.Random(3))
    await nights(life, tmp_path / "lake", number=4, names=NAMES, part_rows=9)
    return tmp_path / "lake"


@pytest.fixture
async def start():
    """Run the command in a process of its own; killed so many seconds after it began."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(STARTS)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )

    async def run(*arguments, kill_after=None):
        process.stdin.write(json.dumps([*map(str, arguments)]).encode() + b"\n")
        pid = int(await process.stdout.readline())
        ended = asyncio.create_task(process.stdout.readline())
        if kill_after is not None:
            await asyncio.wait([ended], timeout=kill_after)
            if not ended.done():
                with contextlib.suppress(ProcessLookupError):  # it has ended a moment ago
                    os.kill(pid, signal.SIGKILL)
        return int(await ended)

    yield run
    process.stdin.close()
    await process.wait()


async def test_its_exit_codes_say_how_it_ended(start, lake):
    before = files_at(lake)
    assert await start("compact", lake, "--part-rows", 500) == 0
    after = files_at(lake)
    assert len(after) == len(NAMES) < len(before)
    assert await start("compact", lake, "--part-rows", 500) == 0
    assert files_at(lake) == after
    assert await start("compact", lake, "--part-rows", 0) == 2
    assert await start("compact", lake / "nothing") == 1
    file = next(file for file in lake.rglob("part-*"))
    file.write_bytes(file.read_bytes()[:-2] + b" \n")
    altered = files_at(lake)
    assert await start("compact", lake) == 5
    assert files_at(lake) == altered
    assert (lake / "_SUCCESS").exists()


async def test_beside_an_export_or_another_compaction_it_is_refused(start, lake):
    before = files_at(lake)
    life = Life(random.Random(3))
    for _ in range(5):
        life.day()
    jobs = [each for each in lists_of(life.tenant) if each.entity_set == "Jobs"]
    async with exporting(jobs, lake, since="last", part_rows=9, allow_shrink="Jobs"):
        assert await start("compact", lake) == 75
        assert files_at(lake) == before
    async with locked(lake, is_ours=False, whom=LogPlace("acme"), mode=None):  # as a compaction holds it
        assert await start("compact", lake) == 75
    assert files_at(lake) == before
    ended = await asyncio.gather(start("compact", lake), compact(lake), return_exceptions=True)
    assert ended[0] == 0 or (ended[0] == 75 and isinstance(ended[1], Compaction))
    assert [each for each in verify(lake).problems if "_SUCCESS" not in each] == []


async def killed(start, lake, times, rng):
    """Return what is wrong with each lake whose compaction was killed, once it was run again."""
    wanted = {name: rows_in(files_at(lake), name) for name in NAMES}
    asked = ("--part-rows", 40, "--look-back", 0)
    calm = shutil.copytree(lake, lake.with_name("calm"))
    began = asyncio.get_running_loop().time()
    assert await start("compact", calm, *asked) == 0
    took = asyncio.get_running_loop().time() - began
    files = files_at(calm)
    for number in range(times):
        place = shutil.copytree(lake, lake.with_name(str(number)))
        await start("compact", place, *asked, kill_after=rng.random() * took)
        found = orjson.loads((place / "_manifest.json").read_bytes())
        if (place / "_SUCCESS").exists() and not {
            file["name"] for each in found["lists"].values() for file in each["files"]
        } <= {name.removeprefix("/") for name in files_at(place)}:
            yield f"{number}: the mark is there and files of its manifest are not"
        if await start("compact", place, *asked) != 0 or not verify(place).is_sound:
            yield f"{number} is not sound"
        if {name: rows_in(files_at(place), name) for name in NAMES} != wanted:
            yield f"{number} has other rows"
        if files_at(place) != files:
            yield f"{number} has other files than one that was not killed"
        shutil.rmtree(place)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
async def test_r93_a_compaction_that_is_killed_and_run_again_is_as_if_nothing_had_been(start, lake):
    assert not [wrong async for wrong in killed(start, lake, 10, random.Random(5))]


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
async def test_r93_a_compaction_at_200_points(start, lake):
    assert not [wrong async for wrong in killed(start, lake, 200, random.Random(6))]


async def test_a_list_that_has_not_ended_is_left_and_makes_it_end_with_3(start, lake):
    life = Life(random.Random(3))
    for _ in range(5):
        life.day()
    jobs = [each for each in lists_of(life.tenant) if each.entity_set == "Jobs"]
    async with exporting(jobs, lake, since="last", part_rows=1, page_size=1, allow_shrink="Jobs") as run:
        async for event in run:
            if event.event == "part":
                run.stop()
    assert await start("compact", lake, "--part-rows", 500) == 3
    found = await compact(lake, part_rows=500, look_back=dt.timedelta(0))
    assert found.left == ("Jobs",)
