"""Many small parts become few large ones, with the same rows, whatever ends that."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import stat
from pathlib import Path

import fsspec
import orjson
import pyarrow.parquet
import pytest

from uipath_odata.errors import ExportError, ExportLocked, ExportUnsound, OrchestratorError, QueryError
from uipath_odata.export import Compaction, compact, export, exporting, status, verify
from uipath_odata.export.compaction.compactor import Compactor
from uipath_odata.export.compaction.joining import have_same_rows
from uipath_odata.export.places.disk import LocalDisk
from uipath_odata.export.places.file_store import LocalFileStore
from uipath_odata.export.places.place import Place
from uipath_odata.export.verify import look_at
from uipath_odata.odata.expr.expression import path

from ..conftest import NUMBERS
from ..crash_disk import Crash, CrashDisk
from ..life import Life
from ..test_churn import as_set, lists_of, plain, rows_of
from ..test_crash_model import NoSyncOfData, NoSyncOfNames, NoSyncOfTheJournal

NO_TIME = dt.timedelta(0)
SETS = ("Jobs", "QueueItems", "RobotLogs", "AuditLogs", "Releases")


@pytest.fixture
def life():
    life = Life(random.Random(3))
    life.tenant.page_cap = 20
    return life


async def nights(life, lake, form="jsonl", number=6, names=SETS, **options):
    for _ in range(number):
        life.day()
        lists = [each for each in lists_of(life.tenant) if each.entity_set in names]
        await export(lists, lake, form, since="last", **{"part_rows": 50, "allow_shrink": names} | options)


def files_at(lake):
    filesystem, root = fsspec.core.url_to_fs(str(lake))
    filesystem.invalidate_cache()
    names = sorted(name for name in filesystem.find(root) if "/part-" in name)
    return {name.removeprefix(root): filesystem.cat_file(name) for name in names}


def rows_in(files, name):
    """The rows of a set in the order of its files."""
    found = []
    for file, data in files.items():
        if not file.startswith(f"/{name}/"):
            continue
        if file.endswith(".parquet"):
            found += pyarrow.parquet.read_table(pyarrow.BufferReader(data)).to_pylist()
        else:
            found += data.splitlines()[file.endswith(".csv") :]
    return found


@pytest.fixture
def place(request, tmp_path):
    if request.param == "directory":
        return str(tmp_path / "lake")
    if request.param == "memory":
        return f"memory://compact-{next(NUMBERS)}"
    return request.getfixturevalue("s3")


@pytest.mark.parametrize(
    ("place", "form"),
    [
        ("directory", "jsonl"),
        ("directory", "csv"),
        ("directory", "parquet"),
        ("memory", "jsonl"),
        ("s3", "parquet"),
    ],
    indirect=["place"],
)
async def test_a_lake_has_the_same_rows_in_fewer_files_and_the_next_night_continues(life, place, form):
    names = SETS if "s3:" not in place else ("Jobs",)
    await nights(life, place, form, names=names, number=6 if names == SETS else 2)
    before = files_at(place)
    found = await compact(place, look_back=NO_TIME)
    after = files_at(place)
    assert found == Compaction(files_before=len(before), files=len(after), rows=verify(place).rows)
    assert len(after) <= len(before) / 2
    for name in names:
        assert rows_in(after, name) == rows_in(before, name), name
    assert (verify(place).is_sound, status(place).is_complete) == (True, True)
    await compact(place, look_back=NO_TIME)  # an interval that was read again, and so later than the next one
    after = files_at(place)
    assert (await compact(place, look_back=NO_TIME)).files == len(after)
    assert files_at(place) == after, "again changes nothing"
    await nights(life, place, form, number=1, names=names)
    assert verify(place).is_sound
    if form == "jsonl" and "://" not in place:
        for name in ("AuditLogs", "Releases"):
            assert as_set(map(plain, rows_of(Path(place), name))) == as_set(life.tenant.sets[name])


@pytest.mark.parametrize("seed", range(2))
async def test_nights_and_compactions_by_turns_lose_nothing_and_repeat_nothing(tmp_path, seed):
    life = Life(random.Random(seed))
    for number in range(10):
        await nights(life, tmp_path, number=1, part_rows=9)
        if life.rng.random() < 0.6:
            await compact(
                tmp_path,
                part_rows=life.rng.choice((None, 30, 1_000)),
                look_back=dt.timedelta(days=life.rng.choice((0, 3))),
            )
        for name in ("AuditLogs", "Releases"):
            assert as_set(map(plain, rows_of(tmp_path, name))) == as_set(life.tenant.sets[name]), (
                name,
                number,
            )
        settled = (life.tenant.now - dt.timedelta(minutes=5)).isoformat()
        logs = [row for row in life.tenant.sets["RobotLogs"] if row["TimeStamp"] < settled]
        assert as_set(map(plain, rows_of(tmp_path, "RobotLogs"))) == as_set(logs), number
        for name in ("Jobs", "QueueItems"):
            newest = {row["Id"]: row for row in rows_of(tmp_path, name)}
            shown = {row["Id"]: row for row in life.tenant.sets[name]}
            assert all(plain(newest[key]) == row for key, row in shown.items()), (name, number)
        assert verify(tmp_path).is_sound


async def test_columns_that_came_later_stay_in_files_of_their_own(life, tmp_path):
    await nights(life, tmp_path, "parquet", number=3, names=("Jobs",))
    life.day()
    [jobs] = [each for each in lists_of(life.tenant) if each.entity_set == "Jobs"]
    query = jobs.query.select(path("Id"), path("State"), path("LastModificationTime"))
    for _ in range(2):
        life.day()
        await export(query, tmp_path, "parquet", since="last", allow_shrink="Jobs", part_rows=50)
    await compact(tmp_path, look_back=NO_TIME)
    columns = [pyarrow.parquet.read_schema(file).names for file in sorted((tmp_path / "Jobs").iterdir())]
    assert len(columns) == 2
    assert "ReleaseName" in columns[0]
    assert "ReleaseName" not in columns[1]
    assert verify(tmp_path).is_sound


async def test_days_stay_in_directories_of_their_own(life, tmp_path):
    await nights(life, tmp_path, partition_by="date")
    before = files_at(tmp_path)
    found = await compact(tmp_path, part_rows=10_000, look_back=NO_TIME)
    after = files_at(tmp_path)
    assert found.files < found.files_before
    for name in SETS:
        assert sorted(rows_in(after, name)) == sorted(rows_in(before, name))
    assert {file.rpartition("/")[0] for file in after} == {file.rpartition("/")[0] for file in before}
    assert verify(tmp_path).is_sound


async def test_a_table_of_a_lake_is_not_written_anew_after_it(life, tmp_path):
    deltalake = pytest.importorskip("deltalake")
    lake, table = tmp_path / "lake", f"delta:{tmp_path / 'tables'}"
    await nights(life, lake, "parquet", number=3, names=("Jobs",), table=table)
    await compact(lake, look_back=NO_TIME)
    await nights(life, lake, "parquet", number=1, names=("Jobs",), table=table)
    held = deltalake.DeltaTable(tmp_path / "tables" / "Jobs")
    assert "MERGE" in held.history(1)[0]["operation"]
    newest = {row["Id"]: row["State"] for row in held.to_pyarrow_table().to_pylist()}
    assert {row["Id"]: row["State"] for row in life.tenant.sets["Jobs"]}.items() <= newest.items()


@pytest.mark.parametrize("end", [CrashDisk.after_a_kill, CrashDisk.after_a_loss_of_power])
async def test_r92_no_end_at_any_operation_costs_or_doubles_a_row(life, tmp_path, end):
    await nights(life, tmp_path, number=4, part_rows=9)
    lake = held_in(tmp_path)
    rows, place = jobs_in(lake), Place(format="jsonl", state=tmp_path)
    calm = CrashDisk(random.Random(0), files=lake)
    compacted(calm)
    assert look_at(place, calm).problems == ()
    assert len([name for name in calm.names() if "/part-" in name]) < len(lake) / 2
    for at in range(1, len(calm.operations) + 1, 2):
        disk = CrashDisk(random.Random(at), dies_at=at, files=lake)
        with pytest.raises(Crash):
            compacted(disk)
        left = CrashDisk(random.Random(at), files=end(disk))
        compacted(left)
        assert jobs_in({name: left.read(name) for name in left.names()}) == rows, at
        assert look_at(place, left).problems == (), at


@pytest.mark.parametrize("mutant", [NoSyncOfData, NoSyncOfTheJournal, NoSyncOfNames])
async def test_r92_the_model_sees_each_step_of_it_that_is_left_out(life, tmp_path, mutant):
    await nights(life, tmp_path, number=4, part_rows=9)
    lake = held_in(tmp_path)
    rows, wrong = jobs_in(lake), 0
    for at in range(1, 60):
        disk = mutant(random.Random(at), dies_at=at, files=lake)
        with contextlib.suppress(Crash):
            compacted(disk)
        left = CrashDisk(random.Random(at), files=disk.after_a_loss_of_power())
        try:
            compacted(left)
            wrong += jobs_in({name: left.read(name) for name in left.names()}) != rows
        except ExportError:
            wrong += 1
    assert wrong


def held_in(lake):
    """The files of a lake that nobody holds."""
    files = [file for file in lake.rglob("*") if file.is_file() and not file.name.startswith("_job.l")]
    return {file.relative_to(lake).as_posix(): file.read_bytes() for file in files}


def jobs_in(lake):
    return sorted(rows_in({f"/{name}": data for name, data in sorted(lake.items())}, "Jobs"))


def compacted(disk):
    compactor = Compactor.open(disk, LocalFileStore(disk), 40, NO_TIME)
    for key in sorted(compactor.states):
        compactor.compact(key)
    compactor.publish()
    compactor.journal.close()


async def test_a_lake_that_an_export_holds_is_refused(life, tmp_path):
    await nights(life, tmp_path, number=2)
    life.day()
    lists = [each for each in lists_of(life.tenant) if each.entity_set == "Jobs"]
    async with exporting(lists, tmp_path, since="last", part_rows=50):
        with pytest.raises(ExportLocked):
            await compact(tmp_path, look_back=NO_TIME)


async def test_a_list_that_has_not_ended_is_left_and_named(life, tmp_path):
    await nights(life, tmp_path, number=3)
    life.day()
    lists = [each for each in lists_of(life.tenant) if each.entity_set == "Jobs"]
    async with exporting(lists, tmp_path, since="last", part_rows=1, page_size=1) as run:
        async for event in run:
            if event.event == "part":
                run.stop()
    found = await compact(tmp_path, look_back=NO_TIME)
    assert found.left == ("Jobs",)
    assert found.files < found.files_before
    await nights(life, tmp_path, number=1)
    assert verify(tmp_path).is_sound


async def test_what_is_not_a_lake_or_was_altered_is_refused(life, tmp_path):
    with pytest.raises(ExportError, match="holds no export"):
        await compact(tmp_path / "nothing")
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError, match="is a file"):
        await compact(tmp_path / "file")
    await nights(life, tmp_path / "lake", number=3)
    with pytest.raises(QueryError, match="part_rows=0"):
        await compact(tmp_path / "lake", part_rows=0)
    job = tmp_path / "lake" / "_job.json"
    job.rename(tmp_path / "job")
    with pytest.raises(ExportError, match=r"has no _job\.json: restore it"):
        await compact(tmp_path / "lake")
    (tmp_path / "job").rename(job)
    file = min((tmp_path / "lake" / "Jobs").iterdir())
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"Running"', b'"Stopped"', 1))
    before = files_at(tmp_path / "lake")
    with pytest.raises(ExportUnsound, match="was altered"):
        await compact(tmp_path / "lake")
    assert files_at(tmp_path / "lake") == before


def test_other_rows_are_seen_to_be_others():
    one, two = b'{"Id":1}\n', b'{"Id":2}\n'
    assert have_same_rows(one + two, [one, two], "jsonl")
    assert not have_same_rows(two + one, [one, two], "jsonl")
    assert not have_same_rows(b"Id\n1\n", [b"Id\n1\n", b"Id\n2\n"], "csv")
    sinks = [pyarrow.BufferOutputStream() for _ in range(2)]
    for number, sink in enumerate(sinks):
        pyarrow.parquet.write_table(pyarrow.table({"Id": [number]}), sink)
    first, second = (sink.getvalue().to_pybytes() for sink in sinks)
    assert have_same_rows(first, [first], "parquet")
    assert not have_same_rows(first, [second], "parquet")


async def test_an_overwritten_lake_keeps_no_compacted_file(life, tmp_path):
    await nights(life, tmp_path, number=4, names=("Jobs",))
    await compact(tmp_path, look_back=NO_TIME)
    (tmp_path / "_manifest.json").unlink()
    life.day()
    [jobs] = [each for each in lists_of(life.tenant) if each.entity_set == "Jobs"]
    await export(jobs.query, tmp_path, overwrite=True)
    assert len(rows_in(files_at(tmp_path), "Jobs")) == len(life.tenant.sets["Jobs"])
    assert verify(tmp_path).is_sound
    assert orjson.loads((tmp_path / "_manifest.json").read_bytes())["complete"]


async def test_lists_that_each_night_brings_anew_and_rows_that_are_counted_again_are_left(life, tmp_path):
    await nights(life, tmp_path, part_rows=5, number=5)
    before = files_at(tmp_path)
    await compact(tmp_path, part_rows=1_000)
    after = files_at(tmp_path)
    for name in ("Releases", "RobotLogs", "AuditLogs"):
        assert {file for file in after if f"/{name}/" in file} == {
            file for file in before if f"/{name}/" in file
        }
    assert len([file for file in after if "/Jobs/" in file]) == 1
    await compact(tmp_path, part_rows=1_000, look_back=dt.timedelta(days=2))
    later = files_at(tmp_path)
    logs = [file for file in later if "/RobotLogs/" in file]
    assert 1 < len(logs) < len([file for file in before if "/RobotLogs/" in file])
    assert rows_in(later, "RobotLogs") == rows_in(before, "RobotLogs")


async def test_merged_files_have_the_rights_of_the_others(life, tmp_path):
    lake = tmp_path / "lake"
    await nights(life, lake, number=3, mode=0o640)
    await compact(lake, look_back=NO_TIME)
    rights = {file.name: stat.S_IMODE(file.stat().st_mode) for file in lake.rglob("*") if file.is_file()}
    assert {name for name in rights if "-g2" in name}
    assert {name: mode for name, mode in rights.items() if mode != 0o640} == {}


async def test_a_lake_that_had_no_mark_gets_none(life, tmp_path):
    await nights(life, tmp_path, number=3)
    (tmp_path / "_SUCCESS").unlink()
    for _ in range(2):
        await compact(tmp_path, look_back=NO_TIME)
        assert not (tmp_path / "_SUCCESS").exists()
        assert [each for each in verify(tmp_path).problems if "_SUCCESS" not in each] == []


@pytest.mark.parametrize("altered", [0, 1])
async def test_what_is_not_stored_as_it_was_written_never_counts(life, tmp_path, altered):
    await nights(life, tmp_path, number=3, names=("Jobs",))
    before = files_at(tmp_path)

    class Altering(LocalDisk):
        def read(self, name, /):
            data = super().read(name)
            found = name.startswith("_tmp-") if altered == 0 else "-g2." in name
            return data[:-2] + b"?\n" if found else data

    disk = Altering(tmp_path)
    compactor = Compactor.open(disk, LocalFileStore(disk), None, NO_TIME)
    with pytest.raises(ExportError, match="is not what was written"):
        compactor.compact("Jobs")
    compactor.journal.close()
    assert files_at(tmp_path) == before
    assert not (tmp_path / "_SUCCESS").exists()
    await compact(tmp_path, look_back=NO_TIME)
    assert verify(tmp_path).is_sound


async def test_an_export_after_a_compaction_that_was_killed_publishes_the_lake_again(life, tmp_path):
    await nights(life, tmp_path, number=3, names=("Jobs",))
    disk = LocalDisk(tmp_path)
    compactor = Compactor.open(disk, LocalFileStore(disk), None, NO_TIME)
    compactor.compact("Jobs")
    compactor.journal.close()
    assert any("run compact or the same export again" in each for each in verify(tmp_path).problems)
    await nights(life, tmp_path, number=1, names=("Jobs",))
    assert verify(tmp_path).is_sound


async def test_a_compressed_file_is_refused(life, tmp_path):
    await nights(life, tmp_path / "lake", number=1, names=("Jobs",))
    [jobs] = [each for each in lists_of(life.tenant) if each.entity_set == "Jobs"]
    life.tenant.failing = 1
    with pytest.raises(OrchestratorError):
        await export(jobs, tmp_path / "rows.jsonl.gz", page_size=1, part_rows=1)
    with pytest.raises(ExportError, match=r"is one file that grows, compressed or not"):
        await compact(tmp_path / "rows.jsonl.gz.partial")
    life.tenant.failing = None
    await export(jobs, tmp_path / "rows.jsonl.gz", page_size=1, part_rows=1)
    with pytest.raises(ExportError, match=r"is a file"):
        await compact(tmp_path / "rows.jsonl.gz")
