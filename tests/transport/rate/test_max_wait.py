"""R53: who would wait longer than it may is told at once, whatever stands in the line."""

from __future__ import annotations

import asyncio
import logging

import attrs
import pytest

from uipath_odata.auth import AccessToken
from uipath_odata.errors import RateLimited, RequestTimeout
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.rate.sliding_log import MINUTE, Rate
from uipath_odata.transport.retry.policy import RetryPolicy


@pytest.fixture
def page(jobs):
    return attrs.evolve(jobs, rate_class="Jobs.list")


def patient(request, seconds, **more):
    return attrs.evolve(request, policy=RetryPolicy(max_wait=seconds, **more))


@pytest.mark.parametrize("limit", [1, 3, 80])
@pytest.mark.parametrize("sent", [0, 1, 70, 80, 95])
@pytest.mark.parametrize("pause", [0.0, 17.0])
def test_the_turn_of_one_in_the_line_is_when_the_line_lets_it_go(limit, sent, pause):
    """Held against the log itself: what it says of a place is what happens when the line goes."""
    told, rate, now = Rate(limit), Rate(limit), 500.0
    for each in (told, rate):
        for number in range(sent):
            each.send(500.0 - sent + number)
        each.pause_until(500.0 + pause)
    for ahead in range(2 * limit + 5):
        turn = max(0.0, told.wait(500.0, ahead=ahead))
        now += max(0.0, rate.wait(now))
        rate.send(now)
        assert turn == pytest.approx(now - 500.0, abs=1e-6)


def test_a_class_without_a_limit_has_no_line():
    assert Rate().wait(500.0, ahead=1_000_000) < 0


async def test_a_request_whose_turn_comes_too_late_is_told_at_once(serve, connect, page, reply, time):
    peer = await serve([reply()])
    transport = connect(peer.url)
    for _ in range(80):
        await transport.send(page)
    with pytest.raises(RateLimited, match="try again in 60 s") as caught:
        await transport.send(patient(page, 2))
    assert caught.value.retry_after == pytest.approx(MINUTE, abs=1)
    assert caught.value.retryable
    assert (len(peer.seen), time.slept) == (80, [])


async def test_the_line_counts_and_not_only_the_next_room(serve, connect, until, page, reply, time):
    """Room comes in a second, and two hundred stand before it."""
    peer = await serve([reply()])
    never = asyncio.Event()
    transport = connect(peer.url, clock=attrs.evolve(time.clock, sleep=lambda _: never.wait()))
    for _ in range(80):
        await transport.send(page)
    time.now += MINUTE - 1
    crowd = [asyncio.create_task(transport.send(patient(page, 600))) for _ in range(200)]
    await until(lambda: transport.budget()["Jobs.list"].waiting == 200)
    with pytest.raises(RateLimited) as caught:
        await transport.send(patient(page, 30))
    assert caught.value.retry_after > MINUTE
    for each in crowd:
        each.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def test_a_retry_after_beyond_max_wait_ends_the_request_at_once(serve, connect, jobs, reply, time):
    peer = await serve([reply(429, headers=["Retry-After: 30"]), reply()])
    with pytest.raises(RateLimited) as caught:
        await connect(peer.url).send(patient(jobs, 2))
    assert caught.value.retry_after == pytest.approx(30, abs=2)
    assert (len(peer.seen), time.slept) == (1, [])


async def test_all_waits_of_one_request_count_together(serve, connect, jobs, reply):
    answers = [reply(429, headers=["Retry-After: 3"])] * 3
    peer = await serve([*answers, reply()])
    with pytest.raises(RateLimited):
        await connect(peer.url).send(patient(jobs, 7))
    assert len(peer.seen) == 3


async def test_a_wait_above_a_second_is_told_with_class_tenant_and_seconds(
    serve, connect, page, reply, caplog
):
    caplog.set_level(logging.INFO, "uipath_odata")
    peer = await serve([reply()])
    transport = connect(peer.url)
    for _ in range(81):
        await transport.send(page)
    [line] = [record.getMessage() for record in caplog.records]
    assert line == "127.0.0.1, no folder: Jobs.list waits 60.0 s for the rate of Jobs.list"


async def test_the_deadline_counts_the_wait_for_a_slot_and_for_a_token(serve, connect, until, jobs, hang):
    peer = await serve([hang])
    pool = Pool(concurrency=1)
    holder = asyncio.create_task(connect(peer.url, pool=pool).send(jobs))
    await until(lambda: peer.seen)
    hurried = attrs.evolve(jobs, policy=RetryPolicy(deadline=0.05))
    with pytest.raises(RequestTimeout):
        await connect(peer.url, pool=pool).send(hurried)
    with pytest.raises(RequestTimeout, match="token did not come before the deadline"):
        await connect(peer.url, AccessToken(asyncio.Event().wait)).send(hurried)
    assert len(peer.seen) == 1
    holder.cancel()
    await asyncio.gather(holder, return_exceptions=True)
    await pool.close()
