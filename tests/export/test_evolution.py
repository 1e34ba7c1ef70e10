"""A lake outlives its first question: sets, columns, hosts and ends in time change, and nothing is lost or read twice."""

from __future__ import annotations

import datetime as dt

import duckdb
import orjson
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import ExportError
from uipath_odata.export import ExportList, Privacy, export, verify
from uipath_odata.odata.expr.expression import path
from uipath_odata.odata.instant import Instant
from uipath_odata.operations.audit_logs import AuditLogs
from uipath_odata.operations.jobs import Jobs
from uipath_odata.operations.releases import Releases
from uipath_odata.operations.robot_logs import RobotLogs
from uipath_odata.settings import Settings

from .tenant import Tenant, moment

NIGHT = dt.datetime(2024, 5, 2, 2, tzinfo=dt.UTC)
HOST = "https://orchestrator.test/acme/Default"


@pytest.fixture
def tenant():
    made = Tenant(NIGHT, page_cap=50)
    made.sets = {
        "Jobs": [job(number, NIGHT) for number in range(1, 8)],
        "Releases": [{"Id": 1, "Name": "R"}],
        "AuditLogs": [],
        "RobotLogs": [],
    }
    return made


def job(number, at):
    return {
        "Id": number,
        "Key": f"k{number}",
        "State": "Running",
        "InputArguments": "{}",
        "CreationTime": moment(at),
        "LastModificationTime": moment(at),
    }


def a(kind, tenant, host=HOST):
    return kind._of(TenantChannel(tenant, URL(host), Settings(settle_lag=dt.timedelta(minutes=5))))


def rows_in(lake, name):
    return [
        orjson.loads(line)
        for file in lake.glob(f"{name}/**/part-*")
        for line in file.read_bytes().splitlines()
    ]


def ids_in(lake, name):
    return sorted(row["Id"] for row in rows_in(lake, name))


def facts_of(lake, name):
    return orjson.loads((lake / "_job.json").read_bytes())["sets"][name]


async def two_nights(tenant, lake, first, second, then=None, now=None):
    """Export twice; between them a day passes, and a job comes."""
    await export(first, lake, since="last", **(then or {}))
    tenant.now += dt.timedelta(days=1)
    tenant.sets["Jobs"].append(job(8, tenant.now))
    summary = await export(second, lake, since="last", **(now or {}))
    assert summary.is_complete
    assert verify(lake).is_sound, verify(lake).problems


async def test_another_set_joins_a_lake_and_the_first_goes_on_as_it_was(tenant, tmp_path):
    await two_nights(tenant, tmp_path, a(Jobs, tenant), a(Releases, tenant))
    assert ids_in(tmp_path, "Jobs") == [*range(1, 8)]
    await export([a(Jobs, tenant), a(Releases, tenant)], tmp_path, since="last")
    assert {*ids_in(tmp_path, "Jobs")} == {*range(1, 9)}
    assert ids_in(tmp_path, "Releases") == [1]
    assert (tmp_path / "_SUCCESS").exists()


async def test_a_set_may_be_made_once_beside_one_that_is_kept_up_to_date(tenant, tmp_path):
    await export(a(Jobs, tenant), tmp_path, since="last")
    await export(a(Releases, tenant), tmp_path, partition_by="date")
    assert facts_of(tmp_path, "Jobs")["since"] == "last"
    assert facts_of(tmp_path, "Releases")["since"] is None
    tenant.requests.clear()
    await export(a(Releases, tenant), tmp_path, partition_by="date")
    assert not tenant.requests
    assert verify(tmp_path).is_sound


async def test_another_part_size_and_a_renamed_host_change_nothing_else(tenant, tmp_path):
    other = a(Jobs, tenant, "https://rpa.acme.com/acme/Default")
    await two_nights(tenant, tmp_path, a(Jobs, tenant), other, {"part_rows": 2}, {"part_rows": 3})
    assert {*ids_in(tmp_path, "Jobs")} == {*range(1, 9)}
    assert facts_of(tmp_path, "Jobs")["schema"] == 1


async def test_a_dropped_column_is_another_version_of_the_columns(tenant, tmp_path):
    await two_nights(
        tenant,
        tmp_path,
        a(Jobs, tenant),
        a(Jobs, tenant),
        now={"privacy": Privacy(drop=("InputArguments",))},
    )
    [last] = [row for row in rows_in(tmp_path, "Jobs") if row["Id"] == 8]
    assert "InputArguments" not in last
    assert facts_of(tmp_path, "Jobs")["schema"] == 2
    manifest = orjson.loads((tmp_path / "_manifest.json").read_bytes())
    assert [file.get("schema", 1) for file in manifest["lists"]["Jobs"]["files"]] == [1, 2]


async def test_an_export_that_was_made_once_is_read_anew_where_its_columns_change(tenant, tmp_path):
    await export(a(Jobs, tenant), tmp_path, part_rows=2)
    await export(a(Jobs, tenant), tmp_path, part_rows=2, privacy=Privacy(drop=("InputArguments",)))
    rows = rows_in(tmp_path, "Jobs")
    assert sorted(row["Id"] for row in rows) == [*range(1, 8)]
    assert not any("InputArguments" in row for row in rows)
    assert verify(tmp_path).is_sound


@pytest.mark.parametrize("since", ["last", None])
async def test_a_later_end_reads_what_the_former_kept_out(tenant, tmp_path, since):
    day = dt.timedelta(days=1)
    times = [NIGHT - 3 * day + number * dt.timedelta(hours=7) for number in range(10)]
    tenant.sets["RobotLogs"] = [
        {"Id": 0, "TimeStamp": moment(at), "Message": str(number), "Level": "Info"}
        for number, at in enumerate(times)
    ]
    # Their Ids do not rise with their times.
    tenant.sets["AuditLogs"] = [
        {"Id": 10 - number, "ExecutionTime": moment(at)} for number, at in enumerate(times)
    ]
    tenant.sets["Jobs"] = [
        {**job(10 - number, NIGHT), "CreationTime": moment(at)} for number, at in enumerate(times)
    ]
    ends = [NIGHT - 2 * day, NIGHT - 1.5 * day, None]
    for end in ends:
        asked = []
        for kind, time in ((RobotLogs, "TimeStamp"), (AuditLogs, "ExecutionTime"), (Jobs, "CreationTime")):
            query = a(kind, tenant).filter(path(time) >= Instant.from_datetime(times[1]))
            asked.append(query if end is None else query.filter(path(time) < Instant.from_datetime(end)))
        await export(asked, tmp_path, since=since)
        wanted = sorted(moment(at) for at in times[1:] if at < (end or tenant.now - dt.timedelta(minutes=5)))
        for name, time in (("RobotLogs", "TimeStamp"), ("AuditLogs", "ExecutionTime")):
            assert sorted(row[time] for row in rows_in(tmp_path, name)) == wanted, (name, end)
        assert {row["CreationTime"] for row in rows_in(tmp_path, "Jobs")} == {*wanted}
        assert verify(tmp_path).is_sound


async def test_an_earlier_end_is_refused_for_a_lake_keeps_what_it_has(tenant, tmp_path):
    def until(end):
        return a(Jobs, tenant).filter(path("CreationTime") < Instant.parse(end))

    await export(until("2024-05-03T00:00:00Z"), tmp_path, since="last")
    await export(until("2024-05-03T00:00:00.5Z"), tmp_path, since="last")
    for earlier in ("2024-05-01T00:00:00Z", "2024-05-03T00:00:00Z"):
        with pytest.raises(
            ExportError, match=f"until of Jobs was '2024-05-03T00:00:00.5Z' and is '{earlier}'"
        ):
            await export(until(earlier), tmp_path, since="last")


async def test_a_run_that_was_killed_ends_with_its_own_end_in_time(tenant, tmp_path):
    logs = [
        {
            "Id": 0,
            "TimeStamp": moment(NIGHT - number * dt.timedelta(hours=1)),
            "Message": str(number),
            "Level": "Info",
        }
        for number in range(1, 60)
    ]
    tenant.sets["RobotLogs"], tenant.page_cap = logs, 5

    def until(hours):
        return a(RobotLogs, tenant).filter(
            path("TimeStamp") < Instant.from_datetime(NIGHT - dt.timedelta(hours=hours))
        )

    tenant.failing = 9
    with pytest.raises(Exception, match="dead"):
        await export(until(20), tmp_path, since="last", part_rows=5)
    tenant.failing = None
    for _ in range(2):
        await export(until(3), tmp_path, since="last", part_rows=5)
    assert sorted(int(row["Message"]) for row in rows_in(tmp_path, "RobotLogs")) == [*range(4, 60)]


async def test_the_one_file_has_one_set_of_columns(tenant, tmp_path):
    tenant.page_cap, tenant.failing = 2, 2
    file = tmp_path / "jobs.csv"
    with pytest.raises(Exception, match="dead"):
        await export(a(Jobs, tenant), file, part_rows=2)
    tenant.failing = None
    with pytest.raises(ExportError, match="cannot be continued, columns of Jobs"):
        await export(a(Jobs, tenant), file, privacy=Privacy(drop=("InputArguments",)))
    await export(a(Jobs, tenant), file, part_rows=3)
    assert [*pd.read_csv(file)["Id"]] == [*range(1, 8)]


def unified(files):
    return pa.unify_schemas([pq.read_schema(file) for file in files], promote_options="permissive")


def by_duckdb(lake, files):
    del files
    found = duckdb.sql(
        f"select * from read_parquet('{lake}/Jobs/**/*.parquet', union_by_name = true) order by Id"
    )
    return found.to_arrow_table().to_pylist()


def by_polars(lake, files):
    del lake
    frames = [pl.scan_parquet(file) for file in files]
    return pl.concat(frames, how="diagonal_relaxed").sort("Id").collect().to_dicts()


def by_pandas(lake, files):
    frame = pd.read_parquet(lake / "Jobs", schema=unified(files)).sort_values("Id")
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def by_pyarrow(lake, files):
    dataset = ds.dataset(lake / "Jobs", schema=unified(files), format="parquet")
    return dataset.sort_by("Id").to_table().to_pylist()


READERS = {
    "duckdb": by_duckdb,
    "polars": by_polars,
    "pandas": by_pandas,
    "pyarrow": by_pyarrow,
}


@pytest.mark.parametrize("reader", READERS)
async def test_readers_see_null_in_old_parts_where_a_column_came_later(tenant, tmp_path, reader):
    few = ExportList("Jobs", a(Jobs, tenant).select(path("Key"), path("Robot/Name")))
    more = ExportList(
        "Jobs", a(Jobs, tenant).select(path("Key"), path("State"), path("Robot/Name"), path("Robot/Type"))
    )
    for row in tenant.sets["Jobs"]:
        row["Robot"] = {"Name": "Bot"}
    await export(few, tmp_path, "parquet", since="last")
    tenant.now += dt.timedelta(days=1)
    new = {**job(8, tenant.now), "Robot": {"Name": "Bot", "Type": "Unattended"}}
    tenant.sets["Jobs"] = [new]
    await export(more, tmp_path, "parquet", since="last")
    files = sorted((tmp_path / "Jobs").rglob("*.parquet"))
    rows = READERS[reader](tmp_path, files)
    assert [row["Id"] for row in rows] == [*range(1, 9)]
    assert [row["State"] for row in rows] == [None] * 7 + ["Running"]
    assert [row["Robot"]["Name"] for row in rows] == ["Bot"] * 8
    assert rows[-1]["Robot"]["Type"] == "Unattended"
