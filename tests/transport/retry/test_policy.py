from __future__ import annotations

import math

import attrs
import pytest

from uipath_odata.errors import ConnectionFailed
from uipath_odata.transport.request import Request
from uipath_odata.transport.retry.policy import (
    AnswerStatus,
    AttemptFailure,
    RetryDecision,
    RetryPolicy,
    maybe_done,
    next_attempt,
)
from uipath_odata.transport.retry.progress import Quota

POLICY = RetryPolicy()
READ = Request(path="/odata/Jobs", repeatable=True)
WRITE = Request(method="POST", path="/odata/Jobs", repeatable=False)
LOST = AttemptFailure("lost", ConnectionFailed("lost"), sent=True, again=True)
STALE = attrs.evolve(LOST, stale=True)
UNSENT = AttemptFailure("refused", ConnectionFailed("refused"), sent=False, again=True)
HOPELESS = AttemptFailure("certificate", ConnectionFailed("certificate"), sent=False, again=False)


def decide(request, outcome, *, attempt=1, left=math.inf, chance=0.5, policy=POLICY):
    return next_attempt(policy, request, outcome, attempt=attempt, left=left, chance=chance)


@pytest.mark.parametrize(
    ("outcome", "read", "write"),
    [
        (AnswerStatus(200), None, None),
        (AnswerStatus(404), None, None),
        (AnswerStatus(501), None, None),
        (AnswerStatus(505), None, None),
        *(
            (AnswerStatus(status), RetryDecision(0.25), None)
            for status in (507, 520, 522, 524, 530, 599, 600)
        ),
        (AnswerStatus(400), None, None),
        (AnswerStatus(400, stray=True), RetryDecision(0.0, free=True, fresh=True), None),
        (AnswerStatus(408, stray=True), RetryDecision(0.0, free=True, fresh=True), None),
        (AnswerStatus(408), RetryDecision(0.25), None),
        (AnswerStatus(500), RetryDecision(0.25), None),
        (AnswerStatus(502), RetryDecision(0.25), None),
        (AnswerStatus(503), RetryDecision(0.25), None),
        (AnswerStatus(504), RetryDecision(0.25), None),
        (AnswerStatus(503, 10.0), RetryDecision(10.25, asked=True), None),
        (
            AnswerStatus(429),
            RetryDecision(0.25, pause=True, free=True),
            RetryDecision(0.25, pause=True, free=True),
        ),
        (
            AnswerStatus(429, 10.0),
            RetryDecision(10.25, pause=True, free=True),
            RetryDecision(10.25, pause=True, free=True),
        ),
        (
            AnswerStatus(429, 300.0),
            RetryDecision(300.25, pause=True, free=True),
            RetryDecision(300.25, pause=True, free=True),
        ),
        (AnswerStatus(429, 300.1), None, None),
        (AnswerStatus(503, 300.1), None, None),
        (LOST, RetryDecision(0.25), None),
        (STALE, RetryDecision(0.0, free=True, fresh=True), None),
        (UNSENT, RetryDecision(0.25), RetryDecision(0.25)),
        (HOPELESS, None, None),
    ],
)
def test_the_table(outcome, read, write):
    assert (decide(READ, outcome), decide(WRITE, outcome)) == (read, write)


@pytest.mark.parametrize(("attempt", "delay"), [(1, 0.5), (2, 1), (3, 2), (4, 4)])
def test_the_backoff_doubles(attempt, delay):
    assert decide(READ, LOST, attempt=attempt, chance=1) == RetryDecision(delay)


def test_the_backoff_is_capped():
    patient = RetryPolicy(attempts=99)
    assert decide(READ, LOST, attempt=30, chance=1, policy=patient) == RetryDecision(30)


def test_the_jitter_is_full():
    assert decide(READ, LOST, chance=0.0) == RetryDecision(0)


@pytest.mark.parametrize(
    ("outcome", "waited", "again"),
    [
        (AnswerStatus(503, 1.0), 0.0, True),
        (AnswerStatus(503, 1.0), 1.0, False),  # all waits of a request count together
        (AnswerStatus(503, 2.0), 0.0, False),
        (AnswerStatus(503), 9.0, True),  # a backoff of our own is not a wait that somebody asks for
        (AnswerStatus(429, 4.0), 0.0, True),  # the budget says so: it knows who else waits
        (LOST, 9.0, True),
    ],
)
def test_a_server_that_asks_for_more_than_max_wait_is_not_waited_for(outcome, waited, again):
    policy = RetryPolicy(max_wait=2)
    decided = next_attempt(policy, READ, outcome, attempt=1, left=5, chance=0.5, waited=waited)
    assert (decided is not None) == again


def test_attempts_come_to_an_end():
    assert decide(READ, LOST, attempt=4)
    assert decide(READ, LOST, attempt=5) is None
    assert decide(WRITE, AnswerStatus(429, 1.0), attempt=4)
    assert decide(WRITE, AnswerStatus(429, 1.0), attempt=5) is None


def test_what_cannot_be_repeated_is_sent_again_once_unless_the_server_says_when():
    assert decide(WRITE, AnswerStatus(429), attempt=1)
    assert decide(WRITE, AnswerStatus(429), attempt=2) is None
    assert decide(READ, AnswerStatus(429), attempt=2)


def test_a_stray_answer_is_asked_about_once():
    assert decide(READ, AnswerStatus(400, stray=True), attempt=2) is None
    assert decide(READ, AnswerStatus(408, stray=True), attempt=2) == RetryDecision(0.5)


def test_only_the_first_stale_connection_is_free():
    assert decide(READ, STALE, attempt=2) == RetryDecision(0.5)


@pytest.mark.parametrize(("left", "again"), [(10.25, None), (10.26, RetryDecision(10.25, asked=True))])
def test_no_sleep_passes_the_deadline(left, again):
    assert decide(READ, AnswerStatus(503, 10.0), left=left) == again


@pytest.mark.parametrize(
    ("outcome", "maybe"),
    [
        (LOST, True),
        (UNSENT, False),
        (HOPELESS, False),
        (AnswerStatus(408), True),
        (AnswerStatus(500), True),
        (AnswerStatus(599), True),
        (AnswerStatus(600), True),
    ]
    + [(AnswerStatus(status), True) for status in (101, 199, 300, 303, 307, 399, 505)]
    + [(AnswerStatus(status), False) for status in (200, 204, 299, 400, 404, 409, 429, 499, 501)],
)
def test_what_may_have_happened(outcome, maybe):
    assert maybe_done(outcome) is maybe


def test_r59_retries_are_a_tenth_of_the_requests_and_ten():
    quota, retries = Quota(), 0
    for _ in range(10_000):
        quota.earn()
        retries += sum(quota.spend() for _ in range(4))
    assert 1_000 <= retries <= 1_010


def test_r59_good_times_save_no_more_than_the_burst():
    quota = Quota()
    for _ in range(10_000):
        quota.earn()
    assert sum(quota.spend() for _ in range(100)) == 10
