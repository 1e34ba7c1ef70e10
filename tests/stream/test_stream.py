"""Stream, on a real event loop against scripted servers: order, errors, cancellation, memory."""

from __future__ import annotations

import asyncio
import gc

import attrs
import pytest

from uipath_odata.errors import DecodeError, NotProven, QueryError, ServerError
from uipath_odata.paging.offset import OffsetPlan
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window import WindowPlan
from uipath_odata.stream import Stream

PAGE = 10


@attrs.frozen
class Answer:
    rows: list
    count: int | None = None
    attempts: int = 1
    broken: bool = False


class Server:
    """A list of ``size`` numbered rows; requests pass the loop a few times and may be held at a gate."""

    def __init__(self, size=95, *, steps=None, failures=None, broken=None, gate=None):
        self.size, self.steps, self.gate = size, steps or {}, gate
        self.failures = failures or {}
        self.broken = dict(broken or {})
        self.started, self.ended, self.running, self.peak = [], 0, 0, 0

    async def __call__(self, fetch):
        skip, top = int(fetch.options.get("$skip", 0)), int(fetch.options["$top"])
        self.started.append(skip)
        self.running += 1
        try:
            for _ in range(self.steps.get(skip, 2)):
                await asyncio.sleep(0)
            if self.gate is not None and skip:
                await self.gate.wait()
        finally:
            self.running -= 1
            self.ended += 1
        if skip in self.failures:
            raise self.failures[skip]
        self.broken[skip] = self.broken.get(skip, 0) - 1
        rows = [{"Id": number} for number in range(skip, min(skip + top, self.size))]
        return Answer(rows, self.size, attempts=2 if skip == 0 else 1, broken=self.broken[skip] >= 0)


def parse(fetch, answer):
    if answer.broken:
        raise DecodeError("the body is cut: try again")
    return Page(answer.rows, answer.count)


def ids(rows):
    return [row["Id"] for row in rows]


def open_stream(server, *, concurrency=4, ordered=True, options=None, decode=ids):
    plan = OffsetPlan(options=options or {}, page_size=PAGE, ordered=ordered)
    return Stream(plan, fetch=server, parse=parse, decode=decode, concurrency=concurrency)


def other_tasks():
    return asyncio.all_tasks() - {asyncio.current_task()}


def failure():
    return ServerError("it broke: try later", status=500)


async def turns(count=50):
    for _ in range(count):
        await asyncio.sleep(0)


async def read(stream):
    async with stream as rows:
        return [row async for row in rows]


@pytest.mark.parametrize("concurrency", [1, 2, 4, 9])
async def test_rows_come_in_order_however_the_answers_arrive(concurrency):
    server = Server(steps={0: 3, 10: 9, 20: 1, 30: 6, 40: 1})
    assert await read(open_stream(server, concurrency=concurrency)) == [*range(95)]
    assert other_tasks() == set()


async def test_without_order_pages_come_as_they_arrive():
    server = Server(steps={10: 50, 20: 1})
    async with open_stream(server, ordered=False) as rows:
        pages = [page async for page in rows.pages()]
    assert pages[0] == [*range(10)]
    assert pages[1] == [*range(20, 30)]
    assert sorted(row for page in pages for row in page) == [*range(95)]


async def test_pages_run_beside_each_other():
    gate = asyncio.Event()
    server = Server(gate=gate)
    async with open_stream(server) as rows:
        assert await anext(rows) == 0
        for _ in range(9):
            await anext(rows)
        pending = asyncio.create_task(anext(rows))
        await turns()
        assert server.running == 4
        gate.set()
        assert await pending == 10


async def test_the_report_counts_what_happened():
    async with open_stream(Server()) as rows:
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


async def test_a_window_scan_is_driven_by_the_same_reader():
    logs = [{"TimeStamp": f"2024-01-01T00:00:{second:02d}Z"} for second in range(35)]

    async def fetch(fetch):
        bound = fetch.options.get("$filter", " ").split(" ")[-1].replace(".999", "~")
        rows = [row for row in logs if row["TimeStamp"] > bound]
        skip = int(fetch.options.get("$skip", 0))
        return Answer(rows[skip : skip + int(fetch.options["$top"])])

    plan = WindowPlan(options={}, page_size=10)
    stream = Stream(plan, fetch=fetch, parse=parse, decode=list)
    assert await read(stream) == logs
    assert stream.report.proven


@pytest.mark.parametrize("concurrency", [1, 3, 4])
async def test_a_slow_consumer_holds_no_more_pages_than_concurrency(concurrency):
    """R87."""
    server, finished = Server(300), 0
    async with open_stream(server, concurrency=concurrency) as rows:
        async for _ in rows.pages():
            await turns()
            assert len(server.started) - finished <= concurrency
            finished += 1
    assert finished == 30


async def test_a_page_that_waits_for_its_turn_counts():
    """R87."""
    gate = asyncio.Event()
    server = Server(300)

    async def fetch(fetch):
        if fetch.options.get("$skip") == "10":
            await gate.wait()
        return await server(fetch)

    async with open_stream(fetch) as rows:
        assert [await anext(rows) for _ in range(10)] == [*range(10)]
        pending = asyncio.create_task(anext(rows))
        await turns()
        assert server.started == [0, 20, 30, 40]
        gate.set()
        assert await pending == 10


async def test_the_failing_page_raises_its_own_error_once_behind_the_rows_before_it():
    """R86."""
    error = failure()
    server, given = Server(steps={40: 1, 20: 40, 50: 60}, failures={40: error, 60: failure()}), []
    stream = open_stream(server)
    with pytest.raises(ServerError) as caught:  # noqa: PT012 - the rows before the error are part of the contract
        async with stream as rows:
            async for page in rows.pages():
                given += page
    assert caught.value is error
    assert given == [*range(40)]
    assert error.__notes__ == ["while reading page 5 ($skip=40)"]
    assert other_tasks() == set()
    assert stream.report.rows == 40
    assert server.running == 0
    assert 70 not in server.started


async def test_the_first_failing_page_in_order_is_the_one_that_raises():
    """R86."""
    first, second = failure(), failure()
    server = Server(steps={20: 30, 30: 1}, failures={20: first, 30: second})
    with pytest.raises(ServerError) as caught:
        await read(open_stream(server))
    assert caught.value is first


async def test_without_order_an_error_ends_its_siblings_at_once():
    """R86."""
    gate = asyncio.Event()

    async def fetch(fetch):
        if fetch.options.get("$skip") == "20":
            raise failure()
        if "$skip" in fetch.options:
            await gate.wait()
        return Answer([{"Id": 1}] * 10, 95)

    with pytest.raises(ServerError):
        await read(open_stream(fetch, ordered=False))
    assert other_tasks() == set()


async def test_any_other_error_of_a_page_is_raised_alike():
    server = Server(failures={30: ZeroDivisionError()})
    given = []
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the rows before the error are part of the contract
        async for page in open_stream(server).pages():
            given += page
    assert given == [*range(30)]
    assert other_tasks() == set()


async def test_a_body_that_cannot_be_parsed_is_fetched_once_more():
    """R15, R20, R22."""
    server = Server(broken={20: 1})
    stream = open_stream(server)
    assert await read(stream) == [*range(95)]
    assert server.started.count(20) == 2
    assert (stream.report.requests, stream.report.retries) == (13, 2)


async def test_a_body_that_stays_broken_is_an_error_and_never_no_rows():
    """R22."""
    server = Server(broken={20: 2})
    with pytest.raises(DecodeError) as caught:
        await read(open_stream(server))
    assert server.started.count(20) == 2
    assert caught.value.__notes__ == ["while reading page 3 ($skip=20)"]


async def test_a_row_that_cannot_be_decoded_names_its_page():
    def decode(rows):
        if rows[0]["Id"] == 20:
            raise DecodeError("Robot.Id in row 0 is a text: report it", entity="Robot", property="Id", row=0)
        return rows

    with pytest.raises(DecodeError) as caught:
        await read(open_stream(Server(), decode=decode))
    assert caught.value.__notes__ == ["in page 3 of those given out"]
    assert other_tasks() == set()


async def test_what_the_plan_refuses_ends_the_stream_behind_the_rows_before_it():
    plan = OffsetPlan(options={}, page_size=PAGE, window=25)
    given = []

    async def fetch(fetch):
        skip = int(fetch.options.get("$skip", 0))
        return Answer([{"Id": number} for number in range(skip, skip + int(fetch.options["$top"]))])

    with pytest.raises(NotProven):  # noqa: PT012 - the rows before the error are part of the contract
        async with Stream(plan, fetch=fetch, parse=parse, decode=ids) as rows:
            async for page in rows.pages():
                given += page
    assert given == [*range(25)]


@pytest.mark.parametrize("rows_taken", [1, 10, 11, 35])
async def test_breaking_out_leaves_no_task(rows_taken):
    """R84."""
    server = Server()
    async with open_stream(server) as rows:
        async for row in rows:
            if row == rows_taken - 1:
                break
    assert other_tasks() == set()
    assert server.running == 0


async def test_an_exception_in_the_consumer_leaves_no_task():
    """R85."""
    server = Server()
    with pytest.raises(KeyError):  # noqa: PT012 - the block is the consumer
        async with open_stream(server) as rows:
            async for _ in rows:
                raise KeyError
    assert other_tasks() == set()
    assert server.running == 0


async def test_throwing_into_the_rows_ends_them():
    """R85."""
    server = Server()
    stream = open_stream(server)
    rows = aiter(stream)
    assert await anext(rows) == 0
    with pytest.raises(KeyError):
        await rows.athrow(KeyError)
    assert other_tasks() == set()
    with pytest.raises(StopAsyncIteration):
        await anext(rows)


async def test_a_timeout_of_the_caller_leaves_no_task():
    """R91."""
    server = Server(gate=asyncio.Event())
    stream = open_stream(server)
    with pytest.raises(TimeoutError):  # noqa: PT012 - the block is the consumer
        async with asyncio.timeout(0.01), stream as rows:
            async for _ in rows:
                pass
    assert other_tasks() == set()
    assert server.running == 0
    assert stream.report.rows == 10


async def test_cancelling_at_any_step_leaves_no_task():
    """R83."""

    async def consume(given):
        async with open_stream(server) as rows:
            async for page in rows.pages():
                given += page
                await asyncio.sleep(0)

    async def cancelled_at(step, given):
        consumer = asyncio.create_task(consume(given))
        await turns(step)
        done = not consumer.cancel()
        await asyncio.wait([consumer])
        assert consumer.cancelled() != done
        return done

    step, done = 0, False
    while not done:
        server, given = Server(), []
        done = await cancelled_at(step, given)
        assert other_tasks() == set(), step
        assert server.running == 0
        assert given == [*range(len(given))]
        step += 1
    assert step > 20
    assert given == [*range(95)]


async def test_cancelling_the_closing_still_awaits_every_request():
    """R88."""
    server = Server(gate=asyncio.Event())
    stream = open_stream(server)
    for _ in range(10):
        await anext(stream)
    waiting = asyncio.create_task(anext(stream))
    await turns()
    assert server.running == 4
    closing = asyncio.create_task(stream.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.gather(closing, waiting, return_exceptions=True)
    assert other_tasks() == set()
    assert server.running == 0


async def test_closing_again_changes_nothing():
    """R88."""
    stream = open_stream(Server())
    async with stream as rows:
        await anext(rows)
    await stream.aclose()
    await stream.aclose()
    assert other_tasks() == set()


async def test_reading_a_closed_stream_is_an_error_and_never_no_rows():
    stream = open_stream(Server())
    await stream.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        [page async for page in stream.pages()]


async def test_a_closed_stream_ends_the_task_that_waits_for_it():
    stream = open_stream(Server(gate=asyncio.Event()))
    for _ in range(10):
        await anext(stream)
    waiting = asyncio.create_task(anext(stream))
    await turns(5)
    await stream.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await waiting


async def test_a_stream_that_is_dropped_while_open_warns_and_stops():
    """R84."""
    server = Server(gate=asyncio.Event())
    stream = open_stream(server)
    assert await anext(stream) == 0
    with pytest.warns(ResourceWarning, match="async with"):  # noqa: PT031 - the collector may run by itself
        del stream
        gc.collect()
    await turns(5)
    assert other_tasks() == set()


async def test_a_stream_that_was_never_read_is_dropped_in_silence():
    stream = open_stream(Server())
    del stream
    gc.collect()
    assert other_tasks() == set()


async def test_rows_of_a_page_that_was_begun_come_first_in_pages():
    async with open_stream(Server()) as rows:
        assert [await anext(rows) for _ in range(4)] == [0, 1, 2, 3]
        pages = [page async for page in rows.pages()]
    assert pages[0] == [*range(4, 10)]
    assert [row for page in pages for row in page] == [*range(4, 95)]


async def test_breaking_off_and_going_on_loses_no_row():
    async with open_stream(Server()) as rows:
        async for row in rows:
            if row == 13:
                break
        assert [row async for row in rows] == [*range(14, 95)]


async def test_the_checkpoint_never_passes_a_row_that_was_not_given():
    async with open_stream(Server()) as rows:
        for _ in range(10):
            await anext(rows)
        assert rows.checkpoint == {"plan": "offset", "skip": 0}
        await anext(rows)
        assert rows.checkpoint == {"plan": "offset", "skip": 10}
        pages = rows.pages()
        await anext(pages)
        assert rows.checkpoint == {"plan": "offset", "skip": 20}


def test_a_concurrency_that_fetches_nothing_is_refused():
    with pytest.raises(QueryError, match="give 1 or more"):
        open_stream(Server(), concurrency=0)
