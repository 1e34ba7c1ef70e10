"""R53, R55, R56: the budget of a tenant, through sockets."""

from __future__ import annotations

import asyncio
import contextlib
from random import Random

import attrs
import pytest
from yarl import URL

from uipath_odata.auth import AccessToken, ClientCredentials, Deployment
from uipath_odata.errors import QueryError, RateLimited
from uipath_odata.local.log_line import LogPlace
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.rate.budgets import Allowance
from uipath_odata.transport.rate.middleware import Budget
from uipath_odata.transport.rate.sliding_log import Rate
from uipath_odata.transport.rate.wait_queue import WaitQueue
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.retry.progress import Progress, RetryContext
from uipath_odata.transport.transport import Transport


@pytest.fixture
def page(jobs):
    return attrs.evolve(jobs, rate_class="Jobs.list")


async def test_r56_the_list_of_jobs_gets_its_share_of_the_documented_limit(serve, connect, page, reply, time):
    peer = await serve([reply()])
    transport = connect(peer.url)
    for _ in range(81):
        await transport.send(page)
    assert [seen.at for seen in peer.seen] == [1_000] * 80 + [1_060]
    assert time.slept == [60]


async def test_r56_other_classes_are_not_slowed_down(serve, connect, jobs, page, reply, time):
    transport = connect((await serve([reply()])).url, allowance=Allowance(requests_a_minute=10))
    for _ in range(8):
        await transport.send(page)
    for _ in range(50):
        await transport.send(jobs)
    assert time.slept == []


async def test_r56_retries_and_429_count(serve, connect, page, reply, time):
    peer = await serve([reply(503), reply(429, headers=["Retry-After: 1"]), reply()])
    transport = connect(peer.url)
    await transport.send(page)
    assert transport.budget()["Jobs.list"].used == len(peer.seen) == 3


async def test_r56_clients_of_one_pool_share_the_budget_of_a_tenant_and_of_no_other(
    serve, connect, page, reply, time
):
    peer = await serve([reply()])
    pool = Pool()
    few = Allowance(requests_a_minute=10, share=0.5)
    first = connect(f"{peer.url}/acme/one/orchestrator_", pool=pool, allowance=few)
    again = connect(f"{peer.url}/acme/one/orchestrator_", AccessToken("another"), pool=pool, allowance=few)
    other = connect(f"{peer.url}/acme/two/orchestrator_", pool=pool, allowance=few)
    for transport in (first, again, first, again, first, other):
        await transport.send(page)
    assert time.slept == []
    assert first.budget()["Jobs.list"] == again.budget()["Jobs.list"]
    assert (first.budget()["Jobs.list"].used, other.budget()["Jobs.list"].used) == (5, 1)
    await again.send(page)
    assert peer.seen[-1].at == 1_060


async def test_r56_tenants_of_a_standalone_orchestrator_have_a_budget_each(serve, page, reply, time):
    peer = await serve([reply()])
    pool = Pool()
    transports = [
        Transport(
            Deployment(peer.url, peer.url, tenant_name=name), AccessToken("t"), pool=pool, clock=time.clock
        )
        for name in ("one", "two")
    ]
    for transport in transports:
        await transport.send(page)
    assert [transport.budget()["Jobs.list"].used for transport in transports] == [1, 1]
    await pool.close()


async def test_r56_of_two_shares_of_one_tenant_the_lower_counts(serve, connect, page, reply):
    peer = await serve([reply()])
    pool = Pool()
    for share in (0.8, 0.3, 0.5):
        transport = connect(peer.url, pool=pool, allowance=Allowance(share=share))
        await transport.send(page)
    assert transport.budget()["Jobs.list"].share == pytest.approx(30)


async def test_r56_the_budget_shows_its_use(serve, connect, until, page, reply, time):
    peer = await serve([reply()])
    asleep = asyncio.Event()

    async def sleep(seconds):
        asleep.set()
        await asyncio.Event().wait()

    allowance = Allowance(requests_a_minute=2, share=1)
    transport = connect(peer.url, allowance=allowance, clock=attrs.evolve(time.clock, sleep=sleep))
    assert set(transport.budget()) == {"Jobs.list", "QueueItems.list"}
    await transport.send(page)
    time.now += 10
    await transport.send(page)
    waiting = asyncio.create_task(transport.send(page))
    await asleep.wait()
    time.now += 1
    use = transport.budget()["Jobs.list"]
    assert (use.limit, use.share, use.used, use.waiting, use.next_free) == (2, 2, 2, 1, 49)
    idle = transport.budget()["QueueItems.list"]
    assert (idle.used, idle.waiting, idle.next_free) == (0, 0, 0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert transport.budget()["Jobs.list"].waiting == 0


async def test_r56_a_class_without_a_documented_limit_shows_none(serve, connect, jobs, reply):
    transport = connect((await serve([reply()])).url)
    await transport.send(jobs)
    use = transport.budget()["default"]
    assert (use.limit, use.share, use.used) == (None, None, 1)


async def test_g12_headers_that_say_that_nothing_is_left_hold_the_class(serve, connect, jobs, reply):
    spent = reply(headers=["RateLimit-Remaining: 0", "RateLimit-Reset: 20", "RateLimit-Limit: 100"])
    peer = await serve([spent, reply()])
    transport = connect(peer.url)
    await transport.send(jobs)
    assert (await transport.send(jobs)).waited == 20
    assert [seen.at for seen in peer.seen] == [1_000, 1_020]


async def test_the_time_that_a_request_waited_is_told(serve, connect, jobs, reply, time):
    peer = await serve([reply(429, headers=["Retry-After: 60"]), reply()])
    transport = connect(peer.url)
    response = await transport.send(jobs)
    assert 60 <= response.waited == sum(time.slept) < 61
    assert (await transport.send(jobs)).waited == 0


async def test_r55_after_a_pause_above_the_cap_the_class_is_left_alone(serve, connect, jobs, reply, time):
    peer = await serve([reply(429, headers=["Retry-After: 1000"]), reply()])
    transport = connect(peer.url)
    with pytest.raises(RateLimited):
        await transport.send(jobs)
    time.now += 600
    with pytest.raises(RateLimited, match="try again in 400 s") as caught:
        await transport.send(jobs)
    assert (len(peer.seen), caught.value.retry_after, caught.value.attempts) == (1, 400, 0)
    time.now += 101
    assert (await transport.send(jobs)).waited == 299


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_write_that_may_have_happened_before_a_pause_says_so(
    serve, connect, jobs, reply, time, method
):
    """Another request of the class is told to stay away while the write waits for its second attempt."""
    peer = await serve([reply(503, headers=["Retry-After: 5"])])

    async def sleep(seconds):
        transport._pool.budgets.queue(transport._tenant, "default").rate.pause_until(time.now + 1_000)
        await time.sleep(seconds)

    transport = connect(peer.url, clock=attrs.evolve(time.clock, sleep=sleep))
    with pytest.raises(RateLimited) as caught:
        await transport.send(attrs.evolve(jobs, method=method, body=b"{}"))
    assert caught.value.may_have_happened is (method == "PUT")
    assert len(peer.seen) == 1


async def test_a_budget_that_is_full_beyond_the_deadline_is_not_waited_for(serve, connect, page, reply, time):
    policy, allowance = RetryPolicy(deadline=30), Allowance(requests_a_minute=1, share=1)
    peer = await serve([reply()])
    transport = connect(peer.url, policy=policy, allowance=allowance)
    await transport.send(page)
    with pytest.raises(RateLimited, match="try again in 60 s"):
        await transport.send(page)
    assert (len(peer.seen), time.slept) == (1, [])


async def test_r38_clients_of_one_identity_server_share_its_pause(serve, connect, jobs, reply):
    tokens = [
        reply(429, headers=["Retry-After: 9"]),
        reply(body=b'{"access_token":"t","expires_in":3600}'),
    ]

    def answer(seen):
        if not seen.target.endswith("/connect/token"):
            return reply()
        return tokens[0] if seen.at < 1_009 else tokens[1]

    peer = await serve(answer)
    pool = Pool()
    transports = [
        connect(f"{peer.url}/base{number}", ClientCredentials(f"app{number}", "secret"), pool=pool)
        for number in range(3)
    ]
    await transports[0].send(jobs)
    before = len(peer.seen)
    for transport in transports[1:]:
        await transport.send(jobs)
    assert before == 3
    assert "identity" not in transports[0].budget()


@pytest.mark.parametrize("share", [0, -1, 1.01])
def test_a_share_is_a_part_of_the_whole(share):
    with pytest.raises(QueryError, match="more than 0 and at most 1"):
        Allowance(share=share)


def test_a_tiny_share_still_lets_one_request_a_minute_go():
    assert Allowance(requests_a_minute=10, share=0.01).ceiling("Jobs.list") == 1


async def test_r56_refusals_are_counted_in_a_row(serve, connect, page, reply, time):
    """The pause that a mute 429 brings doubles with each that follows it, and begins anew after an answer."""
    peer = await serve([reply(429), reply(), reply(429), reply()])
    transport = connect(peer.url)
    await transport.send(page)
    time.now += 120
    await transport.send(page)
    first, second, third, fourth = (seen.at for seen in peer.seen)
    assert (second - first, fourth - third) == (7.5, 7.5)


@pytest.mark.parametrize(
    ("wait", "left", "refused"),
    [
        (0.5, 0.3, True),
        (0.0, 0.0, True),
        (-1.0, 0.1, False),
        (5.0, 5.0, True),
        (4.9, 5.0, False),
    ],
)
def test_r55_only_a_wait_beyond_the_deadline_is_refused(page, time, wait, left, refused):
    url, queue = URL("https://o.example.com"), WaitQueue(Rate())
    policy = RetryPolicy(deadline=left)
    budget = Budget(Progress(page, url, RetryContext(policy, time.clock, Random(1)), LogPlace("acme")), queue)
    with pytest.raises(RateLimited) if refused else contextlib.nullcontext():
        budget._check(wait, wait)
