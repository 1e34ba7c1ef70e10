"""A lake whose journal lies in its bucket: any machine continues, one at a time, whatever ends an exporter."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import random
import signal
import sys
from pathlib import Path

import attrs
import fsspec
import orjson
import pytest

from uipath_odata.errors import ExportError, ExportLocked, QueryError
from uipath_odata.export import export, exporting, status, verify
from uipath_odata.export.journal.bucket_disk import BucketDisk
from uipath_odata.export.journal.journal import JOURNAL
from uipath_odata.export.places.objects import objects_at

from .conftest import NUMBERS
from .tenant import Tenant
from .test_destinations import jobs

ROOT = Path(__file__).parents[2]
DRIVER = "import tests.export.bucket_driver"


def names_at(url):
    filesystem, root = fsspec.core.url_to_fs(url)
    filesystem.invalidate_cache()
    return sorted(name.lstrip("/").removeprefix(f"{root.lstrip('/')}/") for name in filesystem.find(root))


def rows_at(url):
    return [
        orjson.loads(line)
        for name in names_at(url)
        if "/part-" in name
        for line in fsspec.open(f"{url}/{name}").open().read().splitlines()
    ]


@pytest.fixture(params=["memory", "s3"])
def place(request):
    if request.param == "memory":
        return f"memory://bucket-lake-{next(NUMBERS)}"
    return request.getfixturevalue("s3")


async def test_any_machine_continues_what_another_began(place):
    async with exporting(jobs(), place, part_rows=3) as run:
        async for event in run:
            if event.event == "part":
                run.stop()
    assert not status(place).is_complete
    await export(jobs(), place, part_rows=3)
    assert sorted(row["Id"] for row in rows_at(place)) == [*range(1, 11)]
    assert (verify(place).is_sound, status(place).is_complete) == (True, True)
    dead = Tenant(dt.datetime(2024, 5, 2, tzinfo=dt.UTC))
    dead.failing = 0
    assert (await export(jobs(dead), place, part_rows=3)).is_complete
    assert "_journal/lease" not in names_at(place)


async def test_overwritten_it_holds_the_new_export_alone(place):
    await export(jobs(), place, part_rows=3)
    await export(jobs(), place, part_rows=9, overwrite=True)
    assert sum("/part-" in name for name in names_at(place)) == 2
    assert sorted(row["Id"] for row in rows_at(place)) == [*range(1, 11)]
    assert verify(place).is_sound


async def test_many_records_are_folded_into_one_and_say_the_same(place, monkeypatch):
    monkeypatch.setattr("uipath_odata.export.journal.bucket_disk._MANY", 3)
    for _ in range(4):
        await export(jobs(), place, part_rows=3, since="last")
    journal = [name for name in names_at(place) if name.startswith("_journal/0")]
    assert [name for name in journal if name.endswith(".folded")] == journal[:1]
    assert verify(place).is_sound
    assert status(place).lists[0].run == 4


async def test_a_record_that_somebody_removed_is_missed(s3):
    await export(jobs(), s3, part_rows=3)
    fsspec.filesystem("s3").rm_file(f"{s3}/_journal/000000003")
    with pytest.raises(ExportError, match="_journal/000000003 is missing: restore it"):
        verify(s3)
    with pytest.raises(ExportError, match="_journal/000000003 is missing: restore it"):
        await export(jobs(), s3, part_rows=3)


async def test_a_server_that_ignores_conditions_is_found_before_anything_is_written(s3, s3_server):
    s3_server.ignores_conditions = True
    with pytest.raises(ExportError, match=r"takes writes whose condition does not hold .* state=DIR"):
        await export(jobs(), s3, part_rows=3)
    assert names_at(s3) == []


@pytest.mark.parametrize("url", ["gs://bucket/lake", "abfss://container/lake", "filecache::s3://bucket/lake"])
async def test_other_clouds_are_refused_with_advice_until_they_are_tested(url):
    with pytest.raises(QueryError, match="not tested: keep it here with state=DIR"):
        await export(jobs(), url)


async def test_a_record_is_put_once_whoever_tries(place):
    objects = objects_at(f"{place}/_journal")
    first, second = BucketDisk(objects), BucketDisk(objects)
    first.add(1, b"first")
    first.add(1, b"first")  # its answer was lost
    with pytest.raises(ExportLocked, match="another exporter wrote"):
        second.add(1, b"second")
    assert objects.read_all(["000000001"]) == [b"first"]


async def test_a_journal_that_is_removed_does_not_come_back_from_under_a_fold_that_was_cut_short(place):
    objects = objects_at(f"{place}/_journal")
    disk = BucketDisk(objects)
    for number in (1, 2, 3):
        disk.add(number, b"record")
    disk.put("000000003.folded", b"all three")
    disk.remove(JOURNAL)
    assert not BucketDisk(objects).has(JOURNAL)


@attrs.define
class Driver:
    """Lets exporters run until the server has seen so many requests, and signals them then."""

    process: object
    door: object
    codes: list = attrs.field(factory=list)

    async def __call__(self, *requests, signal_at=None, number=signal.SIGKILL, is_before=True, then=None):
        whole = [{"name": "ours", "host": None} | each for each in requests]
        self.process.stdin.write(json.dumps(whole).encode() + b"\n")
        pids = [int(each) for each in (await self.process.stdout.readline()).split()]
        self.door.requests, self.door.pid, self.door.signal = 0, pids[0], number
        self.door.is_before, self.door.signals_at = is_before, signal_at
        if then is None:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        else:
            await then(pids)
        codes = [int(each) for each in (await self.process.stdout.readline()).split()]
        self.door.signals_at = None
        self.codes += codes
        return codes


@pytest.fixture
async def driver(s3, s3_server):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", DRIVER),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    yield Driver(process, s3_server)
    process.stdin.close()
    await process.wait()


async def killed(driver, url, times, rng):
    """Return what is wrong after each kill and the runs that follow it."""
    assert await driver({"url": f"{url}/calm"}) == [0]
    requests = driver.door.requests
    wanted = await asyncio.to_thread(rows_at, f"{url}/calm")
    for number in range(times):
        lake = f"{url}/{number}"
        for _ in range(rng.choice((1, 1, 2))):
            at, is_before = rng.randint(1, requests), rng.random() < 0.5
            await driver({"url": lake}, signal_at=at, is_before=is_before)
        if await driver({"url": lake}) != [0]:
            yield f"{number}: it does not end"
        if await asyncio.to_thread(rows_at, lake) != wanted:
            yield f"{number}: it has other rows"
        if not (await asyncio.to_thread(verify, lake)).is_sound:
            yield f"{number}: it is not sound"


async def test_r93_an_export_that_is_killed_at_any_request_to_its_bucket_resumes(driver, s3):
    assert not [wrong async for wrong in killed(driver, s3, 5, random.Random(17))]
    assert driver.codes.count(-signal.SIGKILL) >= 5


async def compactions_killed(driver, url, times, rng):
    """Return what is wrong after each kill of a compaction, and one that is left to end."""
    await driver({"url": f"{url}/calm", "part_rows": 30})
    wanted = await asyncio.to_thread(rows_at, f"{url}/calm")
    assert await driver({"url": f"{url}/calm", "compacts": True}) == [0]
    requests = driver.door.requests
    for number in range(times):
        lake = f"{url}/{number}"
        await driver({"url": lake, "part_rows": 30})
        at, is_before = rng.randint(1, requests), rng.random() < 0.5
        await driver({"url": lake, "compacts": True}, signal_at=at, is_before=is_before)
        if await driver({"url": lake, "compacts": True}) != [0]:
            yield f"{number}: it does not end"
        if await asyncio.to_thread(rows_at, lake) != wanted:
            yield f"{number}: it has other rows"
        problems = (await asyncio.to_thread(verify, lake)).problems
        if problems:
            yield f"{number}: it is not sound"
        if sum("/part-" in name for name in await asyncio.to_thread(names_at, lake)) != 1:
            yield f"{number}: it has more files than one"


async def test_r93_a_compaction_that_is_killed_at_any_request_to_its_bucket_leaves_the_same_rows(driver, s3):
    assert not [wrong async for wrong in compactions_killed(driver, s3, 1, random.Random(5))]
    assert driver.codes.count(-signal.SIGKILL) == 1


@pytest.mark.full
async def test_r93_a_compaction_at_100_points_of_a_bucket(driver, s3):
    assert not [wrong async for wrong in compactions_killed(driver, s3, 100, random.Random(6))]
    assert driver.codes.count(-signal.SIGKILL) == 100


@pytest.mark.full
async def test_r93_at_200_points_of_a_bucket(driver, s3):
    assert not [wrong async for wrong in killed(driver, s3, 200, random.Random(4711))]
    assert driver.codes.count(-signal.SIGKILL) >= 200


async def test_r98_of_two_machines_that_race_for_a_bucket_one_wins_and_nothing_of_the_other_counts(
    driver, s3
):
    codes = await driver(
        {"url": s3, "name": "first", "host": "one"}, {"url": s3, "name": "second", "host": "another"}
    )
    # The one that is late finds a whole export, or one at work.
    assert 0 in codes
    assert set(codes) <= {0, 75}
    assert len({row["Key"] for row in rows_at(s3)}) == 1
    assert sorted(row["Id"] for row in rows_at(s3)) == [*range(1, 91)]
    assert verify(s3).is_sound


@pytest.mark.parametrize(("at", "is_before"), [(22, True), (30, False)])
async def test_r98_a_machine_that_sleeps_at_any_request_changes_nothing_when_it_wakes(
    driver, s3, at, is_before
):
    async def first_sleeps_while_the_second_works(pids):
        first, second = pids
        os.kill(first, signal.SIGCONT)
        async with asyncio.timeout(60):
            while driver.door.requests < at:  # noqa: ASYNC110 - another process sets no event
                await asyncio.sleep(0.01)
        os.kill(second, signal.SIGCONT)
        async with asyncio.timeout(60):
            while not any(name == "_SUCCESS" for name in await asyncio.to_thread(names_at, s3)):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        os.kill(first, signal.SIGCONT)

    codes = await driver(
        {"url": s3, "name": "first", "host": "one"},
        {"url": s3, "name": "second", "host": "another"},
        signal_at=at,
        number=signal.SIGSTOP,
        is_before=is_before,
        then=first_sleeps_while_the_second_works,
    )
    assert codes == [75, 0]
    assert sorted(row["Id"] for row in rows_at(s3)) == [*range(1, 91)]
    assert verify(s3).is_sound
