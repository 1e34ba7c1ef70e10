"""Streams that end early: errors, cancellation, closing; nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc

import pytest

from uipath_odata.errors import DecodeError, NotProven, ServerError, WindowError
from uipath_odata.paging.offset.plan import OffsetPlan


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


async def test_the_failing_page_raises_its_own_error_once_behind_the_rows_before_it(serve, open_stream):
    """R86."""
    error = failure()
    server, given = serve(steps={40: 1, 20: 40, 50: 60}, failures={40: error, 60: failure()}), []
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


async def test_the_first_failing_page_in_order_is_the_one_that_raises(serve, open_stream):
    """R86."""
    first, second = failure(), failure()
    server = serve(steps={20: 30, 30: 1}, failures={20: first, 30: second})
    with pytest.raises(ServerError) as caught:
        await read(open_stream(server))
    assert caught.value is first


async def test_without_order_an_error_ends_its_siblings_at_once(open_stream, answer):
    """R86."""
    gate = asyncio.Event()

    async def fetch(fetch, number):
        if fetch.options.get("$skip") == "20":
            raise failure()
        if "$skip" in fetch.options:
            await gate.wait()
        return answer([{"Id": 1}] * 10, 95)

    with pytest.raises(ServerError):
        await read(open_stream(fetch, ordered=False))
    assert other_tasks() == set()


async def test_any_other_error_of_a_page_is_raised_alike(serve, open_stream):
    server = serve(failures={30: ZeroDivisionError()})
    given = []
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the rows before the error are part of the contract
        async for page in open_stream(server).pages():
            given += page
    assert given == [*range(30)]
    assert other_tasks() == set()


async def test_a_body_that_cannot_be_parsed_is_fetched_once_more(serve, open_stream):
    """R15, R20, R22."""
    server = serve(broken={20: 1})
    stream = open_stream(server)
    assert await read(stream) == [*range(95)]
    assert server.started.count(20) == 2
    assert (stream.report.requests, stream.report.retries) == (13, 2)


async def test_a_body_that_stays_broken_is_an_error_and_never_no_rows(serve, open_stream):
    """R22."""
    server = serve(broken={20: 2})
    with pytest.raises(DecodeError) as caught:
        await read(open_stream(server))
    assert server.started.count(20) == 2
    assert caught.value.__notes__ == ["while reading page 3 ($skip=20)"]


async def test_a_row_that_cannot_be_decoded_names_its_page(serve, open_stream):
    def decode(rows):
        if rows[0]["Id"] == 20:
            raise DecodeError("Robot.Id in row 0 is a text: report it", entity="Robot", property="Id", row=0)
        return rows

    with pytest.raises(DecodeError) as caught:
        await read(open_stream(serve(), decode=decode))
    assert caught.value.__notes__ == ["in page 3 of those given out"]
    assert other_tasks() == set()


async def test_what_the_plan_refuses_ends_the_stream_behind_the_rows_before_it(open_stream, answer):
    plan = OffsetPlan(options={}, page_size=10, window=25)
    given = []

    async def fetch(fetch, number):
        skip = int(fetch.options.get("$skip", 0))
        return answer([{"Id": number} for number in range(skip, skip + int(fetch.options["$top"]))])

    with pytest.raises(NotProven):  # noqa: PT012 - the rows before the error are part of the contract
        async with open_stream(fetch, plan=plan) as rows:
            async for page in rows.pages():
                given += page
    assert given == [*range(25)]


async def test_a_plan_that_cannot_go_on_from_an_answer_ends_the_stream(serve, open_stream):
    stream = open_stream(serve(), plan=OffsetPlan(options={}, page_size=10, window=25))
    with pytest.raises(WindowError) as caught:
        await read(stream)
    assert caught.value.__notes__ == ["while reading page 1"]
    assert stream.report.rows == 0
    assert other_tasks() == set()


@pytest.mark.parametrize("rows_taken", [1, 10, 11, 35])
async def test_breaking_out_leaves_no_task(serve, open_stream, rows_taken):
    """R84."""
    server = serve()
    async with open_stream(server) as rows:
        async for row in rows:
            if row == rows_taken - 1:
                break
    assert other_tasks() == set()
    assert server.running == 0


async def test_an_exception_in_the_consumer_leaves_no_task(serve, open_stream):
    """R85."""
    server = serve()
    with pytest.raises(KeyError):  # noqa: PT012 - the block is the consumer
        async with open_stream(server) as rows:
            async for _ in rows:
                raise KeyError
    assert other_tasks() == set()
    assert server.running == 0


async def test_closing_a_loop_over_the_rows_ends_them(serve, open_stream):
    """R85."""
    server = serve()
    async with contextlib.aclosing(open_stream(server).pages()) as pages:
        assert await anext(pages) == [*range(10)]
    assert other_tasks() == set()
    with pytest.raises(RuntimeError, match="closed"):
        await anext(pages)


async def test_a_timeout_of_the_caller_leaves_no_task(serve, open_stream):
    """R91."""
    server = serve(gate=asyncio.Event())
    stream = open_stream(server)
    with pytest.raises(TimeoutError):  # noqa: PT012 - the block is the consumer
        async with asyncio.timeout(0.01), stream as rows:
            async for _ in rows:
                pass
    assert other_tasks() == set()
    assert server.running == 0
    assert stream.report.rows == 10


async def test_cancelling_at_any_step_leaves_no_task(serve, open_stream):
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
        server, given = serve(), []
        done = await cancelled_at(step, given)
        assert other_tasks() == set(), step
        assert server.running == 0
        assert given == [*range(len(given))]
        step += 1
    assert step > 20
    assert given == [*range(95)]


async def test_cancelling_the_closing_still_awaits_every_request(serve, open_stream):
    """R88."""
    server = serve(gate=asyncio.Event())
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


async def test_closing_again_changes_nothing(serve, open_stream):
    """R88."""
    stream = open_stream(serve())
    async with stream as rows:
        await anext(rows)
    await stream.aclose()
    await stream.aclose()
    assert other_tasks() == set()


async def test_reading_a_closed_stream_is_an_error_and_never_no_rows(serve, open_stream):
    stream = open_stream(serve())
    await stream.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        [page async for page in stream.pages()]


async def test_a_closed_stream_ends_the_task_that_waits_for_it(serve, open_stream):
    stream = open_stream(serve(gate=asyncio.Event()))
    for _ in range(10):
        await anext(stream)
    waiting = asyncio.create_task(anext(stream))
    await turns(5)
    await stream.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await waiting


async def _by_row(stream):
    assert await anext(stream) == 0


async def _in_a_loop(stream):
    async for row in stream:
        assert row == 0
        break


async def _in_a_loop_over_pages(stream):
    async for page in stream.pages():
        assert page == [*range(10)]
        break


async def _with_an_error(stream):
    with contextlib.suppress(KeyError):
        async for row in stream:
            raise KeyError(row)


@pytest.mark.parametrize("begin", [_by_row, _in_a_loop, _in_a_loop_over_pages, _with_an_error])
@pytest.mark.filterwarnings("ignore:A stream was dropped:ResourceWarning")
async def test_a_stream_that_is_dropped_while_open_ends_its_requests_at_once(serve, open_stream, begin):
    """R84. Without the garbage collector, which may take minutes to come by."""
    server, collects = serve(gate=asyncio.Event()), gc.isenabled()
    gc.disable()
    try:
        await begin(open_stream(server))
        await turns(3)
        assert server.running == 0
        assert other_tasks() == set()
    finally:
        if collects:
            gc.enable()


@pytest.mark.parametrize("begin", [_in_a_loop, _in_a_loop_over_pages, _with_an_error])
async def test_a_loop_that_is_left_outside_of_a_block_ends_the_stream_that_is_kept(serve, open_stream, begin):
    server = serve(gate=asyncio.Event())
    stream = open_stream(server)
    with pytest.warns(ResourceWarning, match="async with"):
        await begin(stream)
    await turns(3)
    assert server.running == 0
    assert stream.report.rows == 10
    with pytest.raises(RuntimeError, match="closed"):
        [row async for row in stream]


async def test_pages_keep_their_stream_open(serve, open_stream):
    pages = open_stream(serve()).pages()
    assert [row async for page in pages for row in page] == [*range(95)]
    assert [page async for page in pages] == []


@pytest.mark.filterwarnings("ignore:A stream was dropped:ResourceWarning")
async def test_a_loop_that_nothing_but_its_next_page_refers_to_is_in_use(serve, open_stream):
    assert await anext(open_stream(serve()).pages()) == [*range(10)]
    assert await anext(aiter(open_stream(serve()))) == 0
    await turns(3)
    assert other_tasks() == set()


async def test_a_stream_that_is_dropped_while_open_warns(serve, open_stream):
    stream = open_stream(serve(gate=asyncio.Event()))
    assert await anext(stream) == 0
    with pytest.warns(ResourceWarning, match="async with"):
        del stream
    await turns(3)


async def test_a_request_that_fails_when_its_stream_is_gone_is_nobodys_to_report(serve, open_stream):
    loop, reported = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: reported.append(context))
    stream = open_stream(serve(failures={20: failure(), 30: failure()}))
    assert await anext(stream) == 0
    await turns(10)
    with pytest.warns(ResourceWarning, match="async with"):
        del stream
    await turns(3)
    gc.collect()
    assert reported == []


async def test_after_a_timeout_of_its_caller_a_stream_never_seems_to_be_read_whole(serve, open_stream):
    stream = open_stream(serve(gate=asyncio.Event()))
    for _ in range(10):
        await anext(stream)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await anext(stream)
    with pytest.raises(RuntimeError, match="closed"):
        await anext(stream)


async def test_a_stream_that_was_never_read_is_dropped_in_silence(serve, open_stream):
    stream = open_stream(serve())
    del stream
    gc.collect()
    assert other_tasks() == set()
