"""What an earlier release wrote is resumed as if this one had written it."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import orjson
import pytest
from filelock import FileLock

from uipath_odata.errors import ExportError, ExportLocked
from uipath_odata.export import export, status, verify
from uipath_odata.export.journal.job import with_digest

from .tenant import Tenant
from .test_churn import LAG, as_set, lists_of, merged, plain, rows_of

EARLIER = Path(__file__).parent / "earlier"


@pytest.fixture
def tenant():
    facts = orjson.loads((EARLIER / "tenant.json").read_bytes())
    made = Tenant(dt.datetime.fromisoformat(facts["now"]), page_cap=facts["page_cap"])
    made.sets = facts["sets"]
    return made


@pytest.fixture
def place(tmp_path):
    return shutil.copytree(EARLIER, tmp_path / "place")


async def test_a_lake_of_an_earlier_release_is_brought_up_to_date(tenant, place):
    lake = place / "lake"
    assert not status(lake).is_complete
    summary = await export(lists_of(tenant), lake, since="last", part_rows=9)
    assert summary.is_complete
    for name in ("Jobs", "QueueItems"):
        assert as_set(merged(lake, name)) == as_set(tenant.sets[name]), name
    settled = (tenant.now - LAG).isoformat()
    logs = [row for row in tenant.sets["RobotLogs"] if row["TimeStamp"] < settled]
    assert as_set(map(plain, rows_of(lake, "RobotLogs"))) == as_set(logs)
    assert verify(lake).is_sound


@pytest.mark.parametrize(("position", "name"), [(0, "Jobs"), (2, "RobotLogs")])
async def test_a_file_that_an_earlier_release_left_growing_is_resumed(tenant, place, position, name):
    begun = (place / f"{name}.jsonl.partial" / "rows.jsonl").read_bytes()
    file = place / f"{name}.jsonl"
    await export(lists_of(tenant)[position], file, part_rows=4)
    data = file.read_bytes()
    assert data.startswith(begun)
    settled = (tenant.now - LAG).isoformat()
    rows = [row for row in tenant.sets[name] if row.get("TimeStamp", "") < settled]
    assert as_set(map(orjson.loads, data.splitlines())) == as_set(rows)


async def test_a_job_of_another_version_is_refused_by_its_version(tenant, place):
    job = orjson.loads((place / "lake" / "job.json").read_bytes())
    del job["hash"]
    (place / "lake" / "job.json").write_bytes(orjson.dumps(with_digest(job | {"version": 2})))
    with pytest.raises(
        ExportError,
        match=r"_job\.json has version 2, and this package reads 1; nothing beside it says which release",
    ):
        await export(lists_of(tenant), place / "lake", since="last", part_rows=9)


async def test_a_whole_lake_of_an_earlier_release_is_sound_and_gets_names_that_readers_pass_over(tmp_path):
    lake = tmp_path / "lake"
    tenant = Tenant(dt.datetime(2024, 5, 2, tzinfo=dt.UTC))
    tenant.sets = {"Jobs": [{"Id": 1, "State": "Running"}]}
    jobs = lists_of(tenant)[:1]
    await export(jobs, lake)
    now = ("_journal", "_job.json", "_manifest.json", "_job.lock")
    for name in now:
        (lake / name).rename(lake / name.removeprefix("_"))
    assert verify(lake).is_sound
    assert status(lake).is_complete
    asked = tenant.requests.total()
    assert (await export(jobs, lake)).is_complete
    assert tenant.requests.total() == asked
    assert {each.name for each in lake.iterdir()} == {*now, "_SUCCESS", "Jobs"}
    assert verify(lake).is_sound


async def test_an_earlier_release_at_work_is_not_disturbed(tenant, place):
    with FileLock(place / "lake" / "job.lock"), pytest.raises(ExportLocked):
        await export(lists_of(tenant), place / "lake", since="last", part_rows=9)
    assert (place / "lake" / "journal").exists()


async def test_parquet_of_the_first_release_is_continued_in_its_own_unit(tenant, tmp_path):
    lists = lists_of(tenant)[:1]
    await export(lists, tmp_path / "lake", "parquet", since="last", timestamps="ns")
    job = tmp_path / "lake" / "_job.json"
    facts = orjson.loads(job.read_bytes())
    del facts["hash"], facts["sets"]["Jobs"]["timestamps"]
    job.write_bytes(orjson.dumps(with_digest(facts | {"partition_by": []})))
    with pytest.raises(ExportError, match="was 'ns' and is 'us': write timestamps='ns'"):
        await export(lists, tmp_path / "lake", "parquet", since="last")
    assert (await export(lists, tmp_path / "lake", "parquet", since="last", timestamps="ns")).is_complete
