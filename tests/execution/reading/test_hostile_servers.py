"""Servers that do what they should not, over real HTTP: every row once, or a named error that says from where to go on."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from aiohttp import web

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.entities import Job, RobotLog
from uipath_odata.errors import NotProven, OrderViolation, Unprovable
from uipath_odata.settings import Settings

from .hostile import Hostile, ticks_of


@pytest.fixture
async def serve():
    runners = []

    async def start(rows, **habits):
        server = Hostile(rows, **habits)
        application = web.Application()
        application.router.add_get("/{path:.*}", server.answer)
        runners.append(runner := web.AppRunner(application, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        settings = Settings(window=server.window, requests_a_minute=10**6)
        return server, Orchestrator(server.url, AccessToken("token"), settings=settings)

    yield start
    for runner in runners:
        await runner.cleanup()


def log(number, moment, **values):
    milliseconds, rest = divmod(moment, 10_000)
    stamp = f"2025-02-28T23:59:{milliseconds // 1000:02}.{milliseconds % 1000:03}{rest:04}"
    return {
        "Id": 0,
        "TimeStamp": f"{stamp.rstrip('0').rstrip('.')}Z",
        "RobotName": ["Ada", "ADA", "O'Neil", None][number % 4],
        "JobKey": None,
        "MachineId": number % 2,
        "Level": ["Info", "Warn"][number % 3 % 2],
        "ProcessName": "P",
        "Message": f"message {number // 2}",
        **values,
    }


def logs():
    """Rows apart, in bursts within a millisecond, and more in one millisecond than a page."""
    apart = [log(number, number * 77_777) for number in range(60)]
    burst = [log(number, 1_000_000 + number % 7) for number in range(9)]
    tie = [log(number, 2_222_000 + number % 3 * 4_000) for number in range(45)]
    return [*apart, *burst, *tie]


def bag(rows):
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


async def drain(stream, given):
    async for page in stream.pages():
        given += page


HABITS = {
    "none": {},
    "caps pages": {"cap": 7},
    "rounds": {"rounds": True},
    "counts ten at most": {"most": 10},
    "counts wrong": {"most": 3, "cap": 7},
    "refuses levels": {"refuses": "Level"},
    "refuses all but the documented": {"refuses": "Level|ProcessName|null"},
    "refuses upper bounds": {"refuses": "TimeStamp l[te]"},
    "compares in any case": {"anycase": True},
    "sends links": {"cap": 4, "links": True},
    "all at once": {"cap": 7, "rounds": True, "most": 10, "refuses": "TimeStamp l[te]", "anycase": True},
}


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("habits", HABITS.values(), ids=HABITS)
async def test_logs_come_once_or_the_error_says_what_is_left(serve, habits, exact):
    rows = logs()
    server, client = await serve(rows, window=99, **habits)
    async with client as orchestrator:
        query = orchestrator.robot_logs.filter(RobotLog.message != "none").dicts()
        given, left = [], []
        async with (query.exact() if exact else query).stream(page_size=20, concurrency=3) as stream:
            try:
                async for page in stream.pages():
                    given += page
            except NotProven as error:
                left = [
                    row for row in rows if ticks_of(row["TimeStamp"]) >= ticks_of(error.checkpoint["from"])
                ]
            else:
                assert stream.report.proven
    assert bag(given) == bag(rows) - bag(left)
    assert not left or "refuses" in habits
    if not habits:
        assert len(server.asked) <= 40


@pytest.mark.parametrize("deaf_to", [True, False])
async def test_logs_of_a_server_that_ignores_filters_are_no_duplicates(serve, deaf_to):
    """The first page is all that can be had of it."""
    server, client = await serve(logs(), window=99, deaf=deaf_to)
    async with client as orchestrator:
        given = []
        async with orchestrator.robot_logs.dicts().stream(page_size=20, concurrency=3) as stream:
            try:
                async for page in stream.pages():
                    given += page
            except NotProven:
                assert deaf_to
    assert not bag(given) - bag(server.rows)
    assert len(server.asked) < 100


@pytest.mark.parametrize("total", [404, 400, 501, "many", None, "-1", [1]])
async def test_a_total_that_cannot_be_told_leaves_a_tie_group_unproven(serve, total):
    """R74: with the checkpoint before the group, and all rows before it given."""
    rows = logs()
    habits = {"total": {} if total is None else total, "most": 0, "refuses": " ne "}
    _, client = await serve(rows, window=99, **habits)
    async with client as orchestrator:
        given = []
        query = orchestrator.robot_logs.dicts()
        async with query.stream(page_size=20, concurrency=3) as stream:
            with pytest.raises(Unprovable, match="count them alone") as caught:
                await drain(stream, given)
        assert caught.value.checkpoint == stream.checkpoint
        left = ticks_of(caught.value.checkpoint["from"])
        assert bag(given) == bag([row for row in rows if ticks_of(row["TimeStamp"]) < left])
        assert ticks_of("2025-02-28T23:59:00.222Z") == left


async def test_rows_held_when_the_last_total_cannot_be_told_are_given_all_the_same(serve):
    """R28: an exact reading that lacks `@odata.count` asks for the total last, and nothing else is under way."""
    async with (await serve(logs()[:15], total=404, most=0))[1] as orchestrator:
        assert bag(await orchestrator.robot_logs.dicts().exact().to_list()) == bag(logs()[:15])


def jobs(count):
    return [{"Id": 3 * number, "ReleaseName": f"R{number % 20}"} for number in range(1, count)]


@pytest.mark.parametrize("size", [30, 300])
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("paging", ["auto", "offset"])
async def test_rows_that_come_in_every_part_are_given_once(serve, size, ordered, paging):
    """A server that ignores filters: texts do not tell, because databases compare them in their own ways."""
    _, client = await serve(jobs(size), key="Id", deaf=True)
    names = [f"R{number}" for number in range(120)]
    async with client as orchestrator:
        query = orchestrator.jobs.filter(Job.release_name.in_(names)).dicts()
        given = []
        async with query.stream(page_size=100, ordered=ordered, paging=paging) as stream:
            if size > 100 and paging == "auto":
                with pytest.raises(OrderViolation, match="outside of the range"):
                    await drain(stream, given)
            else:
                await drain(stream, given)
                assert bag(given) == bag(jobs(size))
                assert "came in two parts of the list" in stream.report.notes[-1]
    assert max(bag(given).values(), default=1) == 1


@pytest.mark.parametrize("raw", [True, False])
async def test_a_part_by_ids_that_brings_others_is_refused(serve, raw):
    async with (await serve(jobs(300), key="Id", deaf=True))[1] as orchestrator:
        query = orchestrator.jobs.filter(Job.id.in_(range(3, 150)))
        with pytest.raises(OrderViolation, match="ignores the filter: a row came with Id"):
            await (query.raw() if raw else query).to_list()


async def test_what_a_list_is_cut_by_is_selected_too(serve):
    server, client = await serve(jobs(30), key="Id")
    async with client as orchestrator:
        query = orchestrator.jobs.filter(Job.release_name.in_([f"R{number}" for number in range(120)]))
        assert await query.select(Job.id).to_list()
    assert server.asked[0]["$select"] == "Id,ReleaseName"


@pytest.mark.parametrize(
    "habits", [{}, {"cap": 7}, {"cap": 7, "links": True}, {"most": 10}, {"anycase": True}]
)
async def test_jobs_come_once_in_parts_and_by_id(serve, habits):
    rows = jobs(150)
    _, client = await serve(rows, key="Id", **habits)
    async with client as orchestrator:
        names = [f"{'r' if habits.get('anycase') else 'R'}{number}" for number in range(120)]
        for query, is_proven in (
            (orchestrator.jobs.exact(), True),
            # Processes are renamed: a row may move between the parts.
            (orchestrator.jobs.filter(Job.release_name.in_(names)), False),
        ):
            async with query.dicts().stream(page_size=20) as stream:
                given = [row async for row in stream]
            assert bag(given) == bag(rows)
            assert stream.report.proven is is_proven


async def test_a_server_that_refuses_bounds_of_time_is_read_by_offset_in_the_same_order(serve):
    rows = [log(number, number * 77_777) for number in range(60)]
    _, client = await serve(rows, window=99, refuses="TimeStamp gt")
    async with client as orchestrator:
        given = []
        async with orchestrator.robot_logs.dicts().stream(page_size=20) as stream:
            await drain(stream, given)
        assert given == rows
        assert (stream.report.plan, stream.report.proven) == ("offset", False)
        assert stream.report.notes == (
            "The server refused ranges of the key (HTTP 400): read by offset instead",
        )
        assert bag(await orchestrator.robot_logs.dicts().to_list()) == bag(rows)


@pytest.mark.parametrize("ordered", [True, False])
async def test_a_server_that_ignores_ranges_of_id_repeats_no_row(serve, ordered):
    rows = [{"Id": number, "Folder": number} for number in range(300)]
    _, client = await serve(rows, key="Id", deaf=True)
    given = []
    async with (
        client as orchestrator,
        orchestrator.jobs.dicts().stream(page_size=20, ordered=ordered) as stream,
    ):
        with pytest.raises(OrderViolation, match="outside of the range"):
            await drain(stream, given)
    assert max(bag(given).values()) == 1
