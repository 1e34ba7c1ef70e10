"""A world's server: does it answer as its world says?"""

from __future__ import annotations

import itertools

import pytest

from uipath_odata.errors import BadRequest, NotFound

from .churn import Churn
from .filters import Semantics
from .honesty import Caps, Counts, Lies, Replicas, Support
from .server import Endless
from .shape import Shape
from .tables import JOBS, LOGS, TABLES
from .world import World

WHOLE = {"$top": "10", "$orderby": "Id"}


def a_server(table=JOBS, *, sizes=(1,) * 30, **parts):
    return World(seed=1, table=table, shape=Shape(sizes=sizes), **parts).serve()


def keys(answer):
    return [fact.key for fact in answer[0]]


def test_an_honest_server_gives_what_is_asked():
    server = a_server()
    assert keys(server.answer(WHOLE)) == [*range(1, 11)]
    options = {
        "$filter": "Id gt 4 and Id le 40",
        "$orderby": "Id desc",
        "$top": "2",
        "$skip": "1",
        "$count": "true",
    }
    facts, count = server.answer(options)
    assert ([fact.key for fact in facts], count) == ([29, 28], 26)
    assert server.answer({"$filter": "Id gt 4"}, total=True) == ([], 26)
    assert server.shown(facts, {"$select": "Id,Info"}) == [
        {"Id": 29, "Info": "row 29"},
        {"Id": 28, "Info": "row 28"},
    ]


@pytest.mark.parametrize(
    ("lie", "given"),
    [
        ("order", [*range(29, 19, -1)]),
        ("filter", [*range(2, 12)]),
        ("skip", [*range(11, 21)]),
        ("top", [*range(12, 31)]),
    ],
)
def test_an_option_may_be_ignored(lie, given):
    server = a_server(lies=Lies(about=frozenset({lie}), own_order="falling"))
    options = {"$orderby": "Id", "$top": "10", "$filter": "Id gt 10", "$skip": "1"}
    assert keys(server.answer(options)) == given


@pytest.mark.parametrize(
    ("own", "count"), [("right", 30), ("absent", None), ("page", 10), ("capped", 20), ("fixed", 20)]
)
def test_counts_are_of_every_kind(own, count):
    server = a_server(counts=Counts(own=own, total=own, cap=20))
    assert server.answer({**WHOLE, "$count": "true"})[1] == count
    if own == "absent":
        with pytest.raises(NotFound):
            server.answer({}, total=True)


def test_a_stale_count_is_of_a_moment_ago():
    server = a_server(counts=Counts(own="stale", age=2))
    server.history.moment = 5
    for fact in server.history.facts[:10]:
        server.history.delete(fact)
    counts = [server.answer({**WHOLE, "$count": "true"})[1] for _ in range(4)]
    assert counts == [30, 20, 20, 20]


def test_a_replica_that_lags_shows_what_was():
    server = a_server(replicas=Replicas(lag=(2, 0, 0)))
    server.history.moment = 5
    server.history.delete(server.history.facts[0])
    assert [keys(server.answer(WHOLE))[0] for _ in range(3)] == [1, 2, 2]


def test_replicas_order_equals_in_their_own_ways():
    server = a_server(
        LOGS,
        sizes=(8, 1),
        replicas=Replicas(number=3),
        semantics=Semantics(kinds=LOGS.kinds, precision=10_000),
    )
    orders = {
        tuple(fact.token for fact in server.answer({"$orderby": "TimeStamp asc", "$top": "9"})[0])
        for _ in range(40)
    }
    assert len(orders) == 3


def test_answers_hold_no_more_than_their_caps():
    assert len(a_server(caps=Caps(rows=7)).answer(WHOLE)[0]) == 7
    server = a_server(caps=Caps(bytes=10))
    sizes = [
        sum(map(server.world.caps.size_of, server.answer({**WHOLE, "$skip": str(skip)})[0]))
        for skip in range(9)
    ]
    assert max(sizes) <= 10
    assert len(set(sizes)) > 1


def test_logs_are_given_no_further_than_their_window():
    server = a_server(LOGS, sizes=(150,))
    options = {"$orderby": "TimeStamp asc", "$top": "10"}
    assert len(server.answer({**options, "$skip": "89"})[0]) == 10
    with pytest.raises(BadRequest):
        server.answer({**options, "$skip": "90"})


def test_a_comparison_may_be_refused_or_ignored():
    server = a_server(support=Support(words={"lt": "ignored", "or": "refused"}, columns={"State": "ignored"}))
    filtered = {**WHOLE, "$filter": "Id lt 3 and Id gt 2 and State eq 'None'"}
    assert keys(server.answer(filtered))[0] == 3
    with pytest.raises(BadRequest):
        server.answer({**WHOLE, "$filter": "Id gt 5 and (Id eq 1 or Id eq 2)"})


def test_rows_may_come_twice_or_never():
    found = keys(a_server(lies=Lies(twins=0.5)).answer(WHOLE))
    assert len(found) == 10
    assert len(set(found)) < 10
    server = a_server(lies=Lies(hides=0.5))
    hidden = {fact.key for fact in server.history.facts if fact.hidden}
    shown = {*itertools.chain(*(keys(server.answer({**WHOLE, "$skip": str(skip)})) for skip in (0, 10, 20)))}
    assert hidden
    assert shown == {*range(1, 31)} - hidden


@pytest.mark.parametrize("name", TABLES)
def test_a_list_changes_and_comes_to_rest(name):
    churn = Churn(inserts=0.5, late=0.5, deletes=0.5, sweeps=0.1, changes=0.5)
    server = a_server(TABLES[name], churn=churn)
    for _ in range(600):
        server.answer({"$top": "10"})
    facts = server.history.facts
    assert any(fact.born for fact in facts)
    assert any(fact.died < 600 for fact in facts)
    assert any(len(fact.versions) > 1 for fact in facts) == (name != "RobotLogs")
    assert max(fact.born for fact in facts) < 500


def test_who_asks_without_end_is_stopped():
    server = a_server(sizes=())
    for _ in range(server.patience):
        server.answer(WHOLE)
    with pytest.raises(Endless):
        server.answer(WHOLE)
