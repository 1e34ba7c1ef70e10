"""What somebody altered, R99 to R101: found by verify, or refused rather than gone on from."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import os
import re

import orjson
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import ExportError, QueryError
from uipath_odata.export import export, exporting, status, verify
from uipath_odata.export.journal.job import with_digest
from uipath_odata.export.lists import ExportList, Folder
from uipath_odata.odata.expr.expression import path
from uipath_odata.operations.jobs import Jobs
from uipath_odata.settings import Settings

from .tenant import Tenant

NOW = dt.datetime(2024, 5, 2, tzinfo=dt.UTC)


def tenant():
    made = Tenant(NOW, page_cap=3)
    made.sets = {"Jobs": [{"Id": number, "State": "Running", "Key": f"k{number}"} for number in range(1, 8)]}
    return made


def jobs(base="https://orchestrator.test/acme/Default", of=None, **headers):
    channel = TenantChannel(of or tenant(), URL(base), Settings(), headers=headers)
    return Jobs._of(channel)


async def lake(root, kind="jsonl", **options):
    await export(jobs(), root, kind, part_rows=3, **options)
    return root


async def some_of(root, **options):
    """Export until the first part is committed."""
    async with exporting(jobs(), root, part_rows=3, **options) as run:
        async for event in run:
            if event.event == "part":
                run.stop()
    return root


@pytest.mark.parametrize("step", [211, pytest.param(1, marks=pytest.mark.full)])
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
async def test_r100_every_bit_that_turns_is_found(tmp_path, kind, step):
    root = await lake(tmp_path, kind)
    assert verify(root).is_sound
    for file in sorted(root.rglob("*")):
        if file.is_dir() or file.name in {"_job.lock", "_SUCCESS"}:
            continue
        data = file.read_bytes()
        for bit in range(0, len(data) * 8, step):
            altered = bytearray(data)
            altered[bit // 8] ^= 1 << bit % 8
            file.write_bytes(altered)
            assert verify(root).problems, (file.name, bit)
        file.write_bytes(data)
    assert verify(root).is_sound


async def test_r100_parquet_that_was_altered_or_cut_is_found(tmp_path):
    root = await lake(tmp_path, "parquet")
    file = next(root.rglob("*.parquet"))
    data = file.read_bytes()
    for altered in (data[:-1], data[:100], b"", bytes([data[0] ^ 1]) + data[1:]):
        file.write_bytes(altered)
        assert verify(root).problems


@pytest.mark.parametrize("name", ["_SUCCESS", "_manifest.json", "Jobs/part-000002-g1.jsonl"])
async def test_r100_what_is_missing_is_named(tmp_path, name):
    root = await lake(tmp_path)
    (root / name).unlink()
    assert [problem.partition(" ")[0] for problem in verify(root).problems] == [name]


async def test_r100_a_torn_tail_is_cut_off_wherever_it_was_torn(tmp_path):
    wanted = {file.name: file.read_bytes() for file in (await lake(tmp_path / "calm")).rglob("part-*")}
    root = await some_of(tmp_path / "lake")
    journal = (root / "_journal").read_bytes()
    last = len(journal.splitlines(keepends=True)[-1])
    for torn in range(1, last, 7):
        (root / "_journal").write_bytes(journal[:-torn])
        assert not verify(root).is_sound
    await lake(root)
    assert {file.name: file.read_bytes() for file in root.rglob("part-*")} == wanted
    assert verify(root).is_sound


async def test_r100_a_journal_altered_in_the_middle_is_refused_and_nothing_is_removed(tmp_path):
    root = await some_of(tmp_path / "lake")
    journal = (root / "_journal").read_bytes()
    (root / "_journal").write_bytes(journal.replace(b'"begin"', b'"begun"', 1))
    there = sorted(root.rglob("part-*"))
    with pytest.raises(ExportError, match="journal was altered after byte 0: restore it"):
        await lake(root)
    assert sorted(root.rglob("part-*")) == there
    await lake(root, overwrite=True)
    assert verify(root).is_sound


@pytest.mark.parametrize("name", ["_job.json", "Jobs/part-000001-g1.jsonl"])
async def test_r100_an_export_that_misses_a_file_is_not_gone_on_from(tmp_path, name):
    root = await some_of(tmp_path / "lake")
    (root / name).unlink()
    with pytest.raises(ExportError, match="restore"):
        await lake(root)
    await lake(root, overwrite=True)
    assert verify(root).is_sound
    assert verify(root).rows == 7


async def test_r100_one_file_that_lost_bytes_is_not_gone_on_from(tmp_path):
    async with exporting(jobs(), tmp_path / "jobs.jsonl", part_rows=3) as run:
        async for event in run:
            if event.event == "part":
                run.stop()
    growing = tmp_path / "jobs.jsonl.partial" / "rows.jsonl"
    whole = growing.read_bytes()
    growing.write_bytes(whole[:-5])
    with pytest.raises(ExportError, match="the journal counts"):
        await export(jobs(), tmp_path / "jobs.jsonl", part_rows=3)
    assert growing.read_bytes() == whole[:-5]


OTHERS = {
    "format of all sets was 'jsonl' and is 'csv': write format='jsonl', or name": functools.partial(
        export, jobs(), format="csv"
    ),
    "filter of Jobs was not given and is 'Id gt 2': leave filter= out, or name": functools.partial(
        export, jobs().filter(path("Id") > 2)
    ),
    "url of the tenant was 'https://orchestrator.test/acme/Default' and is "
    "'https://orchestrator.test/acme/Other': connect to the former, or name": functools.partial(
        export, jobs("https://orchestrator.test/acme/Other")
    ),
    "partition_by of Jobs was not given and is ['date']: leave partition_by= out, or name": functools.partial(
        export, jobs(), partition_by=("date",)
    ),
    "Jobs was exported to it without since='last': replace what is here by overwrite=True, or name": functools.partial(
        export, jobs(), since="last"
    ),
}


@pytest.mark.parametrize("message", OTHERS)
async def test_r99_another_export_is_refused_and_told_what_differs(tmp_path, message):
    root = await some_of(tmp_path / "lake")
    before = {
        file: file.read_bytes() for file in root.rglob("*") if not file.is_dir() and file.name != "_job.lock"
    }
    with pytest.raises(ExportError, match=re.escape(f"cannot be continued, {message} another place")):
        await OTHERS[message](destination=root)
    assert {file: file.read_bytes() for file in before} == before


async def test_r101_no_clock_of_ours_decides_anything(tmp_path):
    def at(year):
        return lambda: dt.datetime(year, 5, 1, tzinfo=dt.UTC)

    clock = iter(range(10_000, 0, -1))  # goes backwards
    first = await lake(tmp_path / "one", since="last", now=at(1980), clock=lambda: float(next(clock)))
    second = await lake(tmp_path / "two", since="last", now=at(2080))
    ours = re.compile(rb'"local":"[^"]*"|^\w{8} ', re.MULTILINE)  # noted, for nights to come
    journals = [ours.sub(b"", (each / "_journal").read_bytes()) for each in (first, second)]
    assert journals[0] == journals[1]


async def test_files_that_belong_to_others_are_left_alone(tmp_path):
    root = tmp_path / "lake"
    theirs = [
        "_tmp-notes.txt",
        "_tmp-Jobs/precious",
        "Jobs/part-00000-4711-c000.jsonl",
        "Jobs/part-x-g1.jsonl",
        "part-1",
    ]
    for name in theirs:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("precious")
    await lake(root)
    await lake(root, overwrite=True)
    assert {(root / name).read_text() for name in theirs} == {"precious"}
    assert verify(root).rows == 7


@pytest.mark.parametrize(
    "name", ["_journal", "_job.json", "_manifest.json", "_SUCCESS", "Jobs/part-000004-g1.jsonl"]
)
@pytest.mark.parametrize("overwrite", [False, True])
async def test_a_file_of_ours_by_name_that_no_export_wrote_is_refused(tmp_path, name, overwrite):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("precious")
    with pytest.raises(ExportError, match="another"):
        await lake(tmp_path, overwrite=overwrite)
    assert (tmp_path / name).read_text() == "precious"


async def test_a_directory_whose_journal_was_lost_is_not_mixed_with_a_new_export(tmp_path):
    root = await lake(tmp_path)
    for name in ("_journal", "_job.json"):
        (root / name).unlink()
    with pytest.raises(ExportError, match="no journal here knows it"):
        await lake(root)
    assert not (root / "_job.lock").exists()
    await lake(root, overwrite=True)
    assert verify(root).is_sound


async def test_a_part_that_the_journal_does_not_count_is_found(tmp_path):
    root = await lake(tmp_path)
    file = root / "Jobs" / "part-000009-g1.jsonl"
    file.write_bytes((root / "Jobs" / "part-000001-g1.jsonl").read_bytes())
    (problem,) = verify(root).problems
    assert problem.startswith("Jobs/part-000009-g1.jsonl is not a part that the journal counts")


@pytest.mark.parametrize("look", [verify, status])
async def test_an_export_of_another_release_is_left_alone(tmp_path, look):
    root = await some_of(tmp_path)
    job = orjson.loads((root / "_job.json").read_bytes())
    del job["hash"]
    (root / "_job.json").write_bytes(orjson.dumps(with_digest({**job, "version": 2})))
    with pytest.raises(
        ExportError,
        match=r"has version 2, and this package reads 1; the _manifest\.json beside it was written by uipath",
    ):
        look(root)
    with pytest.raises(ExportError, match="has version 2"):
        await lake(root)


async def test_the_refusal_names_the_release_where_the_manifest_has_it(tmp_path):
    root = await lake(tmp_path)
    job = orjson.loads((root / "_job.json").read_bytes())
    del job["hash"]
    (root / "_job.json").write_bytes(orjson.dumps(with_digest({**job, "version": 2})))
    manifest = orjson.loads((root / "_manifest.json").read_bytes())
    del manifest["hash"]
    newer = with_digest({**manifest, "package": "uipath-odata 7.8.9"})
    (root / "_manifest.json").write_bytes(orjson.dumps(newer))
    with pytest.raises(
        ExportError, match=r"the _manifest\.json beside it was written by uipath-odata 7\.8\.9"
    ):
        verify(root)


async def test_lists_of_one_set_that_ask_for_other_things_are_refused(tmp_path):
    several = [
        ExportList("Jobs", jobs(), Folder(1, "A")),
        ExportList("Jobs", jobs().filter(path("Id") > 3), Folder(2, "B")),
    ]
    with pytest.raises(QueryError, match="Jobs are asked for in several ways"):
        await export(several, tmp_path / "lake")
    assert not list(tmp_path.iterdir())


async def test_a_day_that_a_server_made_up_leads_nowhere(tmp_path):
    made = tenant()
    for row, at in zip(
        made.sets["Jobs"],
        (
            "../../../xZ",
            "2024-05-01T00:00:00Z",
            "",
            None,
            7,
            "2024-05-01T23:30:00-02:00",
            "2024-02-30T00:00:00Z",
        ),
        strict=True,
    ):
        row["CreationTime"] = at
    await export(jobs(of=made), tmp_path / "lake", partition_by=("date",))
    days = {file.parent.name for file in tmp_path.rglob("part-*")}
    assert days == {"date=__HIVE_DEFAULT_PARTITION__", "date=2024-05-01", "date=2024-05-02"}
    assert verify(tmp_path / "lake").is_sound


async def test_a_part_may_have_more_days_than_a_process_may_have_files(tmp_path):
    made = tenant()
    day = dt.date(2020, 1, 1)
    made.sets["Jobs"] = [
        {"Id": number, "CreationTime": f"{day + dt.timedelta(days=number // 2 % 150)}T00:00:00Z"}
        for number in range(1, 400)
    ]
    await export(jobs(of=made), tmp_path / "lake", partition_by=("date",), page_size=3)
    files = list(tmp_path.rglob("part-*"))
    rows = [orjson.loads(line) for file in files for line in file.read_bytes().splitlines()]
    assert len(files) == 150
    assert sorted(row["Id"] for row in rows) == [*range(1, 400)]
    assert verify(tmp_path / "lake").is_sound


async def test_a_place_without_an_export_is_named(tmp_path):
    (tmp_path / "file.jsonl").write_text("")
    for look in (verify, status):
        with pytest.raises(ExportError, match="holds no export"):
            look(tmp_path)
        with pytest.raises(ExportError, match="holds no export"):
            look(tmp_path / "missing")
        with pytest.raises(ExportError, match="is a file"):
            look(tmp_path / "file.jsonl")


async def test_one_file_that_grows_can_be_looked_at(tmp_path):
    async with exporting(jobs(), tmp_path / "jobs.csv", part_rows=2) as run:
        async for event in run:
            if event.committed >= 4:
                run.stop()
    found = verify(tmp_path / "jobs.csv.partial")
    assert found.problems == ("Jobs was not read to its end",)
    assert found.files >= 2


async def test_a_set_must_have_a_name_that_a_directory_may_have(tmp_path):
    for name in ("../evil", "a/b", ""):
        with pytest.raises(QueryError, match="cannot name files"):
            await export([ExportList(name, jobs())], tmp_path / "lake")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["_journal", "_job.json", "_job.lease"])
async def test_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    async with asyncio.timeout(30):
        with pytest.raises(ExportError, match="is not a file: remove it, or name another place"):
            await lake(tmp_path)
    assert (tmp_path / name).is_fifo()


async def test_a_pipe_in_the_place_of_a_part_is_named_by_verify(tmp_path):
    root = await lake(tmp_path)
    part = next(root.rglob("part-*"))
    part.unlink()
    os.mkfifo(part)
    with pytest.raises(ExportError, match="is not a file"):
        verify(root)


@pytest.mark.parametrize("name", ["_journal", "Jobs"])
async def test_a_symbolic_link_within_an_export_is_not_followed(tmp_path, name):
    root, elsewhere = tmp_path / "lake", tmp_path / "elsewhere"
    await lake(root)
    (root / name).rename(elsewhere)
    (root / name).symlink_to(elsewhere)
    before = {path: path.stat().st_size for path in tmp_path.rglob("*") if path.name != "_job.lock"}
    with pytest.raises(ExportError):
        await lake(root, since="last")
    assert all(path.stat().st_size == size for path, size in before.items())


@pytest.mark.parametrize("changes", [{}, {"part_rows": 2}])
async def test_a_lake_whose_journal_is_gone_for_a_while_is_left_as_it_is(tmp_path, changes):
    root = await lake(tmp_path / "lake")
    (root / "_journal").rename(tmp_path / "saved")
    before = {
        file: file.read_bytes() for file in root.rglob("*") if file.is_file() and file.name != "_job.lock"
    }
    with pytest.raises(ExportError, match="no journal here knows it"):
        await export(jobs(), root, **{"part_rows": 3, **changes})
    after = {
        file: file.read_bytes() for file in root.rglob("*") if file.is_file() and file.name != "_job.lock"
    }
    assert after == before
    (tmp_path / "saved").rename(root / "_journal")
    assert (await export(jobs(), root, part_rows=3)).is_complete
    assert verify(root).is_sound
