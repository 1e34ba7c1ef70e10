"""Nights that follow deletions: rows that the server removed leave the lake, or say in it that they are gone."""

from __future__ import annotations

import csv
import datetime as dt
import random

import attrs
import orjson
import pyarrow.parquet
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import ExportError, NotProven, OrchestratorError, QueryError
from uipath_odata.export import ExportList, Folder, Privacy, export, verify
from uipath_odata.export.estimate import estimate
from uipath_odata.export.exporting import run_starts
from uipath_odata.operations.queue_items import QueueItems
from uipath_odata.settings import Settings

from .life import Life
from .tenant import Tenant, moment
from .test_churn import LAG, as_set, lists_of, plain, rows_of

NOW = dt.datetime(2024, 5, 10, 2, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SETS = ("Jobs", "QueueItems", "RobotLogs", "AuditLogs", "Releases")


def at(number):
    return moment(NOW - dt.timedelta(hours=60 - number))


@pytest.fixture
def tenant():
    made = Tenant(NOW, page_cap=20)
    made.sets = {
        "Jobs": [
            {"Id": each, "State": "Successful", "CreationTime": at(each), "LastModificationTime": at(each)}
            for each in range(1, 41)
        ],
        "QueueItems": [
            {"Id": each, "Status": "Successful", "CreationTime": at(each), "Reference": 'a "b"\nc'}
            for each in range(101, 141)
        ],
        "RobotLogs": [{"Id": 0, "TimeStamp": at(each), "Message": str(each)} for each in range(40)],
        "AuditLogs": [{"Id": each, "Action": "Start", "ExecutionTime": at(each)} for each in range(201, 241)],
        "Releases": [{"Id": each, "Name": f"release {each}"} for each in range(301, 341)],
    }
    return made


async def night(tenant, lake, name, form="jsonl", *, days=1, **options):
    lists = [each for each in lists_of(tenant) if each.entity_set == name]
    tenant.now += days * DAY
    return await export(lists, lake, form, since="last", **{"part_rows": 15, **options})


def files(lake, name):
    return {file.name: file.read_bytes() for file in (lake / name).iterdir()}


def alive(lake, name):
    """The newest of each row that the files hold, but for those that are gone."""
    manifest = orjson.loads((lake / "_manifest.json").read_bytes())
    newest = {}
    for file in manifest["lists"][name]["files"]:
        for row in read(lake / file["name"]):
            newest[int(row["Id"])] = row
    return {key: row for key, row in newest.items() if row.get("_deleted") not in {True, "true"}}


def read(file):
    if file.suffix == ".parquet":
        return pyarrow.parquet.read_table(file).to_pylist()
    if file.suffix == ".csv":
        with file.open(newline="") as lines:
            return [*csv.DictReader(lines)]
    return [*map(orjson.loads, file.read_bytes().splitlines())]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("name", ["Jobs", "QueueItems"])
async def test_rows_that_the_server_removed_say_that_they_are_gone(tenant, tmp_path, name, form):
    for mirror in (False, True):
        lake = tmp_path / str(mirror)
        await night(tenant, lake, name, form, mirror=mirror)
        gone = [tenant.sets[name].pop(place)["Id"] for place in (0, 17, 30)]
        await night(tenant, lake, name, form, mirror=mirror)
        kept = {row["Id"] for row in tenant.sets[name]}
        assert {*alive(lake, name)} == (kept if mirror else kept.union(gone))
        assert verify(lake).is_sound
        before = files(lake, name)
        await night(tenant, lake, name, form, mirror=mirror)
        assert files(lake, name) == before, "a night on which nothing changed writes nothing"


async def test_a_lake_follows_deletions_from_the_night_on_which_that_is_asked_for(tenant, tmp_path):
    await night(tenant, tmp_path, "Jobs", "parquet")
    del tenant.sets["Jobs"][5]
    await night(tenant, tmp_path, "Jobs", "parquet")
    assert len(alive(tmp_path, "Jobs")) == 40
    await night(tenant, tmp_path, "Jobs", "parquet", mirror=True)
    assert {*alive(tmp_path, "Jobs")} == {row["Id"] for row in tenant.sets["Jobs"]}


@pytest.mark.parametrize("name", ["RobotLogs", "AuditLogs"])
async def test_rows_that_only_grow_leave_however_old_they_are(tenant, tmp_path, name):
    tenant.sets[name] = whole = tenant.sets[name][:36]
    for _ in range(2):
        await night(tenant, tmp_path, name, days=40, part_rows=2)
    tenant.requests.clear()
    await night(tenant, tmp_path, name, days=40, mirror=True, part_rows=2)
    assert tenant.requests[name] < 18, "old intervals are counted together"
    tenant.sets[name] = [*whole[2:20], *whole[21:]]
    await night(tenant, tmp_path, name, days=40, part_rows=2)
    assert len(rows_of(tmp_path, name)) == 36
    await night(tenant, tmp_path, name, days=40, mirror=True, part_rows=2)
    assert as_set(map(plain, rows_of(tmp_path, name))) == as_set(tenant.sets[name])
    assert verify(tmp_path).is_sound


@pytest.mark.parametrize("left", [slice(0, 0), slice(0, 20)], ids=["nothing", "half"])
@pytest.mark.parametrize("name", SETS)
async def test_the_limit_of_a_night_holds_where_deletions_are_followed(tenant, tmp_path, name, left):
    await night(tenant, tmp_path, name, mirror=True)
    before, whole = files(tmp_path, name), tenant.sets[name]
    tenant.sets[name] = whole[left]
    for days in (1, 40):
        with pytest.raises(ExportError, match=rf"of 40 rows of {name} .* allow_shrink='{name}'"):
            await night(tenant, tmp_path, name, days=days, mirror=True)
        assert files(tmp_path, name) == before
    await night(tenant, tmp_path, name, mirror=True, allow_shrink=name)
    await night(tenant, tmp_path, name, mirror=True, allow_shrink=name)
    rows = [*alive(tmp_path, name).values()] if name != "RobotLogs" else rows_of(tmp_path, name)
    assert len(rows) == len(whole[left])
    tenant.sets[name] = whole
    for _ in range(2):
        await night(tenant, tmp_path, name, days=0.01, mirror=True)
    if name != "RobotLogs":
        assert {*alive(tmp_path, name)} == {row["Id"] for row in whole}


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("name", SETS)
async def test_one_empty_answer_deletes_nothing_of_a_small_set_either(tenant, tmp_path, name, mirror):
    tenant.sets[name] = few = tenant.sets[name][:3]
    for item in tenant.sets["QueueItems"]:
        item["Status"] = "New"
    await night(tenant, tmp_path, name, mirror=mirror)
    before = files(tmp_path, name)
    tenant.sets[name] = []
    if mirror or name != "Jobs":  # whose rows stay
        with pytest.raises(ExportError, match=rf"3 of 3 rows of {name} .* allow_shrink='{name}'"):
            await night(tenant, tmp_path, name, mirror=mirror)
    assert files(tmp_path, name) == before
    tenant.sets[name] = few
    for _ in range(2):
        await night(tenant, tmp_path, name, mirror=mirror)
    assert files(tmp_path, name).keys() == before.keys() or name == "Releases"


@pytest.mark.parametrize("name", ["RobotLogs", "AuditLogs"])
async def test_rows_that_were_all_deleted_are_no_empty_answer_where_others_came(tenant, tmp_path, name):
    tenant.sets[name], later = tenant.sets[name][:3], tenant.sets[name][30:]
    await night(tenant, tmp_path, name, days=-1)
    tenant.sets[name] = later
    await night(tenant, tmp_path, name, days=2, mirror=True)
    assert as_set(map(plain, rows_of(tmp_path, name))) == as_set(later)


async def test_rows_that_left_a_set_that_only_grows_are_counted_in_its_summary(tenant, tmp_path):
    await night(tenant, tmp_path, "AuditLogs", mirror=True)
    del tenant.sets["AuditLogs"][3:6]
    [ended] = (await night(tenant, tmp_path, "AuditLogs", mirror=True)).lists
    assert "3 rows that the server removed left" in ended.notes


@pytest.mark.parametrize("name", ["Jobs", "QueueItems"])
async def test_rows_that_an_answer_lacked_come_back_whole(tenant, tmp_path, name):
    await night(tenant, tmp_path, name, mirror=True)
    whole = [*tenant.sets[name]]
    del tenant.sets[name][3:6]
    told = (await night(tenant, tmp_path, name, mirror=True)).notes
    assert "3 rows that the server removed come once more with _deleted" in told
    assert len(alive(tmp_path, name)) == 37
    told = (await night(tenant, tmp_path, name, mirror=True)).notes
    assert "3 rows that the server removed come once more with _deleted" not in told
    tenant.sets[name] = whole
    await night(tenant, tmp_path, name, days=100, mirror=True)
    assert as_set(map(plain, alive(tmp_path, name).values())) == as_set(whole)


async def test_ids_that_are_not_proven_to_be_all_delete_nothing(tenant, tmp_path):
    await night(tenant, tmp_path, "Jobs", mirror=True)
    before, send = files(tmp_path, "Jobs"), tenant.send

    async def lacking(request, /, into=None):
        answer = orjson.loads((await send(request, into)).body)
        if "$select=Id" in request.query and "value" in answer:
            answer["value"] = answer["value"][:4] + answer["value"][5:]
        return tenant._answer(answer)

    tenant.send = lacking
    with pytest.raises(NotProven):
        await night(tenant, tmp_path, "Jobs", mirror=True)
    assert files(tmp_path, "Jobs") == before


@pytest.mark.parametrize("seed", range(2))
async def test_after_each_night_the_lake_alone_equals_the_server(tmp_path, seed):
    life = Life(random.Random(seed))
    for number in range(8 if seed == 0 else 5):
        life.day()
        await tried(life, tmp_path)
        for name in ("Jobs", "QueueItems", "AuditLogs", "Releases"):
            shown = alive(tmp_path, name).values()
            assert as_set(map(plain, shown)) == as_set(life.tenant.sets[name]), (name, number)
        settled = (life.tenant.now - LAG).isoformat()
        logs = [row for row in life.tenant.sets["RobotLogs"] if row["TimeStamp"] < settled]
        assert as_set(map(plain, rows_of(tmp_path, "RobotLogs"))) == as_set(logs), number
        # As many rows that came late to an interval would hide those that leave it.
        old = (life.tenant.now - 5 * DAY).isoformat()
        for name, time in (("RobotLogs", "TimeStamp"), ("AuditLogs", "ExecutionTime")):
            rows = life.tenant.sets[name]
            for row in life.some([row for row in rows if row[time] < old], 0.1):
                rows.remove(row)
    assert verify(tmp_path).is_sound


async def tried(life, lake):
    """Export; some nights the line dies, and the same command is given again."""
    tenant, rng = life.tenant, life.rng
    lists = [each for each in lists_of(tenant) if each.entity_set in SETS]
    tenant.failing = rng.randrange(60) if rng.random() < 0.4 else None
    for _ in range(40):
        try:
            await export(lists, lake, since="last", part_rows=9, mirror=True, allow_shrink=SETS)
        except OrchestratorError:
            tenant.failing = rng.choice((None, rng.randrange(60)))
        else:
            break
    tenant.failing = None
    await export(lists, lake, since="last", part_rows=9, mirror=True, allow_shrink=SETS)


class Folders:
    """A tenant whose queues are in folders, of which each shows its own items."""

    def __init__(self, tenant):
        self.tenant, self.place = tenant, {7: 1, 8: 2}

    async def send(self, request, /, into=None):
        folder, whole = int(request.headers["X-UIPATH-OrganizationUnitId"]), self.tenant.sets["QueueItems"]
        own = [row for row in whole if self.place[row["QueueDefinitionId"]] == folder]
        self.tenant.sets["QueueItems"] = own
        try:
            return await self.tenant.send(request, into)
        finally:
            self.tenant.sets["QueueItems"] = whole

    def lists(self, folders=(1, 2), *, knows_queues=True):
        made = []
        for folder in folders:
            url = URL("http://127.0.0.1/acme/Default/orchestrator_/")
            headers = {"X-UIPATH-OrganizationUnitId": str(folder)}
            scope = TenantChannel(self, url, Settings(settle_lag=LAG), headers=headers)
            here = frozenset(queue for queue, where in self.place.items() if where == folder and knows_queues)
            items = QueueItems._of(scope).exact()
            made.append(ExportList("QueueItems", items, Folder(folder, f"F{folder}"), queues=here))
        return made


def newest_in_folders(lake):
    """The newest row of each Id as `_read_at` and, of two that were read at once, the name of its file tell."""
    files = sorted((lake / "QueueItems").rglob("part-*.jsonl"))
    rows = [orjson.loads(line) for file in files for line in file.read_bytes().splitlines()]
    return {row["Id"]: row for row in sorted(rows, key=lambda row: row["_read_at"])}


@pytest.fixture
def folders(tenant):
    made = Folders(tenant)
    for row in tenant.sets["QueueItems"]:
        row["QueueDefinitionId"] = 7 + row["Id"] % 2
        row["Status"] = ("Successful", "New")[row["Id"] % 3 == 0]
    return made


@pytest.mark.parametrize("knows_queues", [True, False])
async def test_items_of_a_queue_that_went_and_came_back_are_where_the_server_shows_them(
    tenant, folders, tmp_path, knows_queues
):
    async def again(*shown):
        tenant.now += DAY
        lists = folders.lists(shown or (1, 2), knows_queues=knows_queues)
        return await export(lists, tmp_path, since="last", mirror=True, part_rows=15)

    for place, shown in ((1, ()), (2, ()), (1, ()), (1, (2,)), (1, ()), (2, (1,)), (1, (2,)), (1, ())):
        folders.place[7] = place
        await again(*shown)
        newest = newest_in_folders(tmp_path)
        assert not [row for row in newest.values() if row.get("_deleted")], (place, shown)
        if not shown:
            there = {key: (row["_folder_id"], row["Status"]) for key, row in newest.items()}
            items = tenant.sets["QueueItems"]
            wanted = {row["Id"]: (folders.place[row["QueueDefinitionId"]], row["Status"]) for row in items}
            assert there == wanted, (place, shown)
            for row in items[::5]:
                row["Status"] = "InProgress" if row["Status"] == "New" else row["Status"]
    gone = tenant.sets["QueueItems"].pop(5)["Id"]
    await again()
    assert [key for key, row in newest_in_folders(tmp_path).items() if row.get("_deleted")] == [gone]


async def test_nothing_is_gone_on_a_night_that_does_not_see_every_folder(tenant, folders, tmp_path):
    async def again(*shown, **options):
        tenant.now += DAY
        return await export(folders.lists(shown), tmp_path, since="last", mirror=True, **options)

    await again(1, 2)
    lost = [tenant.sets["QueueItems"].pop(place)["Id"] for place in (30, 31)]
    ended = await again(1)
    assert not [row for row in newest_in_folders(tmp_path).values() if row.get("_deleted")]
    assert [note for note in ended.notes if "QueueItems-2 may have it" in note]
    await again(1, allow_shrink="QueueItems")
    here = [key for key in lost if folders.place[7 + key % 2] == 1]
    assert [key for key, row in newest_in_folders(tmp_path).items() if row.get("_deleted")] == here
    await again(1, 2)
    told = {key for key, row in newest_in_folders(tmp_path).items() if row.get("_deleted")}
    assert told == {*lost}


async def test_a_list_that_cannot_be_read_keeps_the_others_from_calling_rows_gone(tenant, folders, tmp_path):
    await export(folders.lists(), tmp_path, since="last", mirror=True)
    folders.place[7] = 2
    tenant.now += DAY
    first, second = folders.lists()
    broken = Folders(tenant)
    broken.send = refused
    channel = attrs.evolve(second.query.__source__.channel, sender=broken)
    second = attrs.evolve(second, query=QueueItems._of(channel).exact())
    with pytest.raises(ExportError, match="QueueItems-2"):
        await export([first, second], tmp_path, since="last", mirror=True)
    assert not [row for row in newest_in_folders(tmp_path).values() if row.get("_deleted")]


async def refused(request, /, into=None):
    raise OrchestratorError("the line is dead: try again")


async def test_items_that_moved_with_their_queue_are_not_gone(tenant, tmp_path):
    folders = Folders(tenant)
    for row in tenant.sets["QueueItems"]:
        row["QueueDefinitionId"] = 7 + row["Id"] % 2

    async def again():
        tenant.now += DAY
        await export(folders.lists(), tmp_path, since="last", mirror=True)

    await again()
    folders.place[7] = 2
    for _ in range(3):
        await again()
        rows = [*rows_of(tmp_path, "QueueItems-1"), *rows_of(tmp_path, "QueueItems-2")]
        assert not [row for row in rows if row.get("_deleted")]
    gone = tenant.sets["QueueItems"].pop(1)
    await again()
    rows = [*rows_of(tmp_path, "QueueItems-1"), *rows_of(tmp_path, "QueueItems-2")]
    assert [(row["Id"], row["_folder_id"]) for row in rows if row.get("_deleted")] == [(gone["Id"], 2)]


async def test_a_delta_table_loses_what_the_lake_says_is_gone(tenant, tmp_path):
    deltalake = pytest.importorskip("deltalake")
    lake, table = tmp_path / "lake", f"delta:{tmp_path / 'tables'}"
    for _ in range(2):
        await night(tenant, lake, "Jobs", "parquet", mirror=True, table=table)
        del tenant.sets["Jobs"][:2]
    shown = deltalake.DeltaTable(tmp_path / "tables" / "Jobs").to_pyarrow_table()["Id"].to_pylist()
    assert sorted(shown) == [*range(3, 41)]


async def test_the_ids_are_a_part_of_what_the_next_night_is_estimated_to_cost(tenant, tmp_path):
    await night(tenant, tmp_path, "Jobs", mirror=True)
    lists = [each for each in lists_of(tenant) if each.entity_set == "Jobs"]
    options = {"since": "last", "part_rows": 15}
    [plain_start] = run_starts(lists, tmp_path, **options)
    [mirrored_start] = run_starts(lists, tmp_path, mirror=True, **options)
    plainly, mirrored = await estimate(plain_start), await estimate(mirrored_start)
    assert (mirrored.rows, mirrored.requests > plainly.requests) == (plainly.rows, True)


@pytest.mark.parametrize("privacy", [Privacy(drop=("Id",)), Privacy(hash=("Id",), key=b"0123456789abcdef")])
async def test_deletions_are_not_followed_by_ids_that_a_lake_does_not_have(tenant, tmp_path, privacy):
    with pytest.raises(QueryError, match="leave Id out of drop and hash"):
        await night(tenant, tmp_path / "lake", "Jobs", mirror=True, privacy=privacy)
    assert not tenant.requests


@pytest.mark.parametrize("options", [{}, {"mirror": 1}])
async def test_deletions_are_followed_by_nights_alone(tenant, tmp_path, options):
    with pytest.raises(QueryError, match="mirror=True needs since='last'"):
        await export(lists_of(tenant)[0], tmp_path / "lake", **{"mirror": True, **options})
    assert not tenant.requests
