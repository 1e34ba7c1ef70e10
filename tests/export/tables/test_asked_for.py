"""Tables that the command and run files ask for, and processes that are killed at a commit."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import subprocess
import sys

import attrs
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from pyiceberg.table import StaticTable

from uipath_odata.errors import QueryError
from uipath_odata.export import load_run

from ..life import Life
from .test_delta import assert_same, night, table_of

KILLED = """
import asyncio, os, random, signal
from pathlib import Path
from tests.export.life import Life
from tests.export.tables.test_delta import night
from uipath_odata.export.tables.delta import DeltaTable

life, lake, root = Life(random.Random(5)), Path({lake!r}), Path({root!r})
life.day()
asyncio.run(night(life.tenant, lake, root))
life.day()
write, commits = DeltaTable.write, []

def killing(*args):
    commits.append(args)
    if len(commits) == 2 and not {is_after}:
        os.kill(os.getpid(), signal.SIGKILL)
    write(*args)
    if len(commits) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

DeltaTable.write = killing
asyncio.run(night(life.tenant, lake, root))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
@pytest.mark.parametrize("is_after", [False, True])
async def test_a_process_killed_at_a_commit_loses_nothing_and_adds_nothing_twice(tmp_path, is_after):
    lake, root = tmp_path / "lake", tmp_path / "tables"
    program = KILLED.format(lake=str(lake), root=str(root), is_after=is_after)
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", program], check=False)
    assert killed.returncode == -9
    life = Life(random.Random(5))
    life.day()
    life.day()
    await night(life.tenant, lake, root)
    assert_same(lake, root)


async def test_the_command_writes_tables(emulator, tmp_path):
    asked = ("--format", "parquet", "--table", f"delta:{tmp_path}/tables", "--progress", "none")
    done = await command(emulator, "export", "RobotLogs", "--output", tmp_path / "lake", *asked)
    assert done.code == 0, done.err
    assert table_of(tmp_path / "tables", "RobotLogs").num_rows == 2_500
    again = await command(emulator, "export", "RobotLogs", "--output", tmp_path / "lake", *asked)
    assert again.code == 0, again.err
    assert DeltaTable(f"{tmp_path}/tables/RobotLogs").version() == 0


async def test_a_table_that_fails_leaves_the_lake_and_the_other_table_and_is_written_later(
    emulator, tmp_path
):
    tables, lake = tmp_path / "tables", tmp_path / "lake"
    emulator.insert("Robots", [{"Id": 1, "Name": "one"}])
    (tables / "Robots").mkdir(parents=True)
    (tables / "Robots" / "_delta_log").write_text("in the way")
    asked = ("Robots", "RobotLogs", "--output", lake, "--format", "parquet", "--table", f"delta:{tables}")
    done = await command(emulator, "export", *asked, "--progress", "none")
    assert done.code == 3, done.err
    assert "Robots was not written" in done.err
    assert "the lake has the rows" in done.err
    assert "Traceback" not in done.err
    assert table_of(tables, "RobotLogs").num_rows == 2_500
    assert not (lake / "_SUCCESS").exists()
    (tables / "Robots" / "_delta_log").unlink()
    done = await command(emulator, "export", *asked, "--progress", "none")
    assert done.code == 0, done.err
    assert table_of(tables, "Robots").num_rows == pq.read_table(lake / "Robots").num_rows == 1
    assert DeltaTable(f"{tables}/RobotLogs").version() == 0
    assert (lake / "_SUCCESS").exists()


async def test_a_later_night_whose_commit_fails_ends_with_3_and_the_next_writes_it(emulator, tmp_path):
    tables, lake = tmp_path / "tables", tmp_path / "lake"
    emulator.insert("Robots", [{"Id": 1, "Name": "one"}])
    night = ("export", "Robots", "--output", lake, "--format", "parquet", "--since", "last")
    night += ("--table", f"delta:{tables}", "--progress", "none")
    assert (await command(emulator, *night)).code == 0
    emulator.insert("Robots", [{"Id": 2, "Name": "two"}])
    taken = tables / "Robots" / "_delta_log" / "00000000000000000001.json"  # the name of the next version
    (taken / "directory").mkdir(parents=True)
    done = await command(emulator, *night)
    assert done.code == 3, done.err
    assert "Robots was not written" in done.err
    assert "the lake has the rows" in done.err
    assert sorted(pq.read_table(lake / "Robots")["Id"].to_pylist()) == [1, 2]
    (taken / "directory").rmdir()
    taken.rmdir()
    done = await command(emulator, *night)
    assert done.code == 0, done.err
    assert sorted(table_of(tables, "Robots")["Id"].to_pylist()) == [1, 2]


async def test_an_iceberg_commit_that_fails_ends_with_3_and_the_next_run_writes_it(emulator, tmp_path):
    emulator.insert("Robots", [{"Id": 1, "Name": "one"}])
    environ = {
        **emulator.environ,
        "PYICEBERG_CATALOG__ICE__URI": f"sqlite:///{tmp_path}/catalog.db",
        "PYICEBERG_CATALOG__ICE__WAREHOUSE": f"file://{tmp_path}/warehouse",
    }
    night = ("export", "Robots", "--output", tmp_path / "lake", "--format", "parquet", "--since", "last")
    night += ("--table", "iceberg:ice.nights", "--progress", "none")
    assert (await command(emulator, *night, environ=environ)).code == 0
    emulator.insert("Robots", [{"Id": 2, "Name": "two"}])
    [data] = (tmp_path / "warehouse").rglob("Robots/data")
    data.rename(data.with_name("aside"))
    data.write_text("in the way")
    done = await command(emulator, *night, environ=environ)
    assert done.code == 3, done.err
    assert "Robots was not written" in done.err
    assert "the lake has the rows" in done.err
    data.unlink()
    data.with_name("aside").rename(data)
    done = await command(emulator, *night, environ=environ)
    assert done.code == 0, done.err
    with sqlite3.connect(tmp_path / "catalog.db") as catalog:
        [(metadata,)] = catalog.execute("SELECT metadata_location FROM iceberg_tables").fetchall()
    held = StaticTable.from_metadata(metadata).scan().to_arrow()
    assert sorted(held["Id"].to_pylist()) == [1, 2]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--output", "lake", "--table", "delta:t"], "--table=delta:t is made of|--table delta:t is made of"),
        (["--output", "-", "--format", "parquet", "--table", "delta:t"], "--table is for exports to files"),
        (["--output", "lake", "--format", "parquet", "--table", "hudi:t"], "write delta:ROOT"),
    ],
)
async def test_the_command_refuses_what_does_not_go_together(emulator, asked, message):
    done = await command(emulator, "export", "RobotLogs", *asked)
    assert done.code == 2
    assert any(each in done.err for each in message.split("|")), done.err
    assert not emulator.calls


@attrs.frozen
class Finished:
    code: int
    err: str


async def command(emulator, *arguments, environ=None):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uipath_odata.cli", *map(str, arguments)),
        env={**os.environ, **(environ or emulator.environ)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    return Finished(process.returncode, err.decode())


RUN = """
[defaults]
output = "{root}/lake/{{name}}"
format = "{format}"
table = "delta:{root}/tables/{table}"

[[export]]
sets = ["RobotLogs"]

[[tenant]]
name = "acme"
url = "{url}"
"""


def run_file(tmp_path, emulator, **said):
    file = tmp_path / "nightly.toml"
    known = {"root": tmp_path, "url": emulator.environ["UIPATH_URL"], "format": "parquet", "table": "{name}"}
    file.write_text(RUN.format_map({**known, **said}))
    return load_run(file, emulator.environ)


async def test_a_run_file_names_the_tables_of_each_tenant(emulator, tmp_path):
    run = run_file(tmp_path, emulator)
    await run.export(run.tenants[0])
    assert table_of(tmp_path / "tables" / "acme", "RobotLogs").num_rows == 2_500


async def test_a_run_file_whose_table_cannot_be_written_ends_with_3_and_the_same_again_writes_it(
    emulator, tmp_path
):
    run_file(tmp_path, emulator)
    blocked = tmp_path / "tables" / "acme" / "RobotLogs"
    blocked.mkdir(parents=True)
    (blocked / "_delta_log").write_text("in the way")
    asked = ("run", tmp_path / "nightly.toml", "--progress", "none")
    done = await command(emulator, *asked)
    assert done.code == 3, done.err
    assert "acme: " in done.err
    assert "RobotLogs was not written" in done.err
    assert "the lake has the rows" in done.err
    (blocked / "_delta_log").unlink()
    done = await command(emulator, *asked)
    assert done.code == 0, done.err
    assert table_of(tmp_path / "tables" / "acme", "RobotLogs").num_rows == 2_500


@pytest.mark.parametrize(
    ("said", "message"),
    [({"format": "jsonl"}, "format=parquet"), ({"table": "{nobody}"}, "table takes {name}")],
)
async def test_a_run_file_is_refused_where_tables_do_not_go(emulator, tmp_path, said, message):
    with pytest.raises(QueryError, match=message):
        run_file(tmp_path, emulator, **said)


def test_two_tenants_do_not_share_a_table(tmp_path):
    file = tmp_path / "nightly.toml"
    said = {
        "root": tmp_path,
        "url": "https://cloud.uipath.com/acme/Default",
        "format": "parquet",
        "table": "t",
    }
    other = '[[tenant]]\nname = "other"\nurl = "https://cloud.uipath.com/other/Default"\n'
    file.write_text(RUN.format_map(said) + other)
    with pytest.raises(QueryError, match="an output, table and state of its own"):
        load_run(file, {"UIPATH_ACCESS_TOKEN": "made-up"})
