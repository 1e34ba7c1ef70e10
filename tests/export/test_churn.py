"""A tenant lives for thirty nights; after each the merged lake equals the server."""

from __future__ import annotations

import datetime as dt
import random

import orjson
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import OrchestratorError
from uipath_odata.export import ExportList, export
from uipath_odata.odata.expr.expression import path
from uipath_odata.operations.audit_logs import AuditLogs
from uipath_odata.operations.jobs import Jobs
from uipath_odata.operations.queue_items import QueueItems
from uipath_odata.operations.releases import Releases
from uipath_odata.operations.robot_logs import RobotLogs
from uipath_odata.settings import Settings

from .life import Life

pytestmark = pytest.mark.simulation

LAG = dt.timedelta(minutes=5)
ADDED = ("_read_at", "_deleted")


def lists_of(tenant):
    channel = TenantChannel(
        tenant, URL("http://127.0.0.1/acme/Default/orchestrator_/"), Settings(settle_lag=LAG)
    )
    sets = [kind._of(channel) for kind in (Jobs, QueueItems, RobotLogs, AuditLogs, Releases)]
    lists = [ExportList(type(each).__name__, each.exact()) for each in sets]
    swept = [ExportList(f"{each.entity_set}_ids", each.query.select(path("Id"))) for each in lists[:2]]
    return [*lists, *swept]


def rows_of(lake, name):
    """The rows of a set in the order of its files, which the manifest lists."""
    manifest = orjson.loads((lake / "_manifest.json").read_bytes())
    files = [lake / file["name"] for file in manifest["lists"][name]["files"]]
    return [orjson.loads(line) for file in files for line in file.read_bytes().splitlines()]


def plain(row):
    return {name: value for name, value in row.items() if name not in ADDED}


def merged(lake, name):
    """The newest of each row, of those that still exist."""
    exist = {row["Id"] for row in rows_of(lake, f"{name}_ids")}
    newest = {}
    for row in rows_of(lake, name):
        if row["_read_at"] >= newest.get(row["Id"], row)["_read_at"]:
            newest[row["Id"]] = row
    return [plain(row) for row in newest.values() if not row.get("_deleted") and row["Id"] in exist]


def as_set(rows):
    return sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows)


async def night_of(tenant, lake, rng, part_rows):
    """Export what is new; some nights the line dies, and the same command is given again."""
    tenant.failing = rng.randrange(60) if rng.random() < 0.3 else None
    for _ in range(40):
        try:
            return await export(lists_of(tenant), lake, since="last", part_rows=part_rows)
        except OrchestratorError:
            tenant.failing = rng.choice((None, rng.randrange(60)))

    raise AssertionError("the same command never ends well")


async def live(seed, lake, nights=30):
    life = Life(random.Random(seed))
    tenant, part_rows = life.tenant, life.rng.choice((9, 40, 50_000))
    for night in range(nights):
        life.day()
        summary = await night_of(tenant, lake, life.rng, part_rows)
        assert summary.proven
        settled = (tenant.now - LAG).isoformat()
        for name in ("Jobs", "QueueItems"):
            assert as_set(merged(lake, name)) == as_set(tenant.sets[name]), (name, night)
        for name in ("AuditLogs", "Releases"):
            assert as_set(map(plain, rows_of(lake, name))) == as_set(tenant.sets[name]), (name, night)
        logs = [row for row in tenant.sets["RobotLogs"] if row["TimeStamp"] < settled]
        assert as_set(map(plain, rows_of(lake, "RobotLogs"))) == as_set(logs), night


@pytest.mark.parametrize("seed", range(20))
async def test_after_each_night_the_lake_equals_the_server(tmp_path, seed):
    await live(seed, tmp_path / "lake", nights=30 if seed < 3 else 7)


@pytest.mark.full
@pytest.mark.parametrize("thousandth", range(0, 1_000, 50))
async def test_in_full_size_as_well(tmp_path, thousandth):
    for seed in range(thousandth, thousandth + 50):
        await live(1_000 + seed, tmp_path / f"lake {seed}")
