"""RobotLogs whose server once answers with nothing: it is asked again wherever that contradicts what was seen."""

from __future__ import annotations

import json
import random
from collections import Counter

import attrs
import pytest

from uipath_odata.errors import BadRequest, NotProven
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.plan import WindowPlan


@pytest.fixture
def read():
    """Read a world in one order of answers; ``empty`` is the number of the request that is answered with nothing."""

    def run(world, server, *, empty=None, **settings):
        plan = WindowPlan(
            options={}, page_size=world.page_size, window=world.window, workers=world.workers, **settings
        )
        given, running, asked = [], [], 0
        chance = random.Random(1)
        while True:
            while (rows := plan.next_rows()) is not None:
                given += rows
            while (
                len(running) + plan.buffered_pages < world.workers
                and (fetch := plan.next_fetch()) is not None
            ):
                running.append(fetch)
            if not running:
                return given, asked, None
            fetch, asked = running.pop(chance.randrange(len(running))), asked + 1
            try:
                page = server.answer(fetch.options, total=fetch.total)
            except BadRequest:
                assert fetch.refusable
                page = Page([])
            if asked == empty and not fetch.total:
                page = Page([], page.count)
            try:
                plan.on_page(fetch, page)
            except NotProven as error:
                return given, asked, error

    return run


def bag(rows):
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.parametrize(
    ("counts", "exact"), [("exact", False), ("exact", True), ("absent", True), ("capped", True)]
)
def test_one_empty_answer_loses_nothing_that_was_counted_or_seen(make_world, read, counts, exact):
    empties = 0
    for seed in range(12):
        world = attrs.evolve(make_world(seed), options={}, late=[], lo=None, hi=None)
        facts = {"exact": exact, "ordered": world.ordered}
        served = {"counts": counts, "faults": 0, "cap": max(world.server["cap"], 2)}
        _, requests, error = read(world, world.serve(seed, **served), **facts)
        if error is not None or requests > 150:
            continue
        for empty in range(1, requests + 1):
            given, _, error = read(world, world.serve(seed, **served), empty=empty, **facts)
            if error is None:
                assert bag(given) == bag(world.rows), f"seed {seed}, request {empty}"
            else:
                assert not bag(given) - bag(world.rows)
        empties += requests
    assert empties > 100


def log(second):
    return {"TimeStamp": f"2024-01-01T00:00:{second:02d}Z"}


def turn(plan, *rows, count=None):
    fetch = plan.next_fetch()
    plan.on_page(fetch, Page([log(second) for second in rows], count))
    return fetch


def test_a_page_without_the_rows_that_were_held_back_is_asked_for_again():
    plan = WindowPlan(options={}, page_size=3)
    turn(plan, 1, 2, 3)
    first, again = turn(plan, 5, 6), turn(plan, 3, 5, 6)
    assert first.options == again.options
    turn(plan, 6)
    turn(plan)
    assert [row for rows in iter(plan.next_rows, None) for row in rows] == [
        log(second) for second in (1, 2, 3, 5, 6)
    ]
    assert plan.proof.proven


def test_rows_that_are_gone_for_good_are_asked_for_twice_and_no_more():
    """R78."""
    plan = WindowPlan(options={}, page_size=3)
    turn(plan, 1, 2, 3)
    turn(plan)
    turn(plan)
    assert plan.next_fetch() is None
    assert plan.next_rows() == [log(1), log(2)]
    assert plan.proof.proven


def test_an_exact_scan_asks_for_the_number_of_rows_where_none_was_sent():
    plan = WindowPlan(options={}, page_size=3, exact=True)
    turn(plan, 1, 2)
    probe, total = turn(plan), plan.next_fetch()
    assert total.total
    plan.on_page(total, Page([], 3))
    again = turn(plan, 3)
    assert probe.options == again.options
