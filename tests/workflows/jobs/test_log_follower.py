from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest

from uipath_odata.workflows.jobs.log_follower import LogFollower, as_answered, first_tie

OVERLAP = dt.timedelta(minutes=5)


def row(second, message="m"):
    return {
        "TimeStamp": f"2026-11-30T12:{second // 60:02}:{second % 60:02}.1234567Z",
        "Message": message,
        "Id": 0,
    }


def test_each_row_is_taken_once_and_equal_rows_as_often_as_they_are_there():
    follower = LogFollower(OVERLAP, 10)
    assert follower.take([row(1), row(1)], 0) == [row(1), row(1)]
    assert follower.take([row(1), row(1), row(1), row(2)], 1) == [row(1), row(2)]
    assert follower.take([row(1), row(1), row(1), row(2)], 2) == []


def test_a_reading_begins_before_the_newest_log_and_at_the_beginning_once_the_job_has_ended():
    follower = LogFollower(OVERLAP, 10)
    assert follower.since is None
    follower.take([row(600), row(599)], 0)
    assert str(follower.since) == "2026-11-30T12:05:00.1234567Z"
    follower.end(1)
    assert follower.since is None


def test_pauses_grow_while_nothing_comes_and_it_is_over_some_time_after_the_last_new_log():
    follower = LogFollower(OVERLAP, 10)
    follower.take([row(1)], 0)
    pauses = [follower.take([], 0) or follower.pause(0) for _ in range(9)]
    assert pauses == pytest.approx([1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625, 15, 15, 15])
    follower.end(100)
    assert follower.pause(100) == 1
    follower.take([row(2)], 104)
    assert follower.pause(104) == 1
    assert follower.pause(113.5) == 0.5
    assert follower.pause(114) is None


@pytest.mark.parametrize("seed", range(50))
def test_whatever_arrives_late_is_taken_once(seed):
    """Rows arrive in any order while they are followed; the last reading comes after all of them."""
    chance = random.Random(seed)
    rows = [row(chance.randrange(900), chance.choice("ab")) for _ in range(40)]
    follower, there, taken, now = LogFollower(OVERLAP, 10), [], [], 0.0
    arriving = list(rows)
    while (pause := follower.pause(now)) is not None:
        now += pause
        there += [arriving.pop() for _ in range(min(len(arriving), chance.randrange(4)))]
        if not arriving:
            follower.end(now)
        since = str(follower.since or "")
        taken += follower.take(sorted((each for each in there if each["TimeStamp"] > since), key=str), now)
    assert Counter(map(str, taken)) == Counter(map(str, rows))


def test_logs_of_one_time_have_the_order_of_an_answer_and_those_it_lacks_come_last():
    rows = [row(1, "z"), row(2, "a"), row(2, "b"), row(2, "c"), row(3, "a")]
    assert first_tie(rows[:2]) is None
    assert str(first_tie(rows)) == row(2)["TimeStamp"]
    answer = [row(3, "a"), row(2, "c"), row(2, "a"), row(1, "z")]
    assert [each["Message"] for each in as_answered(rows, answer)] == ["z", "c", "a", "b", "a"]
