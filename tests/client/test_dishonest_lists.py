"""Lists whose server caps, counts or links otherwise than it says."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.auth import Deployment
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import NotProven, QueryError, ServerError
from uipath_odata.operations.robots import Robots
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.transport import Transport


@pytest.fixture
async def serving():
    runners = []

    async def serve(answer):
        async def handle(request):
            return web.json_response(answer(dict(request.query), request))

        application = web.Application()
        application.router.add_get("/{path:.*}", handle)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        host, port = runner.addresses[0][:2]
        return Orchestrator(f"http://{host}:{port}", AccessToken("a-token"))

    yield serve
    for runner in runners:
        await runner.cleanup()


def rows_of(count):
    return [{"Id": number + 1, "Name": f"n{number}"} for number in range(count)]


def in_range(options, rows):
    """Select as a server would for the bounds that a scan by Id adds."""
    words = options.get("$filter", "").replace("(", "").replace(")", "").split()
    bounds = dict(zip(words[1::4], words[2::4], strict=False))
    low, high = int(bounds.get("gt", 0)), int(bounds.get("le", 10**9))
    rows = [row for row in rows if low < row["Id"] <= high]
    return rows[::-1] if options.get("$orderby", "").endswith("desc") else rows


def capped(rows, cap, *, count):
    def answer(options, _):
        found = in_range(options, rows)
        skip, top = int(options.get("$skip", 0)), int(options.get("$top", cap))
        page = found[skip : skip + min(top, cap)]
        return {"value": page, **({} if count is None else {"@odata.count": count(page, found)})}

    return answer


@pytest.mark.parametrize("paging", ["auto", "offset"])
async def test_exact_does_not_take_a_count_that_repeats_the_cap_for_the_whole_list(serving, paging):
    rows = rows_of(2_500)
    orchestrator = await serving(capped(rows, 300, count=lambda page, _: len(page)))
    stream = orchestrator.robots.dicts().exact().stream(paging=paging, page_size=1_000)
    async with orchestrator, stream:
        try:
            given = [row async for row in stream]
        except NotProven:
            assert not stream.report.proven
        else:
            assert given == rows


async def test_exact_asks_behind_a_small_list_once(serving):
    rows, asked = rows_of(7), []
    answer = capped(rows, 1_000, count=lambda _, found: len(found))

    def kept(options, request):
        asked.append(options)
        return answer(options, request)

    async with await serving(kept) as orchestrator:
        assert await orchestrator.robots.dicts().exact().to_list() == rows
        assert 1 < len(asked) <= 4
        asked.clear()
        assert await orchestrator.robots.dicts().to_list() == rows
        assert len(asked) == 1


async def test_top_is_an_upper_bound_also_where_the_server_ignores_it(serving):
    async with await serving(lambda *_: {"value": rows_of(2_500), "@odata.count": 2_500}) as orchestrator:
        async with orchestrator.robots.top(10).stream() as stream:
            assert len([row async for row in stream]) == 10
        assert any("longer than $top" in note for note in stream.report.notes)


async def test_one_empty_answer_is_doubted_where_the_server_counted_more(serving):
    rows, number = rows_of(4_000), iter(range(100))

    def answer(options, _):
        skip, top = int(options.get("$skip", 0)), int(options["$top"])
        empty = next(number) == 2
        return {"value": [] if empty else rows[skip : skip + top], "@odata.count": 4_000}

    orchestrator = await serving(answer)
    async with orchestrator, orchestrator.robots.dicts().stream(paging="offset", concurrency=1) as stream:
        assert [row async for row in stream] == rows


async def test_rows_that_the_server_counts_and_never_sends_are_noted(serving):
    rows = rows_of(1_500)

    def answer(options, _):
        skip, top = int(options.get("$skip", 0)), int(options["$top"])
        return {"value": rows[skip : skip + top], "@odata.count": 4_000}

    async with await serving(answer) as orchestrator:
        async with orchestrator.robots.stream(paging="offset") as stream:
            assert len([row async for row in stream]) == 1_500
        assert any("counted 4000" in note for note in stream.report.notes)


async def test_fresh_next_links_to_the_same_rows_end_with_an_error_r67(serving):
    number = iter(range(1_000))

    def answer(*_):
        return {"value": rows_of(100), "@odata.nextLink": f"Robots?$skiptoken={next(number)}"}

    async with await serving(answer) as orchestrator:
        with pytest.raises(NotProven, match="next link"):
            async with orchestrator.robots.stream(paging="offset") as stream:
                _ = [row async for row in stream]


async def test_ids_that_come_as_texts_are_read_by_id_all_the_same(serving):
    rows = rows_of(2_500)

    def answer(options, _):
        found = in_range(options, rows)
        page = found[: int(options["$top"])]
        return {"value": [{**row, "Id": str(row["Id"])} for row in page], "@odata.count": str(len(found))}

    async with await serving(answer) as orchestrator:
        async with orchestrator.robots.stream() as stream:
            assert [row.id async for row in stream] == [row["Id"] for row in rows]
        assert (stream.report.plan, stream.report.proven) == ("keyset", True)


async def test_nothing_is_asked_for_no_rows(serving):
    asked = []
    async with await serving(lambda *_: asked.append(1) or {"value": []}) as orchestrator:
        assert await orchestrator.robots.top(0).exact().to_list() == []
        assert asked == []


@pytest.mark.parametrize(
    "options",
    [
        {"page_size": True},
        {"page_size": 1.5},
        {"page_size": 0},
        {"paging": "nope"},
        {"concurrency": "4"},
        {"concurrency": 0},
    ],
)
async def test_bad_options_are_refused_before_any_request(options):
    async with Orchestrator("http://127.0.0.1:9", AccessToken("a-token")) as orchestrator:
        with pytest.raises(QueryError, match=": give "):
            orchestrator.robots.stream(**options)


async def test_a_stream_that_was_closed_unread_is_not_taken_for_an_empty_list():
    async with Orchestrator("http://127.0.0.1:9", AccessToken("a-token")) as orchestrator:
        async with orchestrator.robots.stream() as stream:
            pass
        with pytest.raises(RuntimeError, match="closed"):
            _ = [row async for row in stream]


async def test_attempts_that_failed_are_in_the_report():
    async def failing(request):
        return web.Response(status=500)

    application = web.Application()
    application.router.add_get("/{path:.*}", failing)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    clock = Clock(monotonic=lambda: 0.0, wall=lambda: 0.0, sleep=lambda _: asyncio.sleep(0))
    deployment = Deployment.at(f"http://{host}:{port}")
    transport = Transport(deployment, AccessToken("a-token"), clock=clock)
    stream = Robots._of(TenantChannel(transport, deployment.base_url)).stream()
    async with stream:
        with pytest.raises(ServerError) as caught:
            _ = [row async for row in stream]
    assert stream.report.requests == caught.value.attempts > 1
    await transport.aclose()
    await runner.cleanup()
