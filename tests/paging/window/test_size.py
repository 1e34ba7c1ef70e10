"""Scans of real size, through the real reader: exact, and how many requests they take."""

from __future__ import annotations

import random

import attrs
import pytest

from uipath_odata.execution.stream import Stream
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.plan import WindowPlan

pytestmark = pytest.mark.simulation

PAGE = 1_000
WEEK = 7 * 86_400 * 10**7


@attrs.frozen
class Answer:
    page: Page
    attempts: int = 1
    waited: float = 0.0


@pytest.fixture
def read(robot_logs_server, text_of):
    """Read logs at these moments; return whether each came once, and the requests that it took."""

    async def run(moments, **settings):
        rows = [
            {
                "TimeStamp": text_of(moment),
                "Message": str(number),
                "RobotName": f"R{number % 40}",
                "JobKey": None,
                "MachineId": number % 7,
                "Level": "Info",
                "ProcessName": "P",
            }
            for number, moment in enumerate(moments)
        ]
        server = robot_logs_server(rows=rows, chance=random.Random(1), window=9_999, precision=10_000)

        async def fetch(fetch, number):
            return Answer(await server(fetch))

        plan = WindowPlan(options={}, page_size=PAGE, **settings)
        stream = Stream(
            plan,
            fetch=fetch,
            parse=lambda _, answer: answer.page,
            decode=list,
            concurrency=settings.get("workers", 1),
        )
        async with stream as given:
            numbers = [row["Message"] async for row in given]
        assert given.report.proven or server.requests == 1
        print(f"{len(rows)} rows, {settings}: {server.requests} requests")  # noqa: T201 - the figures
        return sorted(numbers, key=int) == [row["Message"] for row in rows], server.requests

    return run


@pytest.mark.parametrize(
    ("around", "ordered"),
    [(10_000, False), *(pytest.param(60_000, way, marks=pytest.mark.full) for way in (True, False))],
)
async def test_a_burst_of_more_than_two_windows_in_one_millisecond_is_exact(read, around, ordered):
    """R75."""
    chance = random.Random(3)
    moments = [chance.randrange(WEEK) for _ in range(around)] + [WEEK // 2] * 25_000
    exact, requests = await read(moments, workers=8, ordered=ordered)
    assert exact
    assert requests <= around // PAGE + 80


async def test_office_hours_cost_no_requests_at_night(read):
    chance, hour = random.Random(4), 3_600 * 10**7
    moments = [
        day * 24 * hour + 9 * hour + chance.randrange(8 * hour) for day in range(20) for _ in range(2_000)
    ]
    exact, requests = await read(moments, workers=8)
    assert exact
    assert requests <= 2.5 * 40


@pytest.mark.parametrize(
    ("rows", "exact", "most"),
    [
        (0, False, 1),
        (999, False, 1),
        (1_500, False, 3),
        (2_500, False, 7),
        (0, True, 1),
        (1, True, 2),
        (999, True, 2),
    ],
)
async def test_small_scans_stay_small(read, rows, exact, most):
    chance = random.Random(5)
    exact, requests = await read([chance.randrange(WEEK) for _ in range(rows)], workers=4, exact=exact)
    assert exact
    assert requests <= most
