"""A compressed file is read by others as the plain one, however often it was continued."""

from __future__ import annotations

import gzip

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.errors import QueryError
from uipath_odata.export import export, exporting
from uipath_odata.export.file_bytes import file_bytes
from uipath_odata.export.formats.row_count import rows_in
from uipath_odata.export.places.place import place_of


@pytest.fixture
async def orchestrator():
    async with Emulator() as emulator, emulator.client() as client:
        yield client


@pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst", "csv.gz", "csv.zst"])
async def test_a_compressed_file_holds_the_bytes_of_the_plain_one(orchestrator, tmp_path, ending):
    plain = tmp_path / f"plain.{ending.partition('.')[0]}"
    await export(orchestrator.jobs, plain, part_rows=700)
    packed = tmp_path / f"rows.{ending}"
    await export(orchestrator.jobs, packed, part_rows=700)
    with pa.input_stream(
        packed, compression={"gz": "gzip", "zst": "zstd"}[ending.rpartition(".")[2]]
    ) as file:
        assert file.read() == plain.read_bytes()
    assert packed.stat().st_size < plain.stat().st_size / 3


async def test_other_readers_read_all_members(orchestrator, tmp_path):
    for ending in ("jsonl.gz", "jsonl.zst"):
        await export(orchestrator.jobs, tmp_path / f"rows.{ending}", part_rows=700)
    assert len(pd.read_json(tmp_path / "rows.jsonl.gz", lines=True)) == 3_000
    found = duckdb.sql(f"select count(*) from read_json('{tmp_path}/rows.jsonl.zst')")
    assert found.fetchall() == [(3_000,)]
    with gzip.open(tmp_path / "rows.jsonl.gz") as lines:
        assert sum(1 for _ in lines) == 3_000


async def test_an_export_that_was_stopped_continues_with_another_member(orchestrator, tmp_path):
    file = tmp_path / "rows.jsonl.gz"
    async with exporting(orchestrator.jobs, file, part_rows=500, page_size=250) as run:
        async for event in run:
            if event.parts == 2:
                run.stop()
    assert not file.exists()
    await export(orchestrator.jobs, file, part_rows=500, page_size=250)
    assert len(set(gzip.decompress(file.read_bytes()).splitlines())) == 3_000


@pytest.mark.parametrize(
    "name", ["rows.json", "rows.txt", "rows.parquet.gz", "rows.gz", "rows.xlsx", "rows.tar"]
)
def test_an_ending_that_means_nothing_is_refused(tmp_path, name):
    with pytest.raises(QueryError, match=r"not written|compressed as a whole"):
        place_of(tmp_path / name, None)


@pytest.mark.parametrize("name", ["lake", "lake.v2", "2024.05", "lake.parquet"])
def test_other_names_are_directories(tmp_path, name):
    assert place_of(tmp_path / name, None).file is None


@pytest.mark.parametrize(
    ("data", "name"), [(b"\x1f\x8b\x08 broken", "rows.jsonl.gz"), (b"broken", "rows.jsonl.zst")]
)
def test_damage_has_no_number_of_rows(data, name):
    assert rows_in(lambda start=0: iter([data[start:]]), len(data), "jsonl", name, header=False) is None


async def test_the_bytes_of_a_file_come_page_by_page(orchestrator, tmp_path):
    await export(orchestrator.jobs, tmp_path / "rows.csv")
    rows = file_bytes(orchestrator.jobs, "csv", page_size=500)
    pieces = [piece async for piece in rows]
    assert len(pieces) >= 6
    assert b"".join(pieces) == (tmp_path / "rows.csv").read_bytes()
    assert rows.proven


async def test_parquet_may_come_as_bytes_too(orchestrator):
    data = b"".join([piece async for piece in file_bytes(orchestrator.jobs.top(10), "parquet")])
    assert pa.parquet.read_table(pa.BufferReader(data)).num_rows == 10


async def test_options_of_a_directory_are_refused(orchestrator):
    with pytest.raises(QueryError, match="need a directory"):
        file_bytes(orchestrator.jobs, since="last")
