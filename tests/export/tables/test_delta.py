"""What delta-rs and DuckDB read from the tables is what the lake holds, whatever happened on the way."""

from __future__ import annotations

import random
import shutil
import sys
from collections import Counter

import duckdb
import orjson
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from uipath_odata.errors import ExportError, OrchestratorError, QueryError
from uipath_odata.export import export
from uipath_odata.export.places.file_store import LocalFileStore
from uipath_odata.export.tables import delta, writing
from uipath_odata.odata.expr.expression import path

from ..life import Life
from ..test_churn import lists_of

MERGED = ("Jobs", "QueueItems")


def files_of(lake, name):
    manifest = orjson.loads((lake / "_manifest.json").read_bytes())
    return [str(lake / file["name"]) for file in manifest["lists"][name]["files"]]


def current(lake, name):
    """The rows of a set as DuckDB finds them in the parts, of merged sets the newest of each Id."""
    rows = f"SELECT * FROM read_parquet({files_of(lake, name)}, union_by_name = true, filename = true, file_row_number = true)"
    if name in MERGED:
        newest = "row_number() OVER (PARTITION BY Id ORDER BY _read_at DESC, filename DESC, file_row_number DESC) = 1"
        rows = f"SELECT * FROM ({rows} QUALIFY {newest})"
    if name == "QueueItems":
        rows = f"{rows} WHERE _deleted IS NOT TRUE"
    return duckdb.sql(f"SELECT * EXCLUDE (filename, file_row_number) FROM ({rows})").to_arrow_table()


def as_set(table):
    names = sorted(table.schema.names)
    rows = [repr([row[name] for name in names]) for row in table.to_pylist()]
    return sorted(row.replace("'Etc/UTC'", "'UTC'") for row in rows)


def table_of(root, name):
    return pa.table(DeltaTable(f"{root}/{name}").to_pyarrow_table())


def assert_same(lake, root):
    for each in ("Jobs", "QueueItems", "RobotLogs", "AuditLogs", "Releases", "Jobs_ids"):
        assert as_set(table_of(root, each)) == as_set(current(lake, each)), each


async def night(tenant, lake, root, **options):
    return await export(lists_of(tenant), lake, "parquet", since="last", table=f"delta:{root}", **options)


async def test_the_tables_equal_the_lake_after_each_night_though_the_line_dies(tmp_path):
    life, lake, root = Life(random.Random(0)), tmp_path / "lake", tmp_path / "tables"
    for number in range(5):
        life.day()
        life.tenant.failing = 25 if number == 2 else None
        if life.tenant.failing:
            with pytest.raises(OrchestratorError):
                await night(life.tenant, lake, root, part_rows=40)
            life.tenant.failing = None
        await night(life.tenant, lake, root, part_rows=40)
        assert_same(lake, root)
    versions = DeltaTable(f"{root}/Jobs").history()
    assert len(versions) <= 5


@pytest.fixture
def life():
    life = Life(random.Random(5))
    life.day()
    return life


async def test_nights_without_the_option_are_made_up_for(life, tmp_path):
    lake, root = tmp_path / "lake", tmp_path / "tables"
    await night(life.tenant, lake, root)
    life.day()
    await export(lists_of(life.tenant), lake, "parquet", since="last")
    life.day()
    await export(lists_of(life.tenant), lake, "parquet", since="last")
    await night(life.tenant, lake, root)
    assert_same(lake, root)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("at", [0, 2])
async def test_killed_before_or_after_a_commit_the_next_run_adds_nothing_twice(
    life, tmp_path, monkeypatch, at, is_after
):
    lake, root = tmp_path / "lake", tmp_path / "tables"
    await night(life.tenant, lake, root)
    life.day()
    write, commits = delta.DeltaTable.write, []

    def killing(*args):
        if len(commits) == at and not is_after:
            raise Killed
        write(*args)
        commits.append(args)
        if len(commits) > at:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(delta.DeltaTable, "write", killing)
        with pytest.raises(Killed):
            await night(life.tenant, lake, root)
    await night(life.tenant, lake, root)
    assert_same(lake, root)


async def test_a_night_on_which_nothing_changed_commits_nothing_to_sets_that_grow(life, tmp_path):
    lake, root = tmp_path / "lake", tmp_path / "tables"
    await night(life.tenant, lake, root)
    before = DeltaTable(f"{root}/Jobs").version()
    await night(life.tenant, lake, root)
    assert DeltaTable(f"{root}/Jobs").version() == before


async def test_a_column_that_is_added_or_left_out_later_is_null_where_the_lake_has_none(life, tmp_path):
    lake, root = tmp_path / "lake", tmp_path / "tables"
    jobs = lists_of(life.tenant)[0]

    async def selected(*names):
        each = type(jobs)("Jobs", jobs.query.select(*map(path, names)))
        await export(each, lake, "parquet", since="last", table=f"delta:{root}")

    await selected("Id", "State")
    life.day()
    await selected("Id", "State", "CreationTime")
    life.day()
    await selected("Id", "CreationTime")
    assert "CreationTime" in table_of(root, "Jobs").schema.names
    assert as_set(table_of(root, "Jobs")) == as_set(current(lake, "Jobs"))


async def test_a_table_of_another_lake_or_program_is_refused_before_a_row_is_read(life, tmp_path):
    root = tmp_path / "tables"
    await night(life.tenant, tmp_path / "lake", root)
    life.day()
    asked = life.tenant.requests["RobotLogs"]
    with pytest.raises(ExportError, match="no rows of this lake"):
        await night(life.tenant, tmp_path / "another", root)
    write_deltalake(f"{tmp_path}/theirs/Jobs", pa.table({"Id": ["text"]}))
    with pytest.raises(ExportError, match="no rows of this lake"):
        await night(life.tenant, tmp_path / "third", tmp_path / "theirs")
    assert life.tenant.requests["RobotLogs"] == asked
    assert not [*tmp_path.glob("another/Jobs/*"), *tmp_path.glob("third/Jobs/*")]


async def test_a_table_that_somebody_gave_a_column_of_another_type_is_refused(life, tmp_path):
    lake, root = tmp_path / "lake", tmp_path / "tables"
    await night(life.tenant, lake, root)
    held = table_of(root, "Jobs")
    column = held.schema.get_field_index("State")
    numbers = pa.array([1] * held.num_rows, pa.int64())
    write_deltalake(
        f"{root}/Jobs", held.set_column(column, "State", numbers), mode="overwrite", schema_mode="overwrite"
    )
    life.day()
    with pytest.raises(ExportError, match=r"State|another type"):
        await night(life.tenant, lake, root)


@pytest.mark.parametrize("place", [-1, 100], ids=["its end", "its rows"])
async def test_a_part_that_was_altered_reaches_no_table(life, tmp_path, monkeypatch, place):
    lake, root = tmp_path / "lake", tmp_path / "tables"
    monkeypatch.setattr(writing.DeltaTable, "write", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(ExportError, match="disk full"):
        await night(life.tenant, lake, root)
    assert not (lake / "_SUCCESS").exists()
    monkeypatch.undo()
    part = next((lake / "Jobs").glob("*.parquet"))
    data = bytearray(part.read_bytes())
    data[place] ^= 255
    part.write_bytes(data)
    with pytest.raises(ExportError, match="not what the journal counts"):
        await night(life.tenant, lake, root)
    assert not DeltaTable.is_deltatable(f"{root}/Jobs")


@pytest.mark.parametrize("is_silent", [False, True])
async def test_a_lake_that_was_put_back_to_an_earlier_state_is_refused(life, tmp_path, is_silent):
    lake, root, saved = tmp_path / "lake", tmp_path / "tables", tmp_path / "saved"
    await night(life.tenant, lake, root)
    shutil.copytree(lake, saved)
    life.day()
    await night(life.tenant, lake, root)
    life.day()
    if is_silent:  # its runs get the numbers that the table has
        await export(lists_of(life.tenant), saved, "parquet", since="last")
    with pytest.raises(ExportError, match="that the journal does not have"):
        await night(life.tenant, saved, root)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"table": "lance:there"}, "write delta:ROOT"),
        ({"table": "delta"}, "write delta:ROOT"),
        ({"table": "delta:"}, "does not say where"),
        ({"table": "iceberg:catalog"}, "does not name a catalog and a namespace"),
        ({"table": "delta:{lake}/tables"}, "outside"),
        ({"table": "delta:{root}", "timestamps": "ns"}, "timestamps=ns"),
        ({"table": "delta:{root}", "overwrite": True}, "exclude each other"),
        ({"table": "delta:{root}", "format": "jsonl"}, "format=parquet"),
    ],
)
async def test_what_does_not_go_together_is_refused_before_anything_is_asked(
    life, tmp_path, options, message
):
    table = options["table"].format(lake=tmp_path / "lake", root=tmp_path / "tables")
    with pytest.raises(QueryError, match=message):
        await export(
            lists_of(life.tenant), tmp_path / "lake", **{"format": "parquet", **options, "table": table}
        )
    assert not life.tenant.requests
    assert not (tmp_path / "lake").exists()


async def test_without_the_library_the_error_names_what_to_install(life, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(QueryError, match=r"pip install 'uipath-odata\[delta\]'"):
        await night(life.tenant, tmp_path / "lake", tmp_path / "tables")
    assert not life.tenant.requests


async def test_each_part_is_read_once_for_a_table(life, tmp_path, monkeypatch):
    lake, root = tmp_path / "lake", tmp_path / "tables"
    await night(life.tenant, lake, root)
    life.day()
    read, names = LocalFileStore.read, Counter()

    def counting(store, name):
        names[name] += "/part-" in name
        return read(store, name)

    monkeypatch.setattr(LocalFileStore, "read", counting)
    await night(life.tenant, lake, root)
    assert set((+names).values()) == {1}
    assert_same(lake, root)
