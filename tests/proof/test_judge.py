"""Does the judge see what is wrong with a reading?"""

from __future__ import annotations

import pytest

from uipath_odata.errors import NotProven

from .judge import judge
from .reading import Reading
from .worlds.honesty import Lies
from .worlds.question import Question
from .worlds.server import Endless
from .worlds.shape import Shape
from .worlds.tables import JOBS, Condition
from .worlds.world import World


def a_reading(*, size=12, question=None, **parts):
    """Read a quiet world whole and in order, proven."""
    world = World(
        seed=1,
        table=JOBS,
        shape=Shape(sizes=(1,) * size),
        question=question or Question(),
        **parts,
    )
    server = world.serve()
    reading = Reading(world, server, newest=server.rows.newest, proven=True, plan="keyset")
    server.history.moment = 1
    surely, _ = world.question.matching(world, reading.newest)
    for fact in server.history.throughout(surely):
        reading.tokens.append(fact.token)
        reading.keys.append(fact.versions[0][1][JOBS.key])
    return reading


def test_a_whole_reading_is_right():
    assert judge(a_reading()).faults == ()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda tokens: tokens.pop(3), "proven and wrong: 1 missed (row 4)"),
        (lambda tokens: tokens.append("row 12"), "proven and wrong: 1 repeated (row 12)"),
        (lambda tokens: tokens.append("nobody's"), "proven and wrong: 1 invented (nobody's)"),
    ],
)
def test_a_row_too_few_or_too_many_is_seen(spoil, said):
    reading = a_reading()
    spoil(reading.tokens)
    assert judge(reading).faults == (said,)


def test_an_honest_server_is_read_right_whether_that_is_proven_or_not():
    reading = a_reading()
    reading.proven = False
    del reading.tokens[3], reading.keys[3]
    assert judge(reading).faults == ("wrong of an honest server: 1 missed (row 4)",)


def test_a_row_that_did_not_exist_throughout_may_be_given_or_not():
    reading = a_reading()
    history = reading.server.history
    history.delete(history.facts[3])
    assert judge(reading).faults == ()
    del reading.tokens[3], reading.keys[3]
    assert judge(reading).faults == ()


def test_a_reading_that_ended_with_an_error_has_missed_nothing():
    reading = a_reading()
    del reading.tokens[5:], reading.keys[5:]
    reading.error = NotProven("the list is not proven")
    assert judge(reading).faults == ()


def test_what_crashes_or_does_not_end_is_a_fault():
    reading = a_reading()
    reading.error = KeyError("Id")
    assert judge(reading).faults == ("crashed: KeyError('Id')",)
    reading.error = Endless("more than 9 requests")
    assert judge(reading).faults == ("does not advance: more than 9 requests",)


def test_rows_out_of_order_are_seen():
    reading = a_reading()
    reading.keys.reverse()
    assert judge(reading).faults == ("rows out of order",)


def test_a_row_that_is_not_asked_for_is_seen_unless_only_a_text_tells():
    for column, value, lie, faults in (
        ("OrganizationUnitId", 3, "filter", 1),
        ("ReleaseName", "DocBot", "filter", 0),
        ("ReleaseName", "DocBot", "skip", 1),
    ):
        question = Question(conditions=(Condition(column, "eq", (value,)),))
        reading = a_reading(question=question, size=30, lies=Lies(about=frozenset({lie})))
        stranger = next(fact for fact in reading.server.history.facts if fact.token not in reading.tokens)
        reading.tokens.append(stranger.token)
        assert len(judge(reading).faults) == faults


def test_a_row_that_the_server_always_hides_is_not_missed():
    reading = a_reading(lies=Lies(hides=1e-9))
    reading.server.history.facts[2].hidden = True
    del reading.tokens[2:4], reading.keys[2:4]
    assert judge(reading).faults == ("proven and wrong: 2 missed (row 3, row 4)",)
    reading.server.history.facts[3].hidden = True
    assert judge(reading).faults == ()


def test_the_first_rows_of_an_order_are_due():
    question = Question(order="Id", falling=True, top=5)
    reading = a_reading(question=question)
    reading.tokens = reading.tokens[:-6:-1]
    reading.keys = reading.keys[:-6:-1]
    assert judge(reading).faults == ()
    reading.tokens[0] = "row 2"
    assert judge(reading).faults[0] == "proven and wrong: 1 missed (row 12)"


def test_a_row_that_is_hidden_and_counted_is_missed_where_an_exact_reading_counts():
    lies = Lies(hides=1e-9, counts_hidden=True)
    for exact, faults in ((False, 0), (True, 1)):
        reading = a_reading(lies=lies, question=Question(exact=exact))
        reading.reports.append(None)
        reading.server.history.facts[2].hidden = True
        del reading.tokens[2], reading.keys[2]
        assert len(judge(reading).faults) == faults
