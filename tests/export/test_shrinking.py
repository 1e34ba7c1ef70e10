"""A night that sees less: nothing of the set is changed, and what was gone for one answer comes back."""

from __future__ import annotations

import datetime as dt

import attrs
import orjson
import pytest

from uipath_odata.entities import RobotLog
from uipath_odata.errors import BadRequest, ExportError
from uipath_odata.export import export, verify

from .tenant import Tenant, moment
from .test_churn import lists_of, rows_of

NOW = dt.datetime(2024, 5, 10, 2, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def at(number):
    return moment(NOW - dt.timedelta(hours=60 - number))


@pytest.fixture
def tenant():
    made = Tenant(NOW, page_cap=20)
    made.sets = {
        "Jobs": [
            {"Id": each, "State": "Running", "CreationTime": at(each), "LastModificationTime": at(each)}
            for each in range(1, 41)
        ],
        "QueueItems": [{"Id": each, "Status": "New", "CreationTime": at(each)} for each in range(101, 141)],
        "RobotLogs": [{"Id": 0, "TimeStamp": at(each), "Message": str(each)} for each in range(40)],
        "AuditLogs": [{"Id": each, "Action": "Start", "ExecutionTime": at(each)} for each in range(201, 241)],
        "Releases": [{"Id": each, "Name": f"release {each}"} for each in range(301, 341)],
    }
    return made


async def night(tenant, lake, name, **options):
    lists = [each for each in lists_of(tenant) if each.entity_set == name]
    tenant.now += DAY
    return await export(lists, lake, since="last", part_rows=15, **options)


def files(lake, name):
    return {file.name: file.read_bytes() for file in (lake / name).iterdir()}


@pytest.mark.parametrize("left", [slice(0, 0), slice(0, 20)], ids=["nothing", "the older half"])
@pytest.mark.parametrize("name", ["RobotLogs", "AuditLogs", "Releases", "QueueItems", "Jobs_ids"])
async def test_a_set_that_shrank_is_not_changed_until_that_is_allowed(tenant, tmp_path, name, left):
    entity_set = name.removesuffix("_ids")
    await night(tenant, tmp_path, name)
    before, whole = files(tmp_path, name), tenant.sets[entity_set]
    tenant.sets[entity_set] = whole[left]
    with pytest.raises(ExportError, match=rf"of 40 rows of {name} .* allow_shrink='{name}'"):
        await night(tenant, tmp_path, name)
    assert files(tmp_path, name) == before
    tenant.sets[entity_set] = whole
    assert (await night(tenant, tmp_path, name)).is_complete
    assert len({orjson.dumps(row.get("Id") or row) for row in rows_of(tmp_path, name)}) == 40
    tenant.sets[entity_set] = whole[left]
    assert (await night(tenant, tmp_path, name, allow_shrink=name)).is_complete
    assert verify(tmp_path).is_sound


@pytest.mark.parametrize("left", [slice(0, 0), slice(0, 20)], ids=["nothing", "half"])
async def test_a_set_that_cannot_be_counted_is_not_emptied_by_one_answer_either(tenant, tmp_path, left):
    send, whole = tenant.send, tenant.sets["Releases"]

    async def without_counts(request, /, into=None):
        if request.query in {"$top=0&$count=true", "$top=1&$count=true"}:
            raise BadRequest("Releases are not counted: read them", status=400)
        return await send(request, into)

    tenant.send = without_counts
    for _ in range(2):
        assert (await night(tenant, tmp_path, "Releases")).is_complete
    before = files(tmp_path, "Releases")
    tenant.sets["Releases"] = whole[left]
    for _ in range(2):
        with pytest.raises(ExportError, match=r"of 40 rows of Releases .* allow_shrink='Releases'"):
            await night(tenant, tmp_path, "Releases")
        assert files(tmp_path, "Releases") == before
        assert verify(tmp_path).rows == 40
    tenant.sets["Releases"] = [*whole, {"Id": 341, "Name": "new"}]
    assert (await night(tenant, tmp_path, "Releases")).is_complete
    assert sorted(row["Id"] for row in rows_of(tmp_path, "Releases")) == [*range(301, 342)]
    tenant.sets["Releases"] = whole[left]
    assert (await night(tenant, tmp_path, "Releases", allow_shrink="Releases")).is_complete
    assert len(rows_of(tmp_path, "Releases")) == len(whole[left])
    assert verify(tmp_path).is_sound


@pytest.mark.parametrize("name", ["RobotLogs", "AuditLogs"])
async def test_rows_that_the_server_no_longer_keeps_stay_in_the_lake(tenant, tmp_path, name):
    await night(tenant, tmp_path, name)
    tenant.sets[name] = tenant.sets[name][25:]
    assert (await night(tenant, tmp_path, name)).is_complete
    assert len(rows_of(tmp_path, name)) == 40


async def test_an_item_that_was_gone_in_one_answer_comes_back(tenant, tmp_path):
    await night(tenant, tmp_path, "QueueItems")
    lacking = tenant.sets["QueueItems"].pop(3)
    for _ in range(3):
        await night(tenant, tmp_path, "QueueItems")
    told = [row for row in rows_of(tmp_path, "QueueItems") if row["Id"] == lacking["Id"]]
    assert [row.get("_deleted") for row in told] == [None, True]
    tenant.sets["QueueItems"].append(lacking | {"Status": "Successful"})
    for _ in range(2):
        await night(tenant, tmp_path, "QueueItems")
    told = [row for row in rows_of(tmp_path, "QueueItems") if row["Id"] == lacking["Id"]]
    assert {(row.get("_deleted"), row.get("Status")) for row in told[2:]} == {(None, "Successful")}


async def test_what_the_server_no_longer_keeps_is_known_also_without_its_time(tenant, tmp_path):
    [logs] = [each for each in lists_of(tenant) if each.entity_set == "RobotLogs"]
    some = attrs.evolve(logs, query=logs.query.select(RobotLog.message))
    for _ in range(2):
        tenant.now += DAY
        assert (await export([some], tmp_path, since="last", part_rows=15)).is_complete
        tenant.sets["RobotLogs"] = tenant.sets["RobotLogs"][5:]
    assert len(rows_of(tmp_path, "RobotLogs")) == 40
