"""Worlds that were once read wrongly, or refused although they are honest; each in many lives."""

from __future__ import annotations

import attrs
import pytest

from .judge import judge
from .reading import read
from .wire import wire
from .worlds.churn import Churn
from .worlds.filters import SECOND, Semantics
from .worlds.honesty import Caps, Counts, Lies, Replicas, Support
from .worlds.question import Question
from .worlds.shape import PAGE, WINDOW, Shape
from .worlds.tables import GUIDS, JOBS, LOGS, QUEUE_ITEMS, Condition
from .worlds.world import World

LIVES = 25
EXACT, PLAIN = Question(exact=True), Question()


def world(table, sizes, question=EXACT, *, step=(1,), variety=2, **parts):
    return World(
        seed=0, table=table, shape=Shape(sizes=sizes, step=step, variety=variety), question=question, **parts
    )


def singles(number):
    return (1,) * number


def lying(*about, **more):
    return Lies(about=frozenset(about), **more)


def among(column, *values, **more):
    return Question(conditions=(Condition(column, "in", values),), exact=True, **more)


FOLDING = {
    "RobotLogs": Semantics(kinds=LOGS.kinds, folds=True),
    "Jobs": Semantics(kinds=JOBS.kinds, folds=True),
}
TEXTS = ("ae", "æ", "end", "end ", "DocBot", "docbot")
DELETES = Churn(deletes=0.3, near=0.9)
BOTH = Churn(inserts=0.3, late=0.3, deletes=0.3, near=0.9)

ONCE_WRONG = {
    "a deleted row moves the ranks of a tie that fills a page": world(
        LOGS, (3, PAGE, 3), step=(30_000,), churn=DELETES
    ),
    "and so it does at the end of the list": world(LOGS, (3, 3, PAGE), step=(30_000,), churn=DELETES),
    "an item of more folders than a page holds loses one": world(
        QUEUE_ITEMS, (1, PAGE + 1, 1), churn=DELETES, counts=Counts(own="absent")
    ),
    "a tie of several pages changes while it is read": world(
        LOGS, (3, 4 * PAGE, 3), step=(30_000,), churn=BOTH
    ),
    "a tie of one and a half windows": world(LOGS, (3, WINDOW * 3 // 2, 3), step=(30_000,), churn=DELETES),
    "the newer half comes first": world(JOBS, singles(30), lies=lying("order", own_order="newer half first")),
    "the newer half of logs comes first": world(
        LOGS, singles(30), PLAIN, step=(30_000,), lies=lying("order", own_order="newer half first")
    ),
    "texts that the server holds for equal are asked in two parts": world(
        JOBS, singles(40), among("ReleaseName", *TEXTS), semantics=FOLDING["Jobs"]
    ),
    "moments of one second are asked in two parts": world(
        JOBS,
        singles(40),
        among(
            "CreationTime", *(f"2024-02-28T23:59:0{each}Z" for each in ("1", "1.3333333", "2", "2.3333333"))
        ),
        semantics=Semantics(kinds=JOBS.kinds, whole_seconds=True),
    ),
    "a filter by moments is ignored in two parts": world(
        JOBS,
        singles(12),
        among("CreationTime", *(f"2024-02-29T23:59:0{each}Z" for each in range(1, 6))),
        lies=lying("filter", "count"),
    ),
    "rows move from part to part of a state": world(
        JOBS,
        singles(40),
        among("State", "Pending", "Running", "Successful", "Faulted"),
        churn=Churn(changes=0.7),
    ),
    "a join gives the same job twice in one answer": world(JOBS, singles(30), lies=Lies(twins=0.2)),
    "and in the only answer of a total": world(
        JOBS, singles(3), Question(top=PAGE, exact=True), lies=Lies(twins=0.5)
    ),
    "and on a page that is capped": world(JOBS, singles(30), caps=Caps(rows=5), lies=Lies(twins=0.2)),
    "a capped page counts itself": world(
        JOBS, singles(30), PLAIN, caps=Caps(rows=5), counts=Counts(own="page")
    ),
    "a capped page of logs counts itself": world(
        LOGS, singles(30), PLAIN, step=(30_000,), caps=Caps(rows=5), counts=Counts(own="page")
    ),
    "a capped page of one instant counts itself, also where one row is asked for": world(
        LOGS, (9,), caps=Caps(rows=5), counts=Counts(own="page", total="absent"), lies=lying("top")
    ),
    "a capped page of one item counts itself, also where one row is asked for": world(
        QUEUE_ITEMS, (9,), caps=Caps(rows=5), counts=Counts(own="page"), lies=lying("top")
    ),
    "and so it does where no page after the first comes": world(
        LOGS,
        (9, 1),
        step=(30_000,),
        variety=0,
        caps=Caps(rows=5),
        lies=lying("top", "skip"),
        counts=Counts(own="page", total="absent"),
    ),
    "a capped page counts itself, by offset": world(
        JOBS, singles(30), Question(paging="offset"), caps=Caps(rows=5), counts=Counts(own="page")
    ),
    "the filter of logs is ignored, hours apart": world(
        LOGS, singles(30), step=(3_600 * SECOND,), lies=lying("filter")
    ),
    "now and then rows come in any order, and nothing is counted": world(
        JOBS, singles(30), lies=lying("order", "count", how_often=0.3, own_order="shuffled")
    ),
    "the newer half comes first, and nothing is counted": world(
        JOBS, singles(30), PLAIN, lies=lying("order", "count", own_order="newer half first")
    ),
    "lt is ignored where a tie is counted": world(
        LOGS, (3, 3 * PAGE, 3), step=(30_000,), support=Support(words={"lt": "ignored"}), churn=BOTH
    ),
    "in is refused where the second part writes it": world(
        JOBS,
        singles(40),
        attrs.evolve(
            among("OrganizationUnitId", 1, 2, 3, 4, order="OrganizationUnitId", falling=True), exact=False
        ),
        support=Support(words={"in": "refused"}),
    ),
    "items newest first, as they come, resumed": world(
        QUEUE_ITEMS,
        singles(60),
        Question(order="Id", falling=True, ordered=False, stops=(1, 2), exact=True),
        churn=BOTH,
    ),
    "what was given as it came lies above what a resumed reading has left": world(
        JOBS,
        singles(25),
        Question(exact=True, ordered=False, stops=(2,), workers=9),
        churn=Churn(inserts=0.7, late=0.7, deletes=0.7, near=0.9),
    ),
    "an item is shown and left out by the next answer": world(
        JOBS, singles(60), PLAIN, caps=Caps(rows=5), lies=lying("order", "count", how_often=0.5)
    ),
    "items of one Id by a server that counts its page": world(
        QUEUE_ITEMS, (3 * PAGE,), caps=Caps(rows=5), counts=Counts(own="page")
    ),
    "items of one Id by a server that says one number for ever": world(
        QUEUE_ITEMS, (8,), caps=Caps(rows=3), counts=Counts(own="fixed", total="fixed", cap=3)
    ),
    "logs of one instant by a server that says one number for ever": world(
        LOGS, (8,), step=(30_000,), caps=Caps(rows=3), counts=Counts(own="fixed", total="fixed", cap=3)
    ),
    "logs of one instant by a server that counts its page": world(
        LOGS, (8,), step=(30_000,), caps=Caps(rows=3), counts=Counts(own="page", total="absent")
    ),
    "logs of one instant come from the wrong end": world(
        LOGS, (1,) * 9 + (3 * PAGE,), PLAIN, step=(30_000,), lies=lying("order", own_order="falling")
    ),
    "what was given before a checkpoint was not proven": world(
        QUEUE_ITEMS,
        (3 * PAGE, 1, 1),
        Question(stops=(1, 1)),
        caps=Caps(bytes=20),
        counts=Counts(own="page"),
        lies=lying("top", "skip"),
    ),
    "every page is longer than asked for": world(LOGS, singles(30), step=(30_000,), lies=lying("top")),
    "every page is longer than asked for, and the filter ignored": world(
        LOGS, singles(30), step=(3_600 * SECOND,), lies=lying("top", "filter")
    ),
    "logs of one instant by a server that counts no further than it sends": world(
        LOGS, (8,), caps=Caps(rows=5), counts=Counts(own="capped", total="capped", cap=5)
    ),
    "items of one Id by a server that counts no further than it sends": world(
        QUEUE_ITEMS, (8,), caps=Caps(rows=5), counts=Counts(own="capped", cap=5)
    ),
    "and nothing is skipped there": world(
        LOGS,
        (3, 3 * PAGE, 3),
        step=(30_000,),
        variety=0,
        caps=Caps(rows=5),
        counts=Counts(own="capped", total="capped", cap=5),
        lies=lying("skip"),
    ),
    "the newest logs, after a tie that fills a page, are counted and never shown": world(
        LOGS, (1, PAGE, 1), step=(30_000,), lies=Lies(hides=0.2, counts_hidden=True)
    ),
    "logs in two parts, of which one was read to its end, are resumed twice": world(
        LOGS,
        singles(40),
        Question(
            conditions=(Condition("JobKey", "in", (*GUIDS, None)),), ordered=False, stops=(2, 3, 2), workers=9
        ),
        step=(30_000,),
        churn=Churn(inserts=0.1),
    ),
    "the last item fills a page and comes first, whatever the order": world(
        QUEUE_ITEMS,
        (1,) * 6 + (3,),
        caps=Caps(rows=3),
        counts=Counts(own="page"),
        lies=lying("order", own_order="falling"),
    ),
    "nothing is skipped": world(LOGS, (3, 3 * PAGE, 3), step=(30_000,), lies=lying("skip")),
    "a total of logs is filled by pages that were read ahead": world(
        LOGS, singles(61), Question(order="TimeStamp", top=60), step=(30_000,)
    ),
    "logs of equal texts are asked in two parts, and have no Id": world(
        LOGS, singles(40), attrs.evolve(among("RobotName", *TEXTS), exact=False), step=(30_000,)
    ),
}

ONCE_REFUSED = {
    "jobs newest first, resumed, while rows come above and go below": world(
        JOBS,
        singles(40),
        Question(order="Id", falling=True, exact=True, stops=(1, 1)),
        churn=Churn(inserts=0.7),
    ),
    "items of one Id fill a page, in the order that was asked for": world(
        QUEUE_ITEMS, (3, PAGE - 1, 3), Question(order="Id", exact=True, stops=(1, 1))
    ),
    "and in the other": world(QUEUE_ITEMS, (1, 2 * PAGE, 3), Question(order="Id", falling=True, exact=True)),
    "jobs of several sources, which never change": world(
        JOBS, singles(40), among("SourceType", "Manual", "Schedule", "Agent", "Queue")
    ),
    "texts that the server holds for equal": world(
        LOGS,
        singles(40),
        attrs.evolve(among("RobotName", *TEXTS), exact=False),
        step=(30_000,),
        semantics=FOLDING["RobotLogs"],
    ),
    "logs from replicas that order equals in their own ways": world(
        LOGS, (3,) * 20, step=(30_000,), replicas=Replicas(number=3, steady=False), churn=DELETES
    ),
}


@pytest.mark.parametrize("name", ONCE_WRONG)
async def test_what_was_once_read_wrongly_is_not_any_more(name):
    for life in range(LIVES):
        lived = attrs.evolve(ONCE_WRONG[name], seed=life)
        assert judge(await read(lived)).faults == (), lived


@pytest.mark.parametrize("name", ONCE_REFUSED)
async def test_what_was_once_refused_is_read(name):
    for life in range(LIVES):
        reading = await read(attrs.evolve(ONCE_REFUSED[name], seed=life))
        assert judge(reading).faults == ()
        assert reading.error is None, reading.world


async def test_a_plain_export_that_lacks_rows_which_are_counted_is_not_proven():
    """An export reads up to a moment, and takes what the other end counts for what lies before that."""
    lives, lacking = range(29, 50 * LIVES, 50), 0  # seeds of worlds that an export reads
    hidden = world(LOGS, singles(12), PLAIN, step=(30_000,), lies=Lies(hides=0.2, counts_hidden=True))
    async with wire() as http:
        for life in lives:
            reading = await http.read(attrs.evolve(hidden, seed=life))
            assert reading.ended
            lacks = bool(judge(reading).missed)
            assert not (lacks and reading.proven)
            lacking += lacks
    assert lacking > LIVES / 2


async def test_a_stray_answer_on_an_idle_connection_is_nobodys():
    async with wire() as http:
        for life in range(LIVES):
            lived = attrs.evolve(world(JOBS, singles(30), lies=Lies(strays="idle")), seed=life)
            reading = await http.read(lived)
            assert judge(reading).faults == ()
            assert reading.proven
