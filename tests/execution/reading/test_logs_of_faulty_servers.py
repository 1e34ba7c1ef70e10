"""RobotLogs over real sockets, of servers that once made a wrong reading proven."""

from __future__ import annotations

import attrs
import pytest
from aiohttp import web

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.errors import NotProven, OrderViolation
from uipath_odata.settings import Settings

from .hostile import Hostile


@pytest.fixture
async def serve():
    runners = []

    async def start(server):
        application = web.Application()
        application.router.add_get("/{path:.*}", server.answer)
        runners.append(runner := web.AppRunner(application, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return Orchestrator(url, AccessToken("token"), settings=Settings(requests_a_minute=10**6))

    yield start
    for runner in runners:
        await runner.cleanup()


def log(second, number=0):
    stamp = f"2025-02-28T23:{second // 60:02}:{second % 60:02}Z"
    return {"TimeStamp": stamp, "Message": str(number), "RobotName": "Ada", "JobKey": None, "MachineId": 1}


def messages(rows):
    return sorted(int(row["Message"]) for row in rows)


@attrs.define(eq=False)
class Deleting(Hostile):
    """Retention deletes its first row once a page was sent."""

    def page(self, request, options, found):
        answer = super().page(request, options, found)
        if len(self.asked) == 1:
            del self.rows[0]
        return answer


async def test_a_deletion_does_not_hide_a_row_of_a_bucket_that_fills_the_page(serve):
    """The row at the page's end moves into the page: the one after it says nothing about the bucket."""
    rows = [log(0, 0), *(log(1, number) for number in range(1, 12)), log(2, 12)]
    orchestrator = await serve(Deleting([*rows], window=99))
    async with orchestrator, orchestrator.robot_logs.dicts().stream(page_size=10) as stream:
        given = [row async for row in stream]
    assert set(messages(given)) >= set(range(1, 13))


@attrs.define(eq=False)
class Counting(Hostile):
    """It counts what it does not show."""

    said: int = 0

    def page(self, request, options, found):
        answer = super().page(request, options, found)
        return answer | ({"@odata.count": self.said} if "$count" in options else {})

    async def tell(self, count):
        return web.json_response({"value": self.said})


@pytest.mark.parametrize(("shown", "counted"), [(0, 3), (15, 50), (1_500, 5_000)])
async def test_rows_that_are_counted_and_not_shown_are_not_proven(serve, shown, counted):
    rows = [log(number, number) for number in range(shown)]
    orchestrator = await serve(Counting(rows, said=counted))
    async with orchestrator:
        query = orchestrator.robot_logs.dicts()
        with pytest.raises(NotProven, match=str(counted)):
            await query.exact().to_list()
        async with query.stream() as stream:
            assert messages([row async for row in stream]) == [*range(shown)]
        assert not stream.report.proven


@attrs.define(eq=False)
class CountingPages(Hostile):
    """It counts the rows of the page."""

    def page(self, request, options, found):
        answer = super().page(request, options, found)
        return answer | {"@odata.count": len(answer["value"])}


async def test_the_count_of_a_page_alone_ends_no_exact_reading(serve):
    rows = [log(number, number) for number in range(1_000)]
    orchestrator = await serve(CountingPages(rows, cap=300))
    async with orchestrator:
        query = orchestrator.robot_logs.dicts()
        assert messages(await query.exact().to_list()) == [*range(1_000)]
        async with query.stream() as stream:
            given = [row async for row in stream]
        assert not stream.report.proven or len(given) == 1_000


async def test_a_filter_that_is_ignored_is_found_by_the_second_page(serve):
    server = Hostile([log(number, number) for number in range(2_000)], deaf=True)
    orchestrator = await serve(server)
    async with orchestrator:
        with pytest.raises(OrderViolation, match="ignores the filter"):
            await orchestrator.robot_logs.dicts().exact().to_list()
    assert len(server.asked) < 20
    server.rows = [log(number // 20, number) for number in range(2_000)]
    server.asked.clear()
    async with await serve(server) as orchestrator:
        with pytest.raises(OrderViolation, match="ignores the filter"):
            await orchestrator.robot_logs.dicts().to_list()
    assert len(server.asked) < 20


@attrs.define(eq=False)
class Endless(Hostile):
    """It sends everything, whatever ``$top`` says."""

    def page(self, request, options, found):
        found.sort(key=lambda row: row["TimeStamp"], reverse=options["$orderby"].endswith("desc"))
        return {"value": found}


async def test_a_top_that_is_ignored_does_not_make_a_scan_ask_for_ever(serve):
    server = Endless([log(number, number) for number in range(300)])
    orchestrator = await serve(server)
    async with orchestrator, orchestrator.robot_logs.dicts().exact().stream(page_size=100) as stream:
        assert messages([row async for row in stream]) == [*range(300)]
    assert stream.report.proof == "by_later_bucket"
    assert len(server.asked) < 8
