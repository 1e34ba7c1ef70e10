"""Engines that know the Arrow stream interface read a scan as it is."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from uipath_odata.errors import QueryError
from uipath_odata.partitions import Scan, partitions
from uipath_odata.partitions.process_loop import process_loop


@pytest.fixture
def logs(emulator, acme):
    return Scan(partitions(acme, "RobotLogs", target_rows=1_500))


def test_duckdb_reads_it_anew_in_each_statement(emulator, logs):
    count = "select count(*), count(distinct TimeStamp_text) from logs"
    assert duckdb.sql(count).fetchall() == [(6_000, 6_000)]
    emulator.sql("delete from RobotLogs where Message = 'row 5'")
    assert duckdb.sql(count).fetchall() == [(5_999, 5_999)]


def test_pandas_and_pyarrow_read_it(logs):
    frame = pd.DataFrame.from_arrow(logs)
    assert len(frame) == 6_000
    table = pa.table(logs)
    assert table.schema == logs.schema
    assert table.num_rows == 6_000
    assert pa.schema(logs) == logs.schema


def test_polars_reads_it(logs):
    polars = pytest.importorskip("polars")
    assert polars.DataFrame(logs).height == 6_000


def test_a_stream_that_is_dropped_ends_its_requests(emulator, acme):
    emulator.insert("Robots", ({"Id": number} for number in range(1, 20_001)))
    robots = Scan(partitions(acme, "Robots", target_rows=30_000))
    begun = emulator.requests["GET /odata/Robots"]
    reader = robots.reader()
    reader.read_next_batch()
    del reader
    asked = emulator.requests["GET /odata/Robots"]
    assert asked - begun < 15
    assert len(duckdb.sql("select Id from robots limit 1").fetchall()) == 1
    [client] = process_loop()._clients.values()
    assert client.requests_under_way == 0
    assert emulator.requests["GET /odata/Robots"] - asked < 15


def test_nanoseconds_keep_the_seventh_digit(emulator, acme):
    [partition] = partitions(acme, "RobotLogs")
    table = Scan(partition, timestamps="ns", columns=["TimeStamp"]).reader().read_all()
    assert table.schema.field("TimeStamp").type == pa.timestamp("ns", "UTC")
    ticks = {value.value // 100 for value in table.column("TimeStamp")}
    assert len(ticks) == 6_000


def test_lists_of_other_columns_are_not_one_table(emulator, acme):
    planned = partitions(acme, ["RobotLogs", "Robots"])
    with pytest.raises(QueryError, match="other columns"):
        Scan(planned)
    with pytest.raises(QueryError, match="at least one partition"):
        Scan([])


def test_importing_partitions_imports_no_engine():
    show = "import uipath_odata.partitions as p, sys; [getattr(p, name) for name in p.__all__]; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", show], capture_output=True, text=True, check=True
    ).stdout.split()
    tops = {name.partition(".")[0] for name in loaded}
    assert not tops & {
        "dask",
        "distributed",
        "pyspark",
        "dlt",
        "polars",
        "pandas",
        "duckdb",
        "ray",
        "deltalake",
    }
    assert not any(name.startswith("uipath_odata.engines") for name in loaded)
