"""RobotLogs whose server once answers with nothing: it is asked again wherever that contradicts what was seen."""

from __future__ import annotations

import json
import random
from collections import Counter

import attrs
import pytest

from uipath_odata.errors import BadRequest, NotProven, OrderViolation
from uipath_odata.odata.instant import Instant
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
                page = Page([], refused=True)
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
    for seed in range(40):
        world = attrs.evolve(make_world(seed), options={}, late=[], lo=None, hi=None)
        facts = {"exact": exact, "ordered": world.ordered}
        served = {"counts": counts, "faults": 0, "cap": 10**6}
        _, requests, error = read(world, world.serve(seed, **served), **facts)
        if error is not None or requests > 60 or not world.rows:
            continue
        for empty in range(1, requests + 1):
            given, _, error = read(world, world.serve(seed, **served), empty=empty, **facts)
            if error is None:
                assert bag(given) == bag(world.rows), f"seed {seed}, request {empty}"
            else:
                assert not bag(given) - bag(world.rows)
        empties += requests
    assert empties > 100


LO = Instant.parse("2024-01-01T00:00:05Z").ticks


def log(second):
    return {"TimeStamp": f"2024-01-01T00:00:{second:02d}Z"}


def turn(plan, *rows, count=None):
    fetch = plan.next_fetch()
    plan.on_page(fetch, Page([log(second) for second in rows], count))
    return fetch


def given(plan):
    return [row for rows in iter(plan.next_rows, None) for row in rows]


def test_a_page_without_the_rows_that_were_held_back_is_read_from_further_back():
    plan = WindowPlan(options={}, page_size=3)
    turn(plan, 1, 2, 3)
    turn(plan, 5, 6)
    again = turn(plan, 2, 3, 5)
    assert again.options["$filter"].endswith("00:01.999Z")
    turn(plan, 5, 6)
    turn(plan, 6, 5, 3)
    assert given(plan) == [log(second) for second in (1, 2, 3, 5, 6)]
    assert plan.proof.proven


def test_rows_that_are_gone_for_good_are_looked_for_twice_and_no_more():
    """R78."""
    plan = WindowPlan(options={}, page_size=3)
    turn(plan, 1, 2, 3)
    turn(plan)
    turn(plan, 2)
    turn(plan)
    turn(plan, 2, 1)
    assert given(plan) == [log(1), log(2)]
    turn(plan, 2, 1)  # the newest row that was seen is not the newest
    turn(plan)
    assert plan.next_fetch() is None
    assert plan.proof.proven


def test_an_order_that_is_honoured_in_no_direction_is_refused():
    plan = WindowPlan(options={}, page_size=9)
    turn(plan, 4, 5)
    with pytest.raises(OrderViolation, match="desc"):
        turn(plan, 1, 4)


def read_to_the_end(plan, rows):
    """Answer as a server whose rows stand in this order and that ignores `$orderby`."""
    while (fetch := plan.next_fetch()) is not None:
        bound = fetch.options.get("$filter", "00:-1Z").rpartition(":")[2].removesuffix("Z")
        later = [second for second in rows if second > float(bound)]
        plan.on_page(fetch, Page([log(second) for second in later[:10]]))


def test_an_order_that_is_ignored_is_found_by_the_row_that_must_be_the_newest():
    """Half of the list comes first, and each page rises: only the other direction shows it."""
    with pytest.raises(OrderViolation):
        read_to_the_end(WindowPlan(options={}, page_size=10), [*range(30, 60), *range(30)])


def test_a_filter_that_is_ignored_is_refused_at_once():
    plan = WindowPlan(options={}, page_size=3)
    turn(plan, 1, 2, 3)
    with pytest.raises(OrderViolation, match="ignores the filter"):
        turn(plan, 1, 2, 3)


def test_a_top_that_is_ignored_does_no_harm():
    rows = range(40)
    plan = WindowPlan(options={}, page_size=3, workers=4)
    asked = 0
    while (fetch := plan.next_fetch()) is not None:
        asked += 1
        bound = fetch.options.get("$filter", "00:-1Z").rpartition(":")[2].removesuffix("Z")
        later = [second for second in rows if second > float(bound)]
        falls = fetch.options["$orderby"].endswith("desc")
        plan.on_page(fetch, Page([log(second) for second in (later[::-1] if falls else later)]))
    assert given(plan) == [log(second) for second in rows]
    assert asked <= 4
    assert "where $top=3 was asked for" in plan.notes[0]


def show_one_direction(plan):
    """Show a row in ascending order that a descending one lacks."""
    for _ in range(12):
        fetch = plan.next_fetch()
        falls = "desc" in fetch.options.get("$orderby", "")
        plan.on_page(fetch, Page([log(3), log(2)] if falls else [log(5)]))


def test_rows_that_only_one_direction_shows_end_in_a_refusal():
    """R67: the scan asks a bounded number of times for the same rows."""
    with pytest.raises(OrderViolation, match="one direction"):
        show_one_direction(WindowPlan(options={}, page_size=9, lo=LO))


def test_a_list_that_is_counted_in_both_directions_and_shown_in_none_is_not_proven():
    plan = WindowPlan(options={}, page_size=3, window=9)
    while (fetch := plan.next_fetch()) is not None:
        plan.on_page(fetch, Page([], 7))
    assert plan.proof.kind == "none"
    assert plan.proof.reason == "the server counts 7 rows and shows none"


@pytest.mark.parametrize(
    ("second", "is_compared"), [(4, True), (2, False)], ids=["after the last row", "before it"]
)
def test_a_reading_up_to_a_moment_after_all_rows_holds_as_many_as_the_other_end_counts(second, is_compared):
    shown = [{"TimeStamp": f"2025-01-01T00:00:0{each}Z"} for each in (0, 1, 3)]
    hi = Instant.parse(f"2025-01-01T00:00:0{second}Z").ticks
    plan = WindowPlan(options={}, page_size=5, window=9, hi=hi)
    while (fetch := plan.next_fetch()) is not None:
        falls = fetch.options["$orderby"].endswith("desc")
        plan.on_page(fetch, Page(shown[::-1] if falls else shown, 8))
        while plan.next_rows() is not None:
            pass
    assert ("the server counts 8 rows and gave 3" in plan.proof.reason) == is_compared
