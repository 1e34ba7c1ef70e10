"""Rows so long that a page of them is longer than may be held: all are read, in pages that fit."""

from __future__ import annotations

import pytest

from uipath_odata import Pool
from uipath_odata.emulator import Emulator
from uipath_odata.entities import Release
from uipath_odata.errors import AnswerTooLong

TEXT = "x" * 5_000
LIMIT = 40_000


@pytest.fixture(scope="module")
def emulator():
    with Emulator(seed=None) as running:
        running.insert(
            "Releases", ({"Id": n, "Name": f"R{n % 7}", "Description": TEXT} for n in range(1, 101))
        )
        running.insert(
            "RobotLogs",
            (
                {"TimeStamp": f"2024-05-14T06:{n // 240:02}:{n // 4 % 60:02}Z", "Message": f"{n} {TEXT}"}
                for n in range(100)
            ),
        )
        yield running


QUERIES = {
    "keyset": lambda client: client.releases,
    "keyset, newest first": lambda client: client.releases.order_by(Release.id.desc()),
    "window": lambda client: client.robot_logs,
    "offset": lambda client: client.releases.order_by(Release.name),
    "one page by offset": lambda client: client.releases.order_by(Release.name).top(60),
    "one page without a count": lambda client: client.releases.skip(20).top(60),
}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("concurrency", [1, 4])
async def test_a_page_that_is_too_long_is_asked_for_again_in_halves(emulator, name, concurrency):
    async with emulator.client(pool=Pool(body_limit=LIMIT)) as client:
        query = QUERIES[name](client).dicts()
        async with query.stream(concurrency=concurrency) as stream:
            rows = [row async for row in stream]
        report = stream.report
    async with emulator.client() as client:
        whole = QUERIES[name](client).dicts().stream()
        assert sorted(map(repr, rows)) == sorted(repr(row) for row in [row async for row in whole])
    assert report.proven is (report.plan != "offset")
    assert report.retries >= 4


async def test_one_row_that_is_too_long_names_the_setting(emulator):
    async with emulator.client(pool=Pool(body_limit=4_000)) as client:
        with pytest.raises(AnswerTooLong, match="raise body_limit"):
            await client.releases.dicts().to_list()
