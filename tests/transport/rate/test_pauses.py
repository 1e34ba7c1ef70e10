from __future__ import annotations

import asyncio

import attrs
import pytest
from yarl import URL

from uipath_odata.errors import RateLimited, ServerError
from uipath_odata.transport.request import Request
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.storage.address import StorageAddress


async def test_r53_a_429_holds_the_whole_class_of_endpoints(serve, connect, jobs, reply, time):
    limited = reply(429, headers=["Retry-After: 60"])
    peer = await serve(lambda seen: limited if seen.at < 1_060 else reply())
    transport = connect(peer.url)
    first = await asyncio.gather(*(transport.send(jobs) for _ in range(8)))
    assert {response.status for response in first} == {200}
    assert all(seen.at >= 1_060 for seen in peer.seen[8:])
    assert {response.attempts for response in first} == {2}


async def test_r53_a_request_that_comes_later_waits_too(serve, connect, jobs, reply, time):
    peer = await serve(lambda seen: reply())
    transport = connect(peer.url)
    transport._pool.budgets.queue(transport._tenant, "default").rate.pause_until(1_030)
    await transport.send(attrs.evolve(jobs, rate_class="Jobs"))
    assert peer.seen[-1].at == 1_000
    await transport.send(jobs)
    assert 1_030 <= peer.seen[-1].at <= 1_033
    assert len(time.slept) == 1


async def test_r53_while_one_waits_the_others_of_its_class_do_not_start(
    serve, until, connect, jobs, start_jobs, reply, time
):
    """And a 503 makes nobody wait but the request that it answered."""
    peer = await serve(lambda seen: answers.pop(seen.method, None) or reply())
    answers = {"GET": reply(429, headers=["Retry-After: 60"])}
    asleep, awake = asyncio.Event(), asyncio.Event()

    async def sleep(seconds):
        asleep.set()
        await awake.wait()
        await time.sleep(seconds)

    transport = connect(peer.url, clock=attrs.evolve(time.clock, sleep=sleep))
    first = asyncio.create_task(transport.send(jobs))
    await asleep.wait()
    second = asyncio.create_task(transport.send(jobs))
    await transport.send(attrs.evolve(jobs, rate_class="Robots"))
    assert len(peer.seen) == 2
    awake.set()
    await asyncio.gather(first, second)
    assert min(seen.at for seen in peer.seen[2:]) >= 1_060

    answers["GET"] = reply(503, headers=["Retry-After: 60"])
    asleep.clear()
    awake.clear()
    third = asyncio.create_task(transport.send(jobs))
    await asleep.wait()
    assert (await transport.send(jobs)).attempts == 1
    awake.set()
    assert (await third).attempts == 2


async def test_r55_a_pause_above_the_cap_is_an_error_at_once(serve, connect, jobs, reply, time):
    peer = await serve([reply(429, headers=["Retry-After: 301"])])
    with pytest.raises(RateLimited, match="HTTP 429") as caught:
        await connect(peer.url).send(jobs)
    assert caught.value.retry_after == 301
    assert (len(peer.seen), time.slept) == (1, [])


async def test_r54_a_pause_until_a_date_counts_from_the_servers_own_clock(serve, connect, jobs, reply, time):
    headers = ["Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", "Date: Sun, 06 Nov 1994 08:49:17 GMT"]
    peer = await serve([reply(429, headers=headers), reply()])
    await connect(peer.url).send(jobs)
    assert 1_020 <= peer.seen[1].at <= 1_022.1


async def test_r59_a_dead_server_is_not_flooded(serve, connect, jobs, reply):
    peer = await serve([reply(503)])
    transport = connect(peer.url)
    for _ in range(50):
        results = await asyncio.gather(*(transport.send(jobs) for _ in range(10)), return_exceptions=True)
        assert {type(result) for result in results} == {ServerError}
    assert 500 + 40 < len(peer.seen) <= 500 * 1.1 + 10


async def test_no_attempt_starts_after_the_deadline(serve, connect, jobs, reply, time):
    peer = await serve([reply(503, headers=["Retry-After: 40"])])
    with pytest.raises(ServerError):
        await connect(peer.url, policy=RetryPolicy(deadline=100)).send(jobs)
    assert [round(seen.at - 1_000, -1) for seen in peer.seen] == [0, 40, 80]


@pytest.mark.parametrize("deadline", [10, 30])
async def test_a_pause_longer_than_the_deadline_is_not_waited_for(
    serve, connect, jobs, reply, time, deadline
):
    peer = await serve([reply()])
    transport = connect(peer.url, policy=RetryPolicy(deadline=deadline))
    transport._pool.budgets.queue(transport._tenant, "default").rate.pause_until(1_030)
    with pytest.raises(RateLimited, match="try again in 30 s") as caught:
        await transport.send(jobs)
    assert (caught.value.status, caught.value.retry_after, peer.seen, time.slept) == (429, 30, [], [])


async def test_r53_a_storage_that_is_busy_is_left_alone_as_long_as_it_asks(serve, connect, reply):
    busy = reply(429, b"", headers=["Retry-After: 30"])
    peer = await serve(lambda seen: busy if "/files" in seen.target and seen.at < 1_030 else reply())
    transport = connect(peer.url)
    file = Request(path="/files/a.bin", repeatable=True, rate_class="storage")
    answer = await transport.send_to_storage(StorageAddress(URL(f"{peer.url}/files/a.bin?sig=x")), file)
    assert (answer.status, len(peer.seen)) == (200, 2)
    assert peer.seen[1].at >= 1_030


async def test_r53_a_429_that_names_no_time_is_not_answered_at_once(serve, connect, jobs, reply, time):
    peer = await serve([reply(429), reply(429), reply()])
    assert (await connect(peer.url).send(jobs)).status == 200
    first, second, third = (seen.at for seen in peer.seen)
    assert first < second <= first + 0.5
    assert second < third <= second + 1.0
