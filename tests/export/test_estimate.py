"""What the next run will read is counted before it, as the journal stands."""

from __future__ import annotations

import random

import orjson
import pytest

from uipath_odata.errors import ExportError, OrchestratorError
from uipath_odata.export import export
from uipath_odata.export.estimate import estimate
from uipath_odata.export.exporting import run_starts

from .life import Life
from .tenant import moment
from .test_churn import lists_of

MERGED = {"Jobs", "QueueItems"}


def snapshot(directory):
    return {path: path.stat().st_mtime_ns for path in directory.rglob("*")}


def committed(lake):
    """Count by run the rows that came from the server, each list by itself; markers of deleted rows did not."""
    counts = {}
    for line in (lake / "_journal").read_bytes().splitlines():
        record = orjson.loads(line.partition(b" ")[2])
        if record["record"] == "part":
            rows = [
                orjson.loads(row)
                for file in record.get("files", ())
                if (lake / file["name"]).exists()  # later runs remove those that they replace
                for row in (lake / file["name"]).read_bytes().splitlines()
            ]
            key = record["list"], record["run"]
            counts[key] = counts.get(key, 0) + sum(not row.get("_deleted") for row in rows)
    return counts


async def expected_of(tenant, lake):
    begun = run_starts(lists_of(tenant), lake, since="last", part_rows=9)
    return {each.each.key: (each.state.run + 1, await estimate(each)) for each in begun}


@pytest.mark.parametrize("seed", range(6))
async def test_an_estimate_is_what_the_next_night_reads(tmp_path, seed):
    life, lake = Life(random.Random(seed)), tmp_path / "lake"
    for _ in range(5):
        life.day()
        before = snapshot(tmp_path)
        expected = await expected_of(life.tenant, lake)
        assert snapshot(tmp_path) == before
        await export(lists_of(life.tenant), lake, since="last", part_rows=9)
        counts = committed(lake)
        for key, (run, expected_rows) in expected.items():
            written = counts.get((key, run), 0)
            # What is read again as it was is not written again.
            is_right = written <= expected_rows.rows if key in MERGED else written == expected_rows.rows
            assert is_right, (key, run)


async def test_what_an_interrupted_run_committed_is_left_out_of_the_estimate(tmp_path):
    life, lake = Life(random.Random(3)), tmp_path / "lake"
    for _ in range(6):
        life.day()
    life.tenant.failing = 20
    with pytest.raises(OrchestratorError):
        await export(lists_of(life.tenant), lake, since="last", part_rows=9)
    life.tenant.failing = None
    before = committed(lake)
    assert before
    begun = run_starts(lists_of(life.tenant), lake, since="last", part_rows=9)
    left = {each.each.key: (await estimate(each)).rows for each in begun}
    await export(lists_of(life.tenant), lake, since="last", part_rows=9)
    for (key, run), rows in committed(lake).items():
        assert rows - before.get((key, run), 0) == left[key], key


async def test_nothing_is_left_of_an_export_that_is_made_once(tmp_path):
    life = Life(random.Random(4))
    life.day()
    lists = lists_of(life.tenant)[:1]
    await export(lists, tmp_path / "lake")
    [begun] = run_starts(lists, tmp_path / "lake")
    assert ((await estimate(begun)).rows, (await estimate(begun)).requests) == (0, 0)
    [anew] = run_starts(lists, tmp_path / "lake", overwrite=True)
    assert (await estimate(anew)).rows == len(life.tenant.sets["Jobs"])


async def test_the_estimate_of_another_export_in_the_same_place_is_refused(tmp_path):
    life = Life(random.Random(4))
    life.day()
    await export(lists_of(life.tenant)[:1], tmp_path / "lake")
    with pytest.raises(ExportError, match="Jobs was exported to it without since='last': replace"):
        run_starts(lists_of(life.tenant)[:1], tmp_path / "lake", since="last")


async def test_what_an_interrupted_export_committed_counts_though_it_would_be_overwritten(tmp_path):
    life = Life(random.Random(3))
    for _ in range(6):
        life.day()
    life.tenant.page_cap, life.tenant.failing = 5, 4
    with pytest.raises(OrchestratorError):
        await export(lists_of(life.tenant)[:1], tmp_path / "lake", part_rows=3)
    life.tenant.failing = None
    [begun] = run_starts(lists_of(life.tenant)[:1], tmp_path / "lake", part_rows=3, overwrite=True)
    committed_rows = sum(committed(tmp_path / "lake").values())
    assert 0 < committed_rows == len(life.tenant.sets["Jobs"]) - (await estimate(begun)).rows


async def test_the_estimate_of_open_items_counts_the_requests_that_their_ids_are_split_over(tmp_path):
    life = Life(random.Random(4))
    life.tenant.page_cap = 1_000
    day = moment(life.tenant.now)
    life.tenant.sets["QueueItems"] = [
        {"Id": each, "Status": "New", "CreationTime": day} for each in range(1, 1_501)
    ]
    items = [each for each in lists_of(life.tenant) if each.entity_set == "QueueItems"]
    await export(items, tmp_path / "lake", since="last")
    [begun] = run_starts(items, tmp_path / "lake", since="last")
    requests = (await estimate(begun)).requests
    summary = await export(items, tmp_path / "lake", since="last")
    assert summary.lists[0].requests == pytest.approx(requests, rel=0.1)


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv"])
async def test_the_estimate_of_a_file_that_is_whole_is_refused_as_the_export_is(tmp_path, name):
    life = Life(random.Random(4))
    life.day()
    await export(lists_of(life.tenant)[:1], tmp_path / name)
    with pytest.raises(ExportError, match="exists already"):
        run_starts(lists_of(life.tenant)[:1], tmp_path / name)


async def test_the_estimate_from_a_journal_that_was_altered_is_refused(tmp_path):
    life = Life(random.Random(4))
    life.day()
    await export(lists_of(life.tenant)[:1], tmp_path / "lake")
    journal = tmp_path / "lake" / "_journal"
    journal.write_bytes(b"X" + journal.read_bytes()[1:])
    with pytest.raises(ExportError, match="altered after byte 0"):
        run_starts(lists_of(life.tenant)[:1], tmp_path / "lake")
