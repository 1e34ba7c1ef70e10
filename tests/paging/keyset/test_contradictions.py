"""Answers by Id that lack rows: asked for once more where anything speaks against them, and only there."""

from __future__ import annotations

import random
import re

import attrs
import pytest

from uipath_odata.errors import NotProven
from uipath_odata.paging.keyset.plan import KeysetPlan
from uipath_odata.paging.plan import Page

BOUND = re.compile(r"Id (gt|le|lt|ge) (-?\d+)")


@attrs.define
class Server:
    """A list of Ids; ``lies`` replaces the answer to the request of that number."""

    ids: list
    lies: dict = attrs.field(factory=dict)
    cap: int = 10**9
    counts: bool = True
    asked: list = attrs.field(factory=list)

    def answer(self, options):
        self.asked.append(options)
        found = [row_id for row_id in self.ids if self._meets(row_id, options.get("$filter", ""))]
        found.sort(reverse=options["$orderby"] == "Id desc")
        skip, top = int(options.get("$skip", 0)), min(int(options["$top"]), self.cap)
        count = len(found) if self.counts and "$count" in options else None
        page = Page([{"Id": row_id} for row_id in found[skip : skip + top]], count)
        return self.lies.get(len(self.asked), lambda page: page)(page)

    def _meets(self, row_id, text):
        for name, bound in BOUND.findall(text):
            below, above = row_id < int(bound), row_id > int(bound)
            if {"gt": not above, "le": above, "lt": not below, "ge": below}[name]:
                return False
        return True


@pytest.fixture
def read():
    """Read a list by Id, the newest request answered first or by chance; return its Ids and the error that ended it."""

    def run(server, *, concurrency=3, chance=None, **facts):
        plan = KeysetPlan(options=facts.pop("options", {}), page_size=3, **facts)
        given, running = [], []
        while True:
            while (rows := plan.next_rows()) is not None:
                given += [row["Id"] for row in rows]
            while (
                len(running) + plan.buffered_pages < concurrency and (fetch := plan.next_fetch()) is not None
            ):
                running.append(fetch)
            if not running:
                return given, plan, None
            fetch = running.pop(chance.randrange(len(running)) if chance else -1)
            try:
                plan.on_page(fetch, server.answer(fetch.options))
            except NotProven as error:
                return given, plan, error

    return run


def without_rows(page):
    return Page([], page.count)


def without_anything(page):
    return Page([])


def without_rows_and_count(page):
    return Page([], 0)


IDS = [*range(1, 12), *range(500, 509), 900]


def requests_of(read, ids=IDS, **facts):
    server = Server(ids)
    read(server, **facts)
    return len(server.asked)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("lie", [without_rows, without_anything])
def test_one_empty_answer_anywhere_loses_nothing(read, lie, ordered, exact):
    for number in range(2, requests_of(read) + 1):
        given, plan, _ = read(Server(IDS, {number: lie}), ordered=ordered, exact=exact)
        assert sorted(given) == IDS, f"request {number}"
        assert plan.proof.proven
    given, _, _ = read(Server(IDS, {1: without_rows}), ordered=ordered)
    assert sorted(given) == IDS


@pytest.mark.parametrize("ordered", [True, False])
def test_an_empty_answer_that_calls_itself_whole_is_found_out_at_the_end(read, ordered):
    """In order the rows behind it are given out by then: an error whose checkpoint gives the missing ones."""
    errors = 0
    for number in range(2, requests_of(read) + 1):
        server = Server(IDS, {number: without_rows_and_count})
        given, _, error = read(server, ordered=ordered)
        if error is not None:
            assert ordered
            assert given == sorted(given)
            rest, _, _ = read(server, ordered=ordered, resume=error.checkpoint)
            given, errors = given + rest, errors + 1
        assert sorted(given) == IDS, f"request {number}"
    assert (errors > 0) == ordered


def test_gaps_cost_no_request_more(read):
    server = Server(IDS)
    _, plan, _ = read(server)
    asked = [sorted(options.items()) for options in server.asked]
    assert all(asked.count(options) == 1 for options in asked)
    assert plan.notes == ()


def test_a_row_that_was_seen_and_held_back_may_be_deleted(read):
    server = Server([*range(1, 9)])
    server.lies = {2: lambda page: server.ids.remove(3) or page}
    given, plan, _ = read(server)
    assert given == [1, 2, 4, 5, 6, 7, 8]
    assert plan.proof.proven
    assert plan.notes == ("The server counted 8 rows at first, and 7 were found",)


def test_the_row_of_the_bound_may_be_deleted(read):
    server = Server([*range(1, 9)])
    server.lies = {2: lambda page: server.ids.remove(8) or page}
    given, plan, _ = read(server)
    assert given == [1, 2, 3, 4, 5, 6, 7]
    assert plan.proof.proven


def short(page):
    return Page(page.rows[:1], 1)


def test_a_range_that_calls_itself_whole_without_the_row_of_the_bound_is_asked_for_again(read):
    for number in range(3, requests_of(read, IDS[:20]) + 1):
        server = Server(IDS[:20], {number: short})
        given, plan, _ = read(server)
        lost = set(IDS[:20]) - set(given)
        assert 508 not in lost
        assert not lost or "The server counted 20 rows at first" in plan.notes[-1]


@pytest.mark.parametrize(("ids", "requests"), [([], 1), ([7], 2), ([7, 9], 2), ([7, 9, 9], 5)])
def test_an_exact_reading_of_a_small_list_asks_once_more(read, ids, requests):
    server = Server(ids)
    given, plan, _ = read(server, exact=True)
    assert given == ids
    assert plan.proof.proven
    assert len(server.asked) <= requests
    if len(ids) in {1, 2}:
        assert (
            server.asked[1].items() >= {"$filter": f"Id gt {ids[-1] - 1}", "$skip": "1", "$top": "1"}.items()
        )


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("counts", [True, False])
def test_an_exact_reading_believes_no_count_of_the_page_alone(read, counts, descending):
    """R28: a server that sends two rows at most and counts these."""

    def page_alone(page):
        return Page(page.rows, len(page.rows) if counts else None)

    for ids in ([1, 2], [1, 2, 2], [1, 2, 3], [*range(9)]):
        server = Server(ids, dict.fromkeys(range(99), page_alone), cap=2)
        facts = {"options": {"$orderby": "Id desc"}, "descending": True} if descending else {}
        given, plan, _ = read(server, exact=True, **facts)
        assert sorted(given) == ids
        assert plan.proof.proven


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize(
    "lie", [lambda count: count // 2, lambda count: min(count, 5), lambda count: count - 1]
)
def test_a_count_that_is_too_small_ends_no_range_whose_page_the_server_may_have_capped(read, exact, lie):
    """R28, R29: a server that sends two rows at most, and counts some of those that it has."""

    def counted_less(page):
        return page if page.count is None else Page(page.rows, lie(page.count))

    for size in range(7, 40):
        server = Server([*range(1, 3 * size, 3)], dict.fromkeys(range(999), counted_less), cap=2)
        given, plan, _ = read(server, exact=exact)
        assert given == server.ids
        assert plan.proof.proven


def test_a_list_that_ends_by_its_count_says_so_and_a_resumed_one_asks_once_more(read):
    """R28: the count of a first page may be wrong; a list that was begun is known to be longer than a page."""

    def half(page):
        return page if page.count is None else Page(page.rows, page.count // 2)

    server = Server([4, 5, 6, 7], {1: half}, cap=2)
    given, plan, _ = read(server)
    assert given == [4, 5]
    assert plan.proof.reason == "one page held the whole answer, as the server counts"
    given, plan, _ = read(
        Server(server.ids, {1: half}, cap=2), resume={"plan": "keyset", "after": 3, "to": 7}
    )
    assert given == server.ids
    assert "every range to its end" in plan.proof.reason


@pytest.mark.parametrize("descending", [True, False])
def test_rows_that_come_as_they_arrive_go_on_from_any_page(read, descending):
    facts = {"options": {"$orderby": "Id desc"}, "descending": True} if descending else {}
    facts |= {"ordered": False}
    points = []

    plan = KeysetPlan(page_size=3, **{"options": {}, **facts})
    server, given, running = Server(IDS), [], []
    while True:
        while (rows := plan.next_rows()) is not None:
            given += [row["Id"] for row in rows]
            points.append(([*given], plan.checkpoint))
        while len(running) + plan.buffered_pages < 5 and (fetch := plan.next_fetch()) is not None:
            running.append(fetch)
        if not running:
            break
        fetch = running.pop()
        plan.on_page(fetch, server.answer(fetch.options))
    assert any("open" in point for _, point in points)
    for before, point in points:
        rest, _, _ = read(Server(IDS), **facts, resume=point)
        assert sorted(before + rest) == IDS


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("cap", [1, 2, 3])
@pytest.mark.parametrize("concurrency", [1, 2, 4, 9])
@pytest.mark.parametrize("ordered", [True, False])
def test_a_bound_that_is_not_told_at_first_repeats_no_row(read, ordered, concurrency, cap, seed):
    server = Server(IDS, {2: without_anything}, cap=cap, counts=False)
    given, _, _ = read(server, ordered=ordered, concurrency=concurrency, chance=random.Random(seed))
    assert sorted(given) == IDS
    assert not ordered or given == IDS
