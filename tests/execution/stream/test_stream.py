"""Streams that are read to their end: order, bounds, what they report."""

from __future__ import annotations

import asyncio

import pytest

from uipath_odata.errors import QueryError
from uipath_odata.paging.window.plan import WindowPlan

LOGS = [{"TimeStamp": f"2024-01-01T00:00:{second:02d}Z"} for second in range(35)]


def logs_of(answer):
    async def fetch(fetch, number):
        bound = fetch.options.get("$filter", " ").split(" ")[-1].replace(".999", "~")
        rows = [row for row in LOGS if row["TimeStamp"] > bound]
        rows = rows[::-1] if fetch.options["$orderby"].endswith("desc") else rows
        return answer(rows[: int(fetch.options["$top"])])

    return fetch


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
    plan = WindowPlan(options={}, page_size=10)
    stream = open_stream(logs_of(answer), plan=plan, decode=list)
    assert await read(stream) == LOGS
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


@pytest.mark.parametrize("concurrency", [1, 2, 4])
async def test_the_next_request_is_out_before_rows_are_decoded(serve, open_stream, concurrency):
    server, seen = serve(), []

    def decode(rows):
        seen.append((rows[0]["Id"], [*server.started]))
        return [row["Id"] for row in rows]

    await read(open_stream(server, concurrency=concurrency, decode=decode))
    assert all(min(first + 10 * concurrency, 90) in started for first, started in seen)
    assert len(seen) == 10


async def test_a_request_that_only_a_page_tells_is_out_before_its_rows_are_decoded(open_stream, answer):
    asked, seen = [], []

    async def fetch(fetch, number):
        asked.append(number)
        return await logs_of(answer)(fetch, number)

    def decode(rows):
        seen.append(len(asked))
        return rows

    plan = WindowPlan(options={}, page_size=10)
    assert await read(open_stream(fetch, plan=plan, concurrency=1, decode=decode)) == LOGS
    assert seen[:4] == [2, 3, 4, 5]


async def test_a_stream_that_is_closed_at_any_turn_gives_its_row_or_says_so(serve, open_stream):
    rows, errors = set(), set()
    for count in range(12):
        stream = open_stream(serve(), concurrency=1)
        reading = asyncio.create_task(anext(stream))
        await turns(count)
        await stream.aclose()
        [outcome] = await asyncio.gather(reading, return_exceptions=True)
        (errors if isinstance(outcome, Exception) else rows).add(str(outcome))
    assert rows == {"0"}
    assert errors == {"The stream is closed: open another with query.stream()"}
