"""Rows that do not say when they changed: asked for until they are final, and written where they changed."""

from __future__ import annotations

import datetime as dt
import logging

import orjson
import pytest

from uipath_odata.errors import BadRequest
from uipath_odata.export import export, verify
from uipath_odata.operations.jobs import Jobs
from uipath_odata.operations.queue_items import QueueItems

from .tenant import Tenant, moment
from .test_evolution import a, job, rows_in

NIGHT = dt.datetime(2024, 5, 2, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def item(number, status="New", **more):
    return {"Id": number, "Status": status, "CreationTime": moment(NIGHT - 50 * DAY), **more}


@pytest.fixture
def tenant():
    made = Tenant(NIGHT, page_cap=100)
    made.sets = {"QueueItems": [], "Jobs": []}
    return made


def newest(lake, name, wire):
    rows = sorted(rows_in(lake, name), key=lambda row: row["_read_at"])
    return {row["Id"]: row.get(wire) for row in rows}


async def test_a_night_on_which_nothing_changed_writes_no_part(tenant, tmp_path):
    tenant.sets["QueueItems"] = [item(number, "New" if number % 3 else "Failed") for number in range(1, 40)]
    tenant.sets["Jobs"] = [job(number, NIGHT - DAY) for number in range(1, 40)]
    both = [a(QueueItems, tenant), a(Jobs, tenant)]
    await export(both, tmp_path, since="last")
    before = sorted(tmp_path.rglob("part-*"))
    for _ in range(3):
        tenant.now += DAY
        summary = await export(both, tmp_path, since="last")
        assert summary.is_complete
    assert sorted(tmp_path.rglob("part-*")) == before
    tenant.sets["QueueItems"][0]["Status"] = "InProgress"
    tenant.now += DAY
    await export(both, tmp_path, since="last")
    assert len(rows_in(tmp_path, "QueueItems")) == 40
    assert newest(tmp_path, "QueueItems", "Status")[1] == "InProgress"
    assert verify(tmp_path).is_sound


async def test_a_row_that_was_gone_is_written_again_when_it_comes_back_as_it_was(tenant, tmp_path):
    tenant.sets["QueueItems"] = [item(number) for number in range(1, 4)]
    await export(a(QueueItems, tenant), tmp_path, since="last")
    kept, tenant.sets["QueueItems"] = tenant.sets["QueueItems"], tenant.sets["QueueItems"][1:]
    for rows in (tenant.sets["QueueItems"], kept):
        tenant.now += DAY
        tenant.sets["QueueItems"] = rows
        await export(a(QueueItems, tenant), tmp_path, since="last")
    assert newest(tmp_path, "QueueItems", "_deleted") == {1: None, 2: None, 3: None}


@pytest.mark.parametrize(("days", "asked"), [(3, 0), (10, 1)])
async def test_items_that_failed_long_ago_are_not_asked_for_any_more(tenant, tmp_path, days, asked):
    tenant.sets["QueueItems"] = [
        item(number, "Failed", EndProcessing=moment(NIGHT - 5 * DAY)) for number in range(1, 9)
    ] + [item(2_000, "Successful")]
    options = {"since": "last", "final_after": days * DAY}
    await export(a(QueueItems, tenant), tmp_path, **options)
    for row in tenant.sets["QueueItems"][:8]:
        row["Status"] = "Retried"
    tenant.now += DAY
    await export(a(QueueItems, tenant), tmp_path, **options)
    statuses = newest(tmp_path, "QueueItems", "Status")
    assert {statuses[number] for number in range(1, 9)} == ({"Retried"} if asked else {"Failed"})


async def test_an_old_item_is_asked_for_again_once_another_try_of_it_comes(tenant, tmp_path):
    tenant.sets["QueueItems"] = [
        item(number, "Failed", EndProcessing=moment(NIGHT - 40 * DAY)) for number in range(1, 4)
    ] + [item(2_000, "Successful")]
    await export(a(QueueItems, tenant), tmp_path, since="last")
    tenant.sets["QueueItems"][1]["Status"] = "Retried"
    tenant.sets["QueueItems"].append(item(2_001, "New", AncestorId=2))
    for _ in range(2):
        tenant.now += DAY
        await export(a(QueueItems, tenant), tmp_path, since="last")
    assert newest(tmp_path, "QueueItems", "Status") == {
        1: "Failed",
        2: "Retried",
        3: "Failed",
        2_000: "Successful",
        2_001: "New",
    }


class Old:
    """A server of API 11: jobs have no LastModificationTime."""

    def __init__(self, tenant):
        self.tenant = tenant

    async def send(self, request, /, into=None):
        if "LastModificationTime" in request.query:
            raise BadRequest(
                "Could not find a property named 'LastModificationTime'",
                status=400,
                method="GET",
                url=request.path,
            )
        return await self.tenant.send(request, into)


async def test_an_older_server_is_noticed_on_the_first_night_and_the_mode_is_named(tenant, tmp_path, caplog):
    tenant.sets["Jobs"] = [
        {name: value for name, value in job(number, NIGHT).items() if name != "LastModificationTime"}
        for number in range(1, 2_000)
    ]
    tenant.page_cap = 1_000
    with caplog.at_level(logging.WARNING):
        await export(a(Jobs, Old(tenant)), tmp_path, since="last")
    assert "Jobs: this server does not know when a row changed" in caplog.text
    assert orjson.loads((tmp_path / "_job.json").read_bytes())["sets"]["Jobs"]["mode"] == "open"
    tenant.sets["Jobs"][0]["State"] = "Faulted"
    tenant.sets["Jobs"].append({"Id": 2_000, "State": "Running", "CreationTime": moment(NIGHT)})
    caplog.clear()
    tenant.now += DAY
    await export(a(Jobs, Old(tenant)), tmp_path, since="last")
    states = newest(tmp_path, "Jobs", "State")
    assert (states[1], states[2_000], len(rows_in(tmp_path, "Jobs"))) == ("Faulted", "Running", 2_001)
    assert not caplog.text
