from __future__ import annotations

import asyncio
import itertools
import json
import re
from urllib.parse import unquote
from uuid import UUID

import attrs
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import ConnectionFailed, Forbidden
from uipath_odata.transport.rate.budgets import RateUsage
from uipath_odata.transport.request import Response
from uipath_odata.workflows.jobs.poll_pace import PollPace
from uipath_odata.workflows.jobs.poller import JobPoller, until_worth_a_look

from ..fast_clock import FastClock


@attrs.define(eq=False)
class Jobs:
    """A server of jobs of one folder: Ids, and the times at which they end."""

    clock: FastClock
    ends: dict
    asked: list = attrs.field(factory=list)
    errors: list = attrs.field(factory=list)
    others: int = 0
    """Jobs of others between two of ours."""

    async def send(self, request, /, into=None):
        condition = re.search(r"\$filter=([^&]*)", unquote(request.query))[1]
        self.asked.append((self.clock.now, condition, request.bulk))
        await asyncio.sleep(0)
        if self.errors:
            raise self.errors.pop(0)
        listed = re.search(r"Id in \(([\d,]*)\)", condition)
        spans = re.findall(r"Id ge (\d+) and Id le (\d+)", condition)
        alone = [int(each) for each in re.findall(r"Id eq (\d+)", condition)]
        ids = [int(each) for each in listed[1].split(",")] if listed else alone
        ids += [each for low, high in spans for each in range(int(low), int(high) + 1)]
        rows = [self.row(each) for each in ids if each in self.ends or spans][:1000]
        return Response(200, {}, json.dumps({"value": rows}).encode())

    def row(self, number):
        ended = self.ends.get(number, 0) <= self.clock.now
        return {"Id": number, "State": "Successful" if ended else "Running"}


def channel(jobs, *, share=80, headers=None):
    usage = RateUsage(limit=100, share=share, used=0, waiting=0, next_free=0)
    return TenantChannel(jobs, URL("http://127.0.0.1"), headers=headers or {}, budget_of=lambda _: usage)


@pytest.fixture
def clock():
    return FastClock()


async def wait(poller, place, number):
    await until_worth_a_look(poller, place, number, UUID(int=number))
    return number


async def test_five_hundred_waits_cost_what_one_costs(clock):
    costs = []
    for count in (1, 50, 500):
        clock = FastClock()
        jobs, poller = Jobs(clock, dict.fromkeys(range(7, 7 + count), 120)), JobPoller(PollPace(clock.clock))
        place = channel(jobs)
        await asyncio.gather(*(wait(poller, place, number) for number in jobs.ends))
        costs.append(len(jobs.asked))
        assert all(bulk for _, _, bulk in jobs.asked)
        assert poller.waiting == 0
    assert len(set(costs)) == 1
    assert costs[0] < 25


async def test_ticks_are_a_quarter_of_the_age_from_1_to_15_s(clock):
    jobs, poller = Jobs(clock, {7: 100}), JobPoller(PollPace(clock.clock))
    await wait(poller, channel(jobs), 7)
    times = [moment for moment, _, _ in jobs.asked]
    assert times[:5] == pytest.approx([1, 2, 3, 4, 5])
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) == pytest.approx(15)
    assert times[-1] <= 100 + 15


async def test_each_is_told_when_its_job_has_ended_and_the_rest_wait_on(clock):
    jobs, poller = Jobs(clock, {1: 10, 2: 60, 3: 30}), JobPoller(PollPace(clock.clock))
    place, told = channel(jobs), []

    async def tell(number):
        told.append((await wait(poller, place, number), clock.now))

    await asyncio.gather(*map(tell, jobs.ends))
    assert [number for number, _ in told] == [1, 3, 2]
    assert all(0 <= moment - jobs.ends[number] <= 15 for number, moment in told)


async def test_folders_are_asked_one_request_each(clock):
    jobs, poller = Jobs(clock, dict.fromkeys(range(1, 21), 5)), JobPoller(PollPace(clock.clock))
    places = [channel(jobs, headers={"X-UIPATH-FolderPath": path}) for path in ("A", "B")]
    await asyncio.gather(*(wait(poller, places[number % 2], number) for number in jobs.ends))
    assert {condition.count(",") for _, condition, _ in jobs.asked} == {9}


async def test_jobs_far_apart_are_asked_in_lists(clock):
    jobs, poller = (
        Jobs(clock, {number * 10_000: 3 for number in range(1, 121)}),
        JobPoller(PollPace(clock.clock)),
    )
    place = channel(jobs, share=None)
    await asyncio.gather(*(wait(poller, place, number) for number in jobs.ends))
    assert any("Id in" in condition for _, condition, _ in jobs.asked)
    assert poller.waiting == 0


async def test_the_poller_takes_at_most_half_of_what_its_client_may_ask(clock):
    """New waits join each second in three folders, so that each tick would come after a second."""
    jobs, poller = Jobs(clock, {}), JobPoller(PollPace(clock.clock))
    places = [channel(jobs, share=20, headers={"X-UIPATH-FolderPath": path}) for path in "ABC"]

    async def join():
        for number in range(1, 121):
            jobs.ends[number] = 1e9
            waits.append(asyncio.ensure_future(wait(poller, places[number % 3], number)))
            while clock.now < number:
                await clock.sleep(0.1)
        for each in waits:
            each.cancel()

    waits = []
    await join()
    await asyncio.gather(*waits, return_exceptions=True)
    times = [moment for moment, _, _ in jobs.asked]
    assert max(sum(begin <= each < begin + 60 for each in times) for begin in times) <= 10


async def test_a_webhook_wakes_the_wait_for_its_job_alone(clock):
    jobs, poller = Jobs(clock, {1: 1e9, 2: 50}), JobPoller(PollPace(clock.clock))
    place = channel(jobs)
    first, second = (asyncio.ensure_future(wait(poller, place, number)) for number in (1, 2))
    await asyncio.sleep(0)
    poller.wake(str(UUID(int=99)))
    poller.wake(str(UUID(int=1)))
    assert await first == 1
    assert clock.now < 50
    assert await second == 2


async def test_a_job_that_no_list_shows_is_looked_at_after_three_ticks(clock):
    jobs, poller = Jobs(clock, {}), JobPoller(PollPace(clock.clock))
    await wait(poller, channel(jobs), 7)
    assert len(jobs.asked) == 3


async def test_what_passes_is_asked_again_and_what_lasts_is_told_to_each(clock):
    jobs, poller = Jobs(clock, {1: 5, 2: 5}), JobPoller(PollPace(clock.clock))
    jobs.errors = [ConnectionFailed("gone")] * 3
    place = channel(jobs)
    assert await asyncio.gather(wait(poller, place, 1), wait(poller, place, 2)) == [1, 2]
    jobs.ends = {1: 1e9, 2: 1e9}
    jobs.errors = [ConnectionFailed("gone")] * 1_000
    begin = clock.now
    ended = await asyncio.gather(wait(poller, place, 1), wait(poller, place, 2), return_exceptions=True)
    assert [type(each) for each in ended] == [ConnectionFailed] * 2
    assert clock.now - begin >= 300
    jobs.errors = [Forbidden("no", status=403)]
    ended = await asyncio.gather(wait(poller, place, 1), wait(poller, place, 2), return_exceptions=True)
    assert [type(each) for each in ended] == [Forbidden] * 2
    assert poller.waiting == 0


async def test_when_the_one_that_asks_is_cancelled_another_goes_on(clock):
    jobs, poller = Jobs(clock, dict.fromkeys(range(1, 6), 40)), JobPoller(PollPace(clock.clock))
    place = channel(jobs)
    waits = [asyncio.ensure_future(wait(poller, place, number)) for number in jobs.ends]
    for leader in waits[:4]:
        for _ in range(7):
            await asyncio.sleep(0)
        leader.cancel()
    assert await waits[4] == 5
    assert poller.waiting == 0
