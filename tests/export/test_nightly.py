"""Single nights that a month of random ones may not meet."""

from __future__ import annotations

import datetime as dt
import random

import duckdb
import orjson
import pytest

from uipath_odata.errors import BadRequest, OrchestratorError
from uipath_odata.export import ExportList, export
from uipath_odata.odata.expr.expression import path

from .life import Life
from .tenant import TOTAL, moment
from .test_churn import LAG, as_set, lists_of, plain, rows_of


@pytest.fixture
def life():
    life = Life(random.Random(1))
    life.day()
    life.day()
    return life


def logs_of(tenant):
    return [each for each in lists_of(tenant) if each.entity_set == "RobotLogs"]


def settled(tenant):
    until = (tenant.now - LAG).isoformat()
    return [row for row in tenant.sets["RobotLogs"] if row["TimeStamp"] < until]


async def test_r101_a_clock_that_goes_back_closes_no_interval_twice(life, tmp_path):
    tenant = life.tenant
    await export(logs_of(tenant), tmp_path / "lake", since="last")
    before = tenant.now
    tenant.now -= dt.timedelta(hours=7)
    await export(logs_of(tenant), tmp_path / "lake", since="last")
    tenant.now = before + dt.timedelta(hours=1)
    await export(logs_of(tenant), tmp_path / "lake", since="last")
    assert as_set(map(plain, rows_of(tmp_path / "lake", "RobotLogs"))) == as_set(settled(tenant))


def jobs_of(tenant):
    return [each for each in lists_of(tenant) if each.entity_set == "Jobs"]


def job(tenant, key, *, state="Running"):
    at = moment(tenant.now)
    return {"Id": key, "State": state, "CreationTime": at, "LastModificationTime": at}


def local(tenant, error=dt.timedelta(0)):
    """The clock of this machine while the tenant's is as far from the time as its error."""
    at = tenant.now - error
    return lambda: at


AHEAD = dt.timedelta(hours=5)


@pytest.mark.parametrize(
    "errors", [(AHEAD, 0 * AHEAD), (-AHEAD, 0 * AHEAD), (0 * AHEAD, AHEAD), (AHEAD, -AHEAD)]
)
async def test_r101_a_change_stamped_after_the_servers_clock_was_corrected_is_read(life, tmp_path, errors):
    tenant, lake = life.tenant, tmp_path / "lake"
    true, jobs = tenant.now, [job(tenant, key) for key in range(1, 2_000)]
    tenant.sets["Jobs"] = jobs
    tenant.now = true + errors[0]
    await export(jobs_of(tenant), lake, since="last", now=local(tenant, errors[0]))
    tenant.now = true + dt.timedelta(hours=1) + errors[1]
    jobs[0].update(State="Faulted", LastModificationTime=moment(tenant.now))
    tenant.now = true + dt.timedelta(hours=20) + errors[1]
    await export(jobs_of(tenant), lake, since="last", now=local(tenant, errors[1]))
    assert newest(rows_of(lake, "Jobs"))[1]["State"] == "Faulted"


@pytest.mark.parametrize("machine", [-AHEAD, AHEAD, 400 * AHEAD])
async def test_a_wrong_clock_of_this_machine_loses_no_change(life, tmp_path, machine):
    tenant, lake = life.tenant, tmp_path / "lake"
    tenant.sets["Jobs"] = jobs = [job(tenant, key) for key in range(1, 2_000)]
    await export(jobs_of(tenant), lake, since="last", now=local(tenant))
    tenant.now += dt.timedelta(hours=1)
    jobs[0].update(State="Faulted", LastModificationTime=moment(tenant.now))
    tenant.now += dt.timedelta(hours=19)
    await export(jobs_of(tenant), lake, since="last", now=local(tenant, -machine))
    assert newest(rows_of(lake, "Jobs"))[1]["State"] == "Faulted"


async def test_later_rows_of_an_id_are_later_by_read_at_though_the_clock_goes_back(life, tmp_path):
    tenant, lake = life.tenant, tmp_path / "lake"
    tenant.sets["Jobs"] = jobs = [job(tenant, 1)]
    for state in ("Running", "Suspended", "Faulted", "Successful"):
        jobs[0].update(State=state, LastModificationTime=moment(tenant.now))
        await export(jobs_of(tenant), lake, since="last", now=local(tenant))
        tenant.now -= dt.timedelta(hours=3)
    rows = sorted(rows_of(lake, "Jobs"), key=lambda row: row["_read_at"])
    assert [row["State"] for row in rows] == ["Running", "Suspended", "Faulted", "Successful"]
    assert len({row["_read_at"] for row in rows}) == 4


def newest(rows):
    return {row["Id"]: row for row in sorted(rows, key=lambda row: row["_read_at"])}


@pytest.mark.parametrize(("days", "is_found"), [(1, True), (0, False)])
async def test_audit_logs_that_came_late_are_looked_for_by_days_however_often_it_runs(
    life, tmp_path, days, is_found
):
    tenant = life.tenant
    audit_logs = [each for each in lists_of(tenant) if each.entity_set == "AuditLogs"]
    tenant.sets["AuditLogs"] = [{"Id": each, "Action": "first"} for each in range(1, 30, 2)]
    for hour in range(10):
        await export(audit_logs, tmp_path / "lake", since="last", look_back=dt.timedelta(days=days))
        tenant.now += dt.timedelta(hours=1)
        tenant.sets["AuditLogs"].append({"Id": 100 + hour, "Action": "of an hour"})
    tenant.sets["AuditLogs"].append({"Id": 2, "Action": "late"})
    await export(audit_logs, tmp_path / "lake", since="last", look_back=dt.timedelta(days=days))
    assert (2 in {row["Id"] for row in rows_of(tmp_path / "lake", "AuditLogs")}) is is_found


async def test_rows_that_are_gone_lie_where_readers_of_hive_directories_find_them(life, tmp_path):
    items = [each for each in lists_of(life.tenant) if each.entity_set == "QueueItems"]
    life.tenant.sets["QueueItems"] = [
        {"Id": each, "Status": "New", "CreationTime": "2024-05-01T00:00:00Z"} for each in (1, 2)
    ]
    for _ in range(2):
        await export(items, tmp_path / "lake", "parquet", since="last", partition_by="date")
        del life.tenant.sets["QueueItems"][0]
    files = f"{tmp_path}/lake/QueueItems/**/*.parquet"
    found = duckdb.sql(f"select Id, date from read_parquet('{files}', hive_partitioning=true) where _deleted")
    assert found.fetchall() == [(1, None)]


async def test_what_an_export_looks_at_is_selected_with_what_was_asked_for(life, tmp_path):
    (items,) = (each for each in lists_of(life.tenant) if each.entity_set == "QueueItems")
    life.tenant.sets["QueueItems"] = [
        {
            "Id": 1,
            "Status": "Successful",
            "CreationTime": "2024-05-01T00:00:00Z",
            "Key": "a",
            "Reference": "r",
        }
    ]
    few = ExportList("QueueItems", items.query.select(path("Reference")))
    await export(few, tmp_path / "lake", since="last", partition_by="date")
    (row,) = rows_of(tmp_path / "lake", "QueueItems")
    looked_at = {"Id", "Status", "CreationTime", "EndProcessing", "AncestorId", "ManualAncestorId"}
    assert {*row} == {"Reference", "_read_at", *looked_at}
    assert [*(tmp_path / "lake" / "QueueItems" / "date=2024-05-01").iterdir()]


class Uncounting:
    """A tenant that answers no GetTotalCount."""

    def __init__(self, tenant):
        self.tenant = tenant

    async def send(self, request, /, into=None):
        if request.path.endswith(TOTAL):
            raise BadRequest("no such function", status=400, method="GET", url=request.path)
        return await self.tenant.send(request, into)


async def test_where_the_server_does_not_count_closed_intervals_are_read_again(life, tmp_path):
    tenant = life.tenant
    for _ in range(6):
        await export(logs_of(Uncounting(tenant)), tmp_path / "lake", since="last", part_rows=5)
        assert as_set(map(plain, rows_of(tmp_path / "lake", "RobotLogs"))) == as_set(settled(tenant))
        life.day()


async def test_a_night_that_failed_is_gone_on_with_before_the_next(life, tmp_path):
    tenant, lake = life.tenant, tmp_path / "lake"
    await export(logs_of(tenant), lake, since="last", part_rows=5, page_size=5)
    life.day()
    life.day()
    pages = iter(range(2))

    class Failing:
        async def send(self, request, /, into=None):
            if not request.path.endswith(TOTAL) and next(pages, None) is None:
                raise OrchestratorError("the line is dead: try again")
            return await tenant.send(request, into)

    with pytest.raises(OrchestratorError, match="dead"):
        await export(logs_of(Failing()), lake, since="last", part_rows=5, page_size=5)
    assert not (lake / "_SUCCESS").exists()
    assert orjson.loads((lake / "_manifest.json").read_bytes())["complete"] is False
    until = (tenant.now - LAG).isoformat()
    life.day()
    await export(logs_of(tenant), lake, since="last", part_rows=5, page_size=5)
    rows = [*map(plain, rows_of(lake, "RobotLogs"))]
    closed = [row for row in tenant.sets["RobotLogs"] if row["TimeStamp"] < until]
    assert as_set(rows) == as_set(closed), "the night that failed is finished first, up to its own end"
    await export(logs_of(tenant), lake, since="last", part_rows=5, page_size=5)
    assert as_set(map(plain, rows_of(lake, "RobotLogs"))) == as_set(settled(tenant))
    assert (lake / "_SUCCESS").exists()


async def test_audit_logs_are_parted_by_the_day_of_their_execution_time(life, tmp_path):
    logs = [each for each in lists_of(life.tenant) if each.entity_set == "AuditLogs"]
    days = ("2024-04-30", "2024-05-01", "2024-05-01")
    life.tenant.sets["AuditLogs"] = [
        {"Id": number, "ExecutionTime": f"{day}T23:59:59.9Z"} for number, day in enumerate(days, 1)
    ]
    await export(logs, tmp_path / "lake", since="last", partition_by="date")
    found = {file.parent.name: len(file.read_bytes().splitlines()) for file in tmp_path.rglob("part-*")}
    assert found == {"date=2024-04-30": 1, "date=2024-05-01": 2}
