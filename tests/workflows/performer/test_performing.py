"""Items of the emulator's queues, worked on one at a time and by handlers."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import socket
from random import Random

import pytest

from uipath_odata import AccessToken, BusinessError, Orchestrator
from uipath_odata.emulator.faults import RateLimited, Status
from uipath_odata.entities import QueueItem
from uipath_odata.errors import BadRequest, Conflict, ConnectionFailed, NoRow, QueryError
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.retry.progress import RetryContext


@pytest.fixture
def queue(emulator, orchestrator, finance):
    options = {"AcceptAutomaticallyRetry": True, "MaxNumberOfRetries": 1}
    emulator.add.queue("Invoices", folder="Shared/Finance", **options)
    orchestrator._channel.memory[Clock] = Clock(sleep=lambda _: asyncio.sleep(0.001))
    return finance.queue("Invoices")


def fill(emulator, count):
    for number in range(count):
        emulator.add.queue_item("Invoices", {"n": number}, reference=f"INV-{number}", folder="Shared/Finance")


async def statuses(finance):
    items = await finance.queue_items.order_by(QueueItem.id).to_list()
    return [(item.reference, item.status) for item in items]


async def test_items_are_taken_when_they_are_asked_for_and_end_as_their_blocks_do(queue, emulator, finance):
    fill(emulator, 3)
    seen = []
    async for item in queue.work(until_empty=True, alive_every=None):
        seen.append(item)
        assert [status for _, status in await statuses(finance)].count("InProgress") == 1
        async with item:
            if item.content["n"] == 1:
                raise BusinessError("no such customer", "asked twice")
            if item.content["n"] == 2:
                raise KeyError("amount")
            await item.progress("half")
            item.output = {"Booked": True}
    assert [(each.reference, each.ended) for each in seen] == [
        ("INV-0", "successful"),
        ("INV-1", "business failure"),
        ("INV-2", "application failure"),
        ("INV-2", "application failure"),
    ]
    rows = await finance.queue_items.order_by(QueueItem.id).to_list()
    assert [row.status for row in rows] == ["Successful", "Failed", "Retried", "Failed"]
    assert (rows[0].output, rows[0].progress) == ({"Booked": True}, "half")
    assert (rows[1].processing_exception.reason, rows[1].processing_exception.details) == (
        "no such customer",
        "asked twice",
    )
    assert rows[3].processing_exception.reason == "KeyError: 'amount'"
    assert "test_performing.py" in rows[3].processing_exception.details


async def test_a_handler_works_on_several_items_at_once_and_on_their_retries(queue, emulator, finance):
    fill(emulator, 20)
    now, most, failed, all_eight = 0, 0, set(), asyncio.Event()

    async def handler(item):
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == 8:
            all_eight.set()
        await all_eight.wait()
        now -= 1
        if item.content["n"] % 5 == 0 and item.reference not in failed:
            failed.add(item.reference)
            raise ValueError(item.reference)
        return {"n": item.content["n"]}

    done = await queue.perform(handler, concurrency=8, until_empty=True, alive_every=None)
    assert (done.successful, done.application_failures, done.items) == (20, 4, 24)
    assert most == 8
    ended = await statuses(finance)
    assert sorted(reference for reference, status in ended if status == "Successful") == sorted(
        f"INV-{n}" for n in range(20)
    )


@pytest.mark.parametrize(("on_cancel", "status"), [("fail", "Retried"), ("leave", "InProgress")])
async def test_a_cancelled_item_fails_or_is_left_as_the_caller_chose(
    queue, emulator, finance, on_cancel, status
):
    fill(emulator, 1)
    started = asyncio.Event()

    async def handler(_):
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(queue.perform(handler, on_cancel=on_cancel, alive_every=None))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await statuses(finance))[0] == ("INV-0", status)


async def test_an_item_that_was_not_worked_on_keeps_the_next_one_back(queue, emulator):
    fill(emulator, 2)
    work = queue.work(alive_every=None)
    await anext(work)
    with pytest.raises(QueryError, match="async with item"):
        await anext(work)


async def test_an_item_is_postponed_as_long_as_its_queue_grants_a_retry(queue, emulator, finance):
    fill(emulator, 1)
    until = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    async for item in queue.work(until_empty=True, alive_every=None):
        async with item:
            with pytest.raises(QueryError, match="no time zone"):
                await item.postpone(until.replace(tzinfo=None))
            await item.postpone(until)
            with pytest.raises(QueryError, match="has ended already"):
                await item.progress("more")
    assert await statuses(finance) == [("INV-0", "Retried"), ("INV-0", "New")]
    emulator.clock.advance(hours=3)
    async for item in queue.work(until_empty=True, alive_every=None):
        async with item:
            await item.postpone(until)
    assert item.ended == "application failure"
    last = (await finance.queue_items.order_by(QueueItem.id).to_list())[-1]
    assert "grants it no further retry" in last.processing_exception.reason


async def test_a_long_item_shows_that_it_goes_on(queue, emulator, finance):
    fill(emulator, 1)
    async for item in queue.work(until_empty=True, alive_every=0.001):
        async with item:
            await item.progress("page 3")
            while len(emulator.calls.of("QueueItems.SetTransactionProgress")) < 4:  # noqa: ASYNC110 - of the server's
                await asyncio.sleep(0.001)
    assert {call.json["progress"] for call in emulator.calls.of("QueueItems.SetTransactionProgress")} == {
        "page 3"
    }


async def test_an_empty_queue_is_asked_less_and_less_until_an_item_comes(queue, emulator, orchestrator):
    pauses = []

    async def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 8:
            fill(emulator, 1)
        await asyncio.sleep(0)

    orchestrator._channel.memory[Clock] = Clock(sleep=sleep)
    async for item in queue.work(alive_every=None):
        async with item:
            break
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_sigterm_lets_items_end_and_no_other_begin(queue, emulator, finance):
    fill(emulator, 5)
    began, two_began = [], asyncio.Event()

    async def handler(item):
        began.append(item.reference)
        if len(began) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
            two_began.set()
        await two_began.wait()
        await asyncio.sleep(0.05)

    done = await queue.perform(handler, concurrency=2, alive_every=None)
    assert done.successful == len(began) == 2
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    async for item in queue.work(alive_every=None):
        async with item:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(0.05)
    assert [status for _, status in await statuses(finance)].count("Successful") == 3
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_an_event_of_the_callers_own_drains_and_leaves_sigterm_alone(queue, emulator):
    fill(emulator, 3)
    drain = asyncio.Event()
    async for item in queue.work(drain=drain, alive_every=None):
        async with item:
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
            drain.set()
    left, drain = [1, 2], asyncio.Event()

    async def handler(_):
        left.pop()
        if not left:
            drain.set()

    assert (await queue.perform(handler, drain=drain, alive_every=None)).successful == 2


async def each_done(queue, output=None, end=lambda item: asyncio.sleep(0)):
    async for item in queue.work(until_empty=True, alive_every=None):
        async with item:
            await end(item)
            item.output = output


async def test_a_result_that_the_server_refuses_ends_the_item_and_is_raised(queue, emulator, finance):
    fill(emulator, 1)
    emulator.fail(
        "Queues.SetTransactionResult", Status(400, {"message": "Output is too large", "errorCode": 0})
    )
    with pytest.raises(BadRequest, match="too large"):
        await each_done(queue, {"a": 1})
    assert await statuses(finance) == [("INV-0", "Failed")]


async def test_an_item_that_somebody_else_ended_is_a_conflict(queue, emulator, finance):
    fill(emulator, 1)
    with pytest.raises(Conflict):
        await each_done(
            queue, end=lambda item: finance.queues.set_transaction_result(item.id, is_successful=True)
        )


async def test_the_first_error_of_ending_items_is_raised_once_all_have_ended(queue, emulator, finance):
    fill(emulator, 6)
    emulator.fail("Queues.SetTransactionResult", Status(403), times=1)
    with pytest.raises(Exception, match="HTTP 403"):
        await queue.perform(
            lambda item: asyncio.sleep(0.01), concurrency=3, until_empty=True, alive_every=None
        )
    left = [status for _, status in await statuses(finance)]
    assert left.count("InProgress") == 1
    assert left.count("Successful") >= 1


async def test_an_item_is_added_and_taken_in_one_step(queue, finance):
    async with await queue.add_and_take({"n": 1}, alive_every=None) as item:
        item.output = {"n": 2}
    ((reference, status),) = await statuses(finance)
    assert (reference.startswith("uipath-odata "), status) == (True, "Successful")


async def test_an_unknown_queue_is_named_with_its_neighbours(queue, finance):
    with pytest.raises(NoRow, match="Invoices"):
        await anext(finance.queue("Invoice").work())


async def test_options_that_cannot_be_meant_are_refused(queue):
    with pytest.raises(QueryError, match="on_cancel"):
        queue.work(on_cancel="retry")
    for often in (0, -1, float("nan"), "5"):
        with pytest.raises(QueryError, match="alive_every"):
            queue.work(alive_every=often)
    with pytest.raises(QueryError, match=r"asyncio\.Event"):
        queue.work(drain=True)
    with pytest.raises(QueryError, match="at least 1"):
        await queue.perform(lambda item: asyncio.sleep(0), concurrency=0)


async def test_what_is_not_a_handler_takes_no_item_and_one_that_is_not_async_only_one(
    queue, emulator, finance
):
    fill(emulator, 3)
    with pytest.raises(QueryError, match="not a handler"):
        await queue.perform(None, until_empty=True)
    assert {status for _, status in await statuses(finance)} == {"New"}
    with pytest.raises(QueryError, match="not async"):
        await queue.perform(lambda item: {"Booked": True}, until_empty=True)
    assert [status for _, status in await statuses(finance)].count("Retried") == 1


async def test_an_output_that_is_not_a_dict_ends_its_item_and_is_raised(queue, emulator, finance):
    fill(emulator, 2)

    async def handle(_item):
        return 3

    with pytest.raises(QueryError, match="output of an item is a dict, not int"):
        await queue.perform(handle, until_empty=True)
    assert [status for _, status in await statuses(finance)] == ["Failed", "New"]


async def test_what_cannot_be_shown_or_postponed_is_refused_and_the_item_works_on(queue, emulator, finance):
    fill(emulator, 1)
    async for item in queue.work(until_empty=True):
        async with item:
            with pytest.raises(QueryError, match="progress is a text"):
                await item.progress(3)
            for until in (None, 3):
                with pytest.raises(QueryError, match="time"):
                    await item.postpone(until)
    assert [status for _, status in await statuses(finance)] == ["Successful"]


def without_waiting(client):
    clock = Clock(sleep=lambda _: asyncio.sleep(0))
    client._transport._context = RetryContext(RetryPolicy(), clock, Random(0))


async def test_a_server_that_limits_the_rate_is_asked_again(queue, emulator, orchestrator):
    fill(emulator, 1)
    pauses = []

    async def sleep(seconds):
        pauses.append(seconds)
        await asyncio.sleep(0)

    without_waiting(orchestrator)
    orchestrator._channel.memory[Clock] = Clock(sleep=sleep)
    emulator.fail("Queues.StartTransaction", RateLimited(None), times=4)
    done = await queue.perform(lambda item: asyncio.sleep(0), until_empty=True, alive_every=None)
    assert (done.successful, pauses) == (1, [1, 2])


async def test_a_server_that_cannot_be_reached_is_asked_again_unless_the_queue_is_to_be_emptied():
    with socket.create_server(("127.0.0.1", 0)) as free:
        unused_port = free.getsockname()[1]
    pauses, drain = [], asyncio.Event()

    async def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            drain.set()
        await asyncio.sleep(0)

    base = f"http://127.0.0.1:{unused_port}/acme/Default/orchestrator_"
    async with Orchestrator(base, AccessToken("a")) as client:
        without_waiting(client)
        client._channel.memory[Clock] = Clock(sleep=sleep)
        with pytest.raises(ConnectionFailed):
            await anext(client.queue("Q").work(until_empty=True))
        assert pauses == []
        assert [item async for item in client.queue("Q").work(drain=drain)] == []
    assert pauses == [1, 2, 4]
