"""Processes that follow each other: each begins with an empty log, and together they stay within the share."""

from __future__ import annotations

import heapq
import math
from collections import deque

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata import AccessToken, Orchestrator, Settings
from uipath_odata.transport.rate.budgets import Allowance, Budgets
from uipath_odata.transport.rate.sliding_log import MINUTE, Rate

LIMIT, SHARE, MINUTES = 100, 0.8, 30


@attrs.define
class Sliding:
    """A server that takes at most 100 requests in any minute."""

    taken: deque = attrs.field(factory=deque)
    answered: int = 0
    refused: int = 0

    def ask(self, now):
        while self.taken and self.taken[0] <= now - MINUTE:
            self.taken.popleft()
        if len(self.taken) >= LIMIT:
            self.refused += 1
            return math.ceil(self.taken[0] + MINUTE - now)
        self.taken.append(now)
        self.answered += 1
        return None


def life_of(server, workers, requests_each, *, even, pause=0.0):
    """Let workers run processes of so many requests one after the other, beside others who send six a minute."""
    ceiling = SHARE * LIMIT / workers
    events = [(0.0, worker, Rate(ceiling, even=even), 0) for worker in range(workers)]
    events += [(10.0 * number, -1, None, 0) for number in range(6 * MINUTES)]
    heapq.heapify(events)
    others = 0
    while events:
        now, worker, rate, sent = heapq.heappop(events)
        if now >= 60 * MINUTES:
            continue
        if rate is None:
            others += server.ask(now) is not None
            continue
        if (wait := rate.wait(now, bulk=True)) > 0:
            heapq.heappush(events, (now + wait, worker, rate, sent))
            continue
        rate.send(now, bulk=True)
        retry_after = server.ask(now)
        if retry_after is None:
            sent += 1
        else:
            rate.on_429(now, now, retry_after)
        if sent == requests_each:
            rate, sent, now = Rate(ceiling, even=even), 0, now + pause
        heapq.heappush(events, (now, worker, rate, sent))
    return others


@pytest.mark.parametrize("workers", [1, 4, 16])
@pytest.mark.parametrize("requests_each", [1, 10, 50, 10_000])
def test_short_processes_take_their_share_and_no_more(workers, requests_each):
    server = Sliding()
    others_refused = life_of(server, workers, requests_each, even=True)
    used = (server.answered - 6 * MINUTES) / (SHARE * LIMIT * MINUTES)
    assert (server.refused, others_refused) == (0, 0)
    assert 0.97 <= used <= 1.0


def test_without_even_steps_the_same_processes_take_more_than_the_share():
    server = Sliding()
    life_of(server, 1, 10, even=False)
    used = (server.answered - 6 * MINUTES) / (SHARE * LIMIT * MINUTES)
    assert server.refused
    assert used > 1.1


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 30)), max_size=60),
    st.sampled_from([5, 80, 1_000]),
)
def test_no_life_of_a_process_holds_more_bulk_requests_than_its_steps(asked, ceiling):
    rate, now = Rate(ceiling, even=True), 0.0
    rate.wait(now)
    for sent, (bulk, later) in enumerate(asked, 1):
        now += later
        now += max(0.0, rate.wait(now, bulk=bulk))
        rate.send(now, bulk=bulk)
        if bulk:
            assert sent <= now / (MINUTE / ceiling) + 1e-6


def test_a_click_goes_at_once_and_bulk_requests_pay_for_it():
    rate = Rate(60, even=True)
    assert rate.wait(0.0) <= 0
    rate.send(0.0)
    rate.send(0.0)
    assert rate.wait(0.0) <= 0
    assert rate.wait(0.0, bulk=True) == pytest.approx(3.0)


def test_a_class_without_a_limit_is_not_spaced_until_a_limit_is_learned():
    rate = Rate(even=True)
    for _ in range(1_000):
        assert rate.wait(1.0, bulk=True) <= 0
        rate.send(1.0, bulk=True)
    rate.on_429(1.0, 2.0, 5)
    for _ in range(2):
        assert rate.wait(70.0, bulk=True) <= 0
        rate.send(70.0, bulk=True)
    assert rate.wait(70.0, bulk=True) > 0


@pytest.mark.parametrize(
    ("settings", "even"),
    [
        (Settings(), False),
        (Settings(even=True), True),
        (Settings(share=0.2), True),
        (Settings(share=0.2, even=False), False),
        (Settings(share=1.0), False),
    ],
)
def test_whoever_says_that_others_share_keeps_to_even_steps(settings, even):
    orchestrator = Orchestrator(
        "https://cloud.uipath.com/acme/Default/orchestrator_", AccessToken("t"), settings=settings
    )
    assert orchestrator._transport._allowance.even == even
    assert orchestrator._transport._queue_of("Jobs.list").rate.even == even


def test_clients_of_one_pool_keep_even_steps_once_one_of_them_wants_them():
    budgets = Budgets()
    queue = budgets.queue("acme", "Jobs.list", 80)
    assert budgets.queue("acme", "Jobs.list", 20, even=True) is queue
    assert (queue.rate.even, queue.rate.ceiling) == (True, 20)
    assert Allowance().of_one(4) == Allowance(share=0.2, even=True)
