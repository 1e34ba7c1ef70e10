"""R56, G12: the pure rate of one class."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.transport.headers.pace import RateLimit
from uipath_odata.transport.rate.sliding_log import Rate

DAY = 86_400


def spent(count, ceiling=80.0, at=0.0):
    rate = Rate(ceiling)
    for _ in range(count):
        rate.send(at)
    return rate


def test_r56_the_limit_counts_every_request_of_the_last_60_seconds():
    rate = spent(79)
    assert rate.wait(1.0) <= 0
    rate.send(1.0)
    assert (rate.used(1.0), rate.wait(1.0)) == (80, 59.0)
    assert rate.used(60.0) == 1
    assert rate.wait(60.0) <= 0


def test_r56_a_class_without_a_documented_limit_goes_on():
    rate = spent(10_000, math.inf)
    assert rate.wait(0.0) <= 0
    assert rate.limit(0.0) == math.inf


@given(st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=300), st.integers(1, 40))
def test_r56_no_span_of_60_seconds_ever_holds_more_than_the_limit(steps, ceiling):
    rate, now, sent = Rate(ceiling), 0.0, []
    for idle, bulk in steps:
        now += idle
        if (wait := rate.wait(now, bulk=bulk)) > 0:
            now += wait
        if rate.wait(now, bulk=bulk) <= 0:
            rate.send(now, bulk=bulk)
            sent.append(now)
    assert all(earlier + 60 <= later for earlier, later in zip(sent, sent[ceiling:], strict=False))


def test_r56_half_of_the_limit_goes_at_once_and_the_rest_of_bulk_is_spread_over_the_minute():
    rate, sent, now = Rate(80), [], 0.0
    while now < 300:
        now += max(0.0, rate.wait(now, bulk=True))
        rate.send(now, bulk=True)
        sent.append(now)
    assert [at for at in sent if at == 0.0] == [0.0] * 40
    steady = [at for at in sent if at >= 60]
    assert max(later - earlier for earlier, later in pairwise(steady)) <= 1.5
    assert len([at for at in sent if at < 240]) == 320


def test_r56_bulk_leaves_room_for_interactive_requests_at_any_time():
    rate, now, longest = Rate(80), 0.0, 0.0
    while now < 300:
        now += max(0.0, rate.wait(now, bulk=True))
        rate.send(now, bulk=True)
        longest = max(longest, rate.wait(now))
    assert longest <= 1.5


def test_r56_what_interactive_requests_take_does_not_hold_bulk_back():
    rate = spent(60)
    assert rate.wait(0.0, bulk=True) <= 0


def test_r56_a_429_cuts_the_limit_by_a_tenth_once_for_all_that_was_under_way():
    rate = spent(80)
    rate.on_429(0.0, 1.0, 5.0)
    rate.on_429(0.5, 1.5, 5.0)
    rate.on_429(1.0, 1.7, 5.0)
    assert rate.limit(1.0) == 72
    rate.on_429(1.2, 2.0, 5.0)
    assert rate.limit(2.0) == pytest.approx(72 * 0.9, rel=1e-3)


def test_r56_an_hour_brings_the_whole_limit_back_in_even_steps():
    rate = Rate(60)
    for second in range(5):
        rate.on_429(second, second, None)
    low = rate.limit(4.0)
    assert low == pytest.approx(60 * 0.9**5, abs=0.2)
    assert rate.limit(4.0 + 600) == pytest.approx(low + 10)
    assert rate.limit(4.0 + 1_200) == pytest.approx(low + 20)
    assert rate.limit(4.0 + 3_600) == 60


def test_r56_a_limit_never_falls_below_one():
    rate = Rate(2)
    for second in range(100):
        rate.on_429(second, second, 0.0)
    assert rate.limit(99.0) == 1
    assert rate.wait(99.0) <= 0
    rate.send(99.0)
    assert rate.wait(99.0) == 60


def test_r56_an_undocumented_class_learns_its_limit_from_what_went_through():
    rate = spent(200, math.inf)
    rate.on_429(0.0, 1.0, None)
    assert rate.limit(1.0) == 180
    assert rate.wait(1.0) == 59.0
    assert rate.limit(1_801.0) == 270
    assert rate.limit(3_601.0) == math.inf


def test_r56_a_429_to_a_quiet_undocumented_class_is_a_pause_and_hardly_a_limit():
    rate = spent(3, math.inf)
    rate.on_429(0.0, 1.0, 2.0)
    assert rate.limit(1.0) == 60
    assert rate.wait(1.0) == 2.0


@pytest.mark.parametrize("bulk", [True, False])
def test_g12_retry_after_is_never_undercut(bulk):
    rate = Rate(80)
    rate.on_429(0.0, 1.0, 30.0)
    rate.on_429(0.0, 2.0, 10.0)
    assert rate.wait(2.0, bulk=bulk) == 29.0
    assert rate.wait(30.9, bulk=bulk) > 0
    assert rate.wait(31.0, bulk=bulk) <= 0


def test_g12_without_retry_after_a_documented_window_is_left_alone_for_longer_each_time():
    rate, now, pauses = Rate(80), 0.0, []
    for _ in range(5):
        rate.on_429(now, now, None)
        pauses.append(rate.wait(now))
        now += pauses[-1]
    assert pauses == [7.5, 15, 30, 60, 60]
    rate.on_success()
    rate.on_429(now, now, None)
    assert rate.wait(now) == 7.5


def test_r55_a_pause_of_more_than_a_day_is_cut_to_a_day():
    rate = Rate()
    rate.on_429(0.0, 0.0, 1e11)
    assert rate.wait(0.0) == DAY


def test_r53_a_pause_only_grows():
    rate = Rate()
    rate.pause_until(60.0)
    rate.pause_until(30.0)
    assert rate.wait(10.0) == 50.0


def test_g12_everything_waits_where_the_server_says_that_nothing_is_left():
    rate = Rate()
    rate.apply_headers(RateLimit(remaining=0, reset=12), 100.0)
    assert rate.wait(100.0) == rate.wait(100.0, bulk=True) == 12


@pytest.mark.parametrize(
    ("told", "bulk"),
    [
        (RateLimit(remaining=49, reset=49, limit=100), 1.0),
        (RateLimit(remaining=50, reset=49, limit=100), 0.0),
        (RateLimit(remaining=10, reset=20), 2.0),
        (RateLimit(remaining=1, reset=20), 20.0),
        (RateLimit(remaining=1, reset=DAY), DAY),
        (RateLimit(remaining=0, reset=2 * DAY), 0.0),
    ],
)
def test_g12_bulk_is_spread_over_what_the_server_says_is_left(told, bulk):
    rate = Rate()
    rate.apply_headers(told, 100.0)
    assert max(0.0, rate.wait(100.0, bulk=True)) == bulk
    assert rate.wait(100.0) <= 0
