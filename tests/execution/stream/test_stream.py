"""Streams that are read to their end: order, bounds, what they report."""

from __future__ import annotations

import asyncio

import pytest

from uipath_odata.errors import QueryError
from uipath_odata.paging.window.plan import WindowPlan


async def turns(count=50):
    for _ in range(count):
        await asyncio.sleep(0)


async def read(stream):
    async with stream as rows:
        return [row async for row in rows]


@pytest.mark.parametrize("concurrency", [1, 2, 4, 9])
async def test_rows_come_in_order_however_the_answers_arrive(serve, open_stream, concurrency):
    server = serve(steps={0: 3, 10: 9, 20: 1, 30: 6, 40: 1})
    assert await read(open_stream(server, concurrency=concurrency)) == [*range(95)]


async def test_without_order_pages_come_as_they_arrive(serve, open_stream):
    server = serve(steps={10: 50, 20: 1})
    async with open_stream(server, ordered=False) as rows:
        pages = [page async for page in rows.pages()]
    assert pages[0] == [*range(10)]
    assert pages[1] == [*range(20, 30)]
    assert sorted(row for page in pages for row in page) == [*range(95)]


async def test_pages_run_beside_each_other(serve, open_stream):
    gate = asyncio.Event()
    server = serve(gate=gate)
    async with open_stream(server) as rows:
        assert await anext(rows) == 0
        for _ in range(9):
            await anext(rows)
        pending = asyncio.create_task(anext(rows))
        await turns()
        assert server.running == 4
        gate.set()
        assert await pending == 10


async def test_the_report_counts_what_happened(serve, open_stream):
    async with open_stream(serve()) as rows:
        assert [row async for row in rows] == [*range(95)]
    report = rows.report
    assert (report.plan, report.rows, report.pages, report.requests, report.retries) == (
        "offset",
        95,
        10,
        12,
        1,
    )
    assert not report.proven
    assert "best effort" in report.reason
    assert report.added == ("$top=10", "$count=true")


async def test_a_window_scan_is_driven_by_the_same_reader(open_stream, answer):
    logs = [{"TimeStamp": f"2024-01-01T00:00:{second:02d}Z"} for second in range(35)]

    async def fetch(fetch, number):
        bound = fetch.options.get("$filter", " ").split(" ")[-1].replace(".999", "~")
        rows = [row for row in logs if row["TimeStamp"] > bound]
        rows = rows[::-1] if fetch.options["$orderby"].endswith("desc") else rows
        return answer(rows[: int(fetch.options["$top"])])

    stream = open_stream(fetch, plan=WindowPlan(options={}, page_size=10), decode=list)
    assert await read(stream) == logs
    assert stream.report.proven


@pytest.mark.parametrize("concurrency", [1, 3, 4])
async def test_a_slow_consumer_holds_one_page_beside_those_of_concurrency(serve, open_stream, concurrency):
    """R87."""
    server, finished = serve(300), 0
    async with open_stream(server, concurrency=concurrency) as rows:
        async for _ in rows.pages():
            await turns()
            assert len(server.started) - finished <= concurrency + 1
            finished += 1
    assert finished == 30


async def test_a_page_that_waits_for_its_turn_counts(serve, open_stream):
    """R87."""
    gate = asyncio.Event()
    server = serve(300)

    async def fetch(fetch, number):
        if fetch.options.get("$skip") == "10":
            await gate.wait()
        return await server(fetch, number)

    async with open_stream(fetch) as rows:
        assert [await anext(rows) for _ in range(10)] == [*range(10)]
        pending = asyncio.create_task(anext(rows))
        await turns()
        assert server.started == [0, 20, 30, 40]
        gate.set()
        assert await pending == 10


async def test_rows_of_a_page_that_was_begun_come_first_in_pages(serve, open_stream):
    async with open_stream(serve()) as rows:
        assert [await anext(rows) for _ in range(4)] == [0, 1, 2, 3]
        pages = [page async for page in rows.pages()]
    assert pages[0] == [*range(4, 10)]
    assert [row for page in pages for row in page] == [*range(4, 95)]


async def test_breaking_off_and_going_on_loses_no_row(serve, open_stream):
    async with open_stream(serve()) as rows:
        async for row in rows:
            if row == 13:
                break
        assert [row async for row in rows] == [*range(14, 95)]


async def test_the_checkpoint_never_passes_a_row_that_was_not_given(serve, open_stream):
    async with open_stream(serve()) as rows:
        for _ in range(10):
            await anext(rows)
        assert rows.checkpoint == {"plan": "offset", "skip": 0}
        await anext(rows)
        assert rows.checkpoint == {"plan": "offset", "skip": 10}
        pages = rows.pages()
        await anext(pages)
        assert rows.checkpoint == {"plan": "offset", "skip": 20}


def test_a_concurrency_that_fetches_nothing_is_refused(serve, open_stream):
    with pytest.raises(QueryError, match="give 1 or more"):
        open_stream(serve(), concurrency=0)
