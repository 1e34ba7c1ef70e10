"""Single nights that a month of random ones may not meet."""

from __future__ import annotations

import datetime as dt
import random

import orjson
import pytest

from uipath_odata.errors import BadRequest, OrchestratorError
from uipath_odata.export import export

from .life import Life
from .tenant import TOTAL
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
    assert orjson.loads((lake / "manifest.json").read_bytes())["complete"] is False
    until = (tenant.now - LAG).isoformat()
    life.day()
    await export(logs_of(tenant), lake, since="last", part_rows=5, page_size=5)
    rows = [*map(plain, rows_of(lake, "RobotLogs"))]
    closed = [row for row in tenant.sets["RobotLogs"] if row["TimeStamp"] < until]
    assert as_set(rows) == as_set(closed), "the night that failed is finished first, up to its own end"
    await export(logs_of(tenant), lake, since="last", part_rows=5, page_size=5)
    assert as_set(map(plain, rows_of(lake, "RobotLogs"))) == as_set(settled(tenant))
    assert (lake / "_SUCCESS").exists()
