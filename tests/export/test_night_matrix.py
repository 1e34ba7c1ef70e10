"""Thirty nights in many worlds, in each of which something goes wrong: nothing lost, nothing twice, nothing silently less.

What a lake must hold is kept here, from what the server showed, and not from what the exporter says.
"""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import os
import random
from concurrent.futures import Future, ThreadPoolExecutor

import orjson
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import BadRequest, ExportError, ExportLocked, OrchestratorError
from uipath_odata.export import ExportList, Folder, exporting, verify
from uipath_odata.operations.audit_logs import AuditLogs
from uipath_odata.operations.jobs import Jobs
from uipath_odata.operations.queue_items import QueueItems
from uipath_odata.operations.releases import Releases
from uipath_odata.operations.robot_logs import RobotLogs
from uipath_odata.settings import Settings

from .life import DAY, Life

pytestmark = pytest.mark.simulation

LAG = dt.timedelta(minutes=5)
KEPT_DAYS = 12
FOLDERS = (1, 2)
MISHAPS = (
    *("quiet", "empty answer", "half a list", "clock back", "clock forward"),
    *("newer schema", "lost folder", "moved queue", "two machines", "line dies"),
)
GROWING = {"RobotLogs": "TimeStamp", "AuditLogs": "ExecutionTime"}


class Inline(ThreadPoolExecutor):
    """Does at once what a thread would do at some time: a world that failed fails again."""

    def submit(self, work, /, *args, **kwargs):
        done = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
            done.set_exception(error)
        return done


class World:
    """A tenant with two folders, its mishaps, and what a lake of it must hold."""

    def __init__(self, seed):
        self.seed = seed
        self.rng = random.Random(seed)
        """For what happens by day. No request draws from it: their order is the exporter's."""
        self.life = Life(self.rng)
        self.tenant = self.life.tenant
        self.is_old = seed % 5 == 0
        self.forgets = seed % 3 == 0
        self.mirrors = seed % 4 == 2
        self.queues = {1: 1, 2: 1, 3: 2}
        self.is_new_schema = False
        self.mishap, self.struck = "quiet", None
        self.asked_at = self.tenant.now
        self.fresh = set()
        """Rows that were not settled yet when the last night ended."""
        self.grown = {name: {} for name in GROWING}
        """Rows of sets that only grow, and that the server showed once they were settled."""

    async def send(self, request, /, into=None):
        if self.is_old and "LastModificationTime" in request.query:
            raise BadRequest(
                "Could not find a property named 'LastModificationTime'", status=400, method="GET", url=""
            )
        if self.mishap == "line dies" and self.is_cut(request):
            raise ExportError("the line is dead: try again")
        view = copy.copy(self.tenant)
        view.sets = {name: self.shown(name, rows, request.headers) for name, rows in self.tenant.sets.items()}
        view.now += {"clock back": -7 * DAY / 24, "clock forward": 6 * DAY / 24}.get(self.mishap, 0 * DAY)
        return await view.send(request, into)

    def is_cut(self, request):
        asked = (self.seed, self.tenant.now, request.path, request.query, request.headers)
        return random.Random(str(asked)).random() < 0.05

    def shown(self, name, rows, headers):
        if name == "QueueItems":
            folder = int(headers.get("X-UIPATH-OrganizationUnitId", 0))
            rows = [row for row in rows if self.queues[row["QueueDefinitionId"]] == folder]
        if name == self.struck and self.mishap == "empty answer":
            return []
        return rows[: len(rows) // 2] if name == self.struck and self.mishap == "half a list" else rows

    def told_to_accept(self):
        """The sets whose loss a user accepts who looked why a night refused it: the last item of a folder may be deleted."""
        if self.mirrors:
            return tuple(self.tenant.sets)
        held = {self.queues[item["QueueDefinitionId"]] for item in self.tenant.sets["QueueItems"]}
        return () if held == {*FOLDERS} else ("QueueItems",)

    def lists(self):
        made = []
        for folder in FOLDERS if self.mishap != "lost folder" else FOLDERS[:1]:
            scope = self.channel({"X-UIPATH-OrganizationUnitId": str(folder)})
            here = frozenset(queue for queue, where in self.queues.items() if where == folder)
            items = QueueItems._of(scope).exact()
            made.append(ExportList("QueueItems", items, Folder(folder, f"F{folder}"), queues=here))
        sets = [kind._of(self.channel({})) for kind in (Jobs, RobotLogs, AuditLogs, Releases)]
        return [*made, *(ExportList(type(each).__name__, each.exact()) for each in sets)]

    def channel(self, headers):
        url = URL("http://127.0.0.1/acme/Default/orchestrator_/")
        return TenantChannel(self, url, Settings(settle_lag=LAG), headers=headers)

    def day(self):
        self.life.day()
        self.mishap = self.rng.choice(MISHAPS)
        self.struck = self.rng.choice(("QueueItems", "Jobs", "RobotLogs", "AuditLogs", "Releases"))
        self.is_new_schema |= self.mishap == "newer schema"
        if self.mishap == "moved queue":
            queue = self.rng.choice([*self.queues])
            self.queues[queue] = 3 - self.queues[queue]
        if self.mirrors:
            self.removed()
        for item in self.tenant.sets["QueueItems"]:
            item.setdefault("QueueDefinitionId", self.rng.choice((1, 2, 3)))
        if self.is_new_schema:
            for job in self.tenant.sets["Jobs"]:
                job.setdefault("NewInThisRelease", job["Id"])
        if self.forgets:
            oldest = (self.tenant.now - KEPT_DAYS * DAY).isoformat()
            for name, time in GROWING.items():
                rows = self.tenant.sets[name]
                rows[:] = [row for row in rows if row[time] >= oldest]

    def removed(self):
        """Rows of any age are deleted on the server, where as many late ones do not hide that."""
        old = (self.tenant.now - 6 * DAY).isoformat()
        for name, time in GROWING.items():
            rows = self.tenant.sets[name]
            for row in self.life.some([row for row in rows if row[time] < old], 0.03):
                rows.remove(row)

    def note(self):
        """Remember what a sound night must have read."""
        if self.mirrors:
            self.grown = {name: {} for name in GROWING}
        settled = (self.tenant.now - LAG).isoformat()
        self.fresh = {*as_texts(row for row in self.tenant.sets["RobotLogs"] if row["TimeStamp"] >= settled)}
        for name, time in GROWING.items():
            rows = [row for row in self.tenant.sets[name] if name != "RobotLogs" or row[time] < settled]
            self.grown[name] |= {orjson.dumps(row, option=orjson.OPT_SORT_KEYS): row for row in rows}


def rows_of(lake, name):
    """The rows of a set as the journal's manifest lists their files, without its own words for them."""
    manifest = orjson.loads((lake / "_manifest.json").read_bytes())
    lists = [facts for key, facts in manifest["lists"].items() if key.partition("-")[0] == name]
    files = [lake / file["name"] for facts in lists for file in facts["files"]]
    return [orjson.loads(line) for file in files for line in file.read_bytes().splitlines()]


def bare(row):
    return {name: value for name, value in row.items() if not name.startswith("_")}


def as_texts(rows):
    return sorted(orjson.dumps(bare(row), option=orjson.OPT_SORT_KEYS) for row in rows)


def newest(rows):
    return {row["Id"]: row for row in sorted(rows, key=lambda row: row["_read_at"])}


async def night(world, lake):
    """Export, on some nights from two machines at once; return the lists that failed, by name."""

    async def once():
        accepted = world.told_to_accept() if world.mishap == "quiet" else ()
        async with exporting(
            world.lists(),
            lake,
            since="last",
            part_rows=9,
            now=lambda: world.tenant.now,
            mirror=world.mirrors,
            allow_shrink=accepted,
        ) as run:
            try:
                async for _ in run:
                    pass
            except OrchestratorError:
                pass  # each list that failed says so
        return {event.entity_set: event.error for event in run.summary.lists if event.event != "complete"}

    if world.mishap != "two machines":
        return await once()
    ends = await asyncio.gather(once(), once(), return_exceptions=True)
    assert any(isinstance(end, ExportLocked) for end in ends), ends
    [locked] = [end for end in ends if isinstance(end, ExportLocked)]
    [failed] = [end for end in ends if end is not locked]
    assert isinstance(failed, dict), failed
    return failed


async def live(seed, lake, nights):
    asyncio.get_running_loop().set_default_executor(Inline())
    world = World(seed)
    for number in range(nights):
        world.day()
        before = {name: len(rows_of(lake, name)) for name in world.tenant.sets} if number else {}
        failed = await night(world, lake)
        where = (seed, number, world.mishap, world.struck, failed)
        for (
            name,
            rows,
        ) in before.items():  # never less, but by few rows, or where the server dropped what it keeps whole
            lost = rows - len(rows_of(lake, name))
            is_told = world.mirrors and world.mishap == "quiet"
            assert lost <= max(10, rows * 0.05) or is_told or (name == "Releases" and world.struck != name), (
                name,
                where,
            )
        if world.mishap == "line dies":
            world.mishap = "quiet"
            await night(world, lake)
            failed = await night(world, lake)  # the run that broke off has ended; this one is tonight's
        if world.mishap in {"empty answer", "half a list", "lost folder", "clock back", "clock forward"}:
            world.mishap = "quiet"  # on the morning after, the tenant is sound
            failed = await night(world, lake)
            if failed:  # rows that came back
                failed = await night(world, lake)
        if failed and world.told_to_accept():  # more left at once than a night accepts unasked
            world.mishap = "quiet"
            await night(world, lake)
            failed = await night(world, lake)
        assert not failed, where
        world.note()
        check(world, lake, where)


def check(world, lake, where):
    for name in GROWING:
        held, grown = as_texts(rows_of(lake, name)), world.grown[name]
        # A server whose clock is ahead calls newer rows settled, too.
        early = [row for row in held if row not in grown and row in world.fresh]
        assert held == sorted([*grown, *early]), (name, where, len(held), len(grown))
    assert as_texts(rows_of(lake, "Releases")) == as_texts(world.tenant.sets["Releases"]), where
    for name in ("Jobs", "QueueItems"):
        rows = rows_of(lake, name)
        shown = {row["Id"]: row for row in world.tenant.sets[name]}
        latest = newest(rows)
        if world.mirrors:
            assert {key for key, row in latest.items() if not row.get("_deleted")} == {*shown}, (name, where)
        for key, row in shown.items():
            assert not latest[key].get("_deleted"), (name, key, where)
            assert bare(latest[key]) == row, (name, key, where)
        instants = [(row["Id"], row["_read_at"], row.get("_folder_id")) for row in rows]
        assert len(instants) == len({*instants}), (name, where)
    assert verify(lake).is_sound, where


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch):
    """No power fails here, so that nothing waits for the disk."""
    monkeypatch.setattr(os, "fsync", lambda _file: None)


@pytest.mark.parametrize(("seed", "nights"), [(0, 12), (1, 30), (2, 12), (3, 12), (4, 12), (6, 8), (10, 8)])
async def test_nights_lose_nothing_and_repeat_nothing(tmp_path, seed, nights):
    await live(seed, tmp_path / "lake", nights)


@pytest.mark.full
@pytest.mark.parametrize("tenth", range(20))
async def test_in_two_hundred_worlds_as_well(tmp_path, tenth):
    for seed in range(tenth * 10, tenth * 10 + 10):
        await live(100 + seed, tmp_path / f"lake {seed}", nights=30)
