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
@pytest.mark.parametrize("lie", [without_rows, without_anything, without_rows_and_count])
def test_one_empty_answer_anywhere_loses_nothing(read, lie, ordered, exact):
    for number in range(2, requests_of(read, exact=exact) + 1):
        given, plan, _ = read(Server(IDS, {number: lie}), ordered=ordered, exact=exact)
        assert sorted(given) == IDS, f"request {number}"
        assert plan.proof.proven
    given, _, _ = read(Server(IDS, {1: without_rows}), ordered=ordered)
    assert sorted(given) == IDS


def test_gaps_cost_no_request_more(read):
    server = Server(IDS)
    _, plan, _ = read(server)
    asked = [sorted(options.items()) for options in server.asked]
    assert all(asked.count(options) == 1 for options in asked)
    assert plan.notes == ()


@pytest.mark.parametrize(("gone", "exact"), [(5, True), (5, False), (8, True), (8, False)])
def test_rows_that_are_deleted_before_they_are_read_are_settled_by_an_exact_reading(read, gone, exact):
    """Plainly read, they may have been left out as well; the row of the bound is the hardest case."""
    server = Server([*range(1, 9)])
    server.lies = {2: lambda page: server.ids.remove(gone) or page}
    given, plan, _ = read(server, exact=exact)
    assert given == [number for number in range(1, 9) if number != gone]
    assert (plan.proof.proven, plan.late) == (exact, 0)
    assert exact or "counted 8 rows at first, and 7 were found" in plan.proof.reason


@pytest.mark.parametrize("exact", [True, False])
def test_a_server_that_counts_rows_and_sends_none_is_never_believed(read, exact):
    server = Server([], dict.fromkeys(range(99), lambda page: Page([], 3)))
    given, plan, error = read(server, exact=exact)
    assert given == []
    assert not plan.proof.proven
    assert "counted 3 rows" in plan.proof.reason or "counts 3 rows and sends none" in str(error)
    assert (error is not None) == exact


@attrs.define
class Hiding(Server):
    """A server that counts rows which it never sends."""

    hidden: list = attrs.field(factory=list)

    def answer(self, options):
        counted = super().answer(options).count
        shown = Server([row_id for row_id in self.ids if row_id not in self.hidden]).answer(options)
        return self.lies.get(len(self.asked), lambda page: page)(Page(shown.rows, counted))


@pytest.mark.parametrize("ordered", [True, False])
def test_a_server_that_counts_more_than_it_sends_is_found_out_at_the_end(read, ordered):
    server = Hiding([*range(1, 81)], hidden=[*range(20, 50)])
    given, plan, error = read(server, ordered=ordered, exact=True)
    assert sorted(given) == [*range(1, 20), *range(50, 81)]
    assert re.search(r"counts \d+ rows .*to the Id \d+, and sent \d+ of them", str(error))
    given, plan, error = read(server, ordered=ordered)
    assert error is None
    assert not plan.proof.proven


@pytest.mark.parametrize("late", [1, 5])
def test_a_row_that_comes_late_is_reported_and_the_proof_stands(read, late):
    class Slow(Server):
        def answer(self, options):
            if options["$top"] == "1" and "$count" in options and late not in self.ids:
                self.ids.append(late)
            return super().answer(options)

    given, plan, error = read(Slow([*range(2, 40, 2)]), exact=True)
    assert given == [*range(2, 40, 2)]
    assert (plan.late, error) == (1, None)
    assert plan.proof.kind == "by_later_bucket"


def test_a_row_that_was_counted_at_first_and_appears_at_the_end_is_refused(read):
    class Ashamed(Hiding):
        def answer(self, options):
            if options["$top"] == "1" and "$count" in options:
                self.hidden = []
            return super().answer(options)

    _, _, error = read(Ashamed([*range(1, 40)], hidden=[7]), exact=True)
    assert "counted 39 rows at first and sent 38, and 1 more appeared only when" in str(error)


def test_what_was_given_before_a_checkpoint_is_compared_with_the_last_count_too(read):
    server, plan = Hiding([*range(1, 40)], hidden=[7]), KeysetPlan(page_size=3, options={}, exact=True)
    while (plan.checkpoint["after"] or 0) < 20:
        fetch = plan.next_fetch()
        plan.on_page(fetch, server.answer(fetch.options))
        while plan.next_rows():
            pass
    assert plan.checkpoint["given"] == plan.checkpoint["after"] - 1
    given, _, error = read(server, exact=True, resume=plan.checkpoint)
    assert given == [*range(plan.checkpoint["after"] + 1, 40)]
    assert isinstance(error, NotProven)


def test_rows_above_the_first_of_a_resumed_reading_were_not_asked_for(read):
    """Newest first: a row was deleted before it was read, and others came above the one that was given first."""
    server, facts = Server([*range(1, 30)]), {"options": {"$orderby": "Id desc"}, "descending": True}
    plan = KeysetPlan(page_size=3, exact=True, **facts)
    assert plan.checkpoint["from"] is None
    fetch = plan.next_fetch()
    plan.on_page(fetch, server.answer(fetch.options))
    assert plan.next_rows() == [{"Id": 29}, {"Id": 28}, {"Id": 27}]
    assert (plan.checkpoint["from"], plan.checkpoint["after"]) == (30, 27)
    server.ids = [*range(1, 32)]
    server.ids.remove(5)
    given, resumed, error = read(server, exact=True, **facts, resume=plan.checkpoint)
    assert given == [each for each in range(26, 0, -1) if each != 5]
    assert (error, resumed.late, resumed.proof.proven) == (None, 0, True)
    assert resumed.checkpoint["from"] == 30


@pytest.mark.parametrize("descending", [True, False])
def test_a_checkpoint_before_the_first_row_is_the_beginning(read, descending):
    facts = {"options": {"$orderby": "Id desc"}, "descending": True} if descending else {}
    point = KeysetPlan(page_size=3, exact=True, **{"options": {}, **facts}).checkpoint
    server = Server(IDS)
    given, plan, error = read(server, exact=True, **facts, resume=point)
    assert sorted(given) == IDS
    assert (error, plan.proof.proven) == (None, True)
    assert all(abs(int(bound)) < 2**63 for asked in server.asked for _, bound in BOUND.findall(str(asked)))


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("exact", [True, False])
def test_a_server_that_ignores_the_order_loses_no_half_of_a_list(read, descending, exact):
    """The newer half comes first, each half in order: only the other end of the list tells."""

    class Halves(Server):
        def answer(self, options):
            page = super().answer({**options, "$orderby": "Id desc" if descending else "Id", "$top": "999"})
            rows = sorted(page.rows, key=lambda row: (row["Id"] > 15) == descending)
            return Page(rows[: int(options["$top"])], page.count)

    facts = {"options": {"$orderby": "Id desc"}, "descending": True} if descending else {}
    _, plan, error = read(Halves([*range(1, 31)]), exact=exact, **facts)
    assert "ignores $orderby" in str(error) or "out of order of Id" in str(error)
    assert not plan.proof.proven


@pytest.mark.parametrize(
    ("ids", "requests", "kind"),
    [([], 1, "by_one_answer"), ([7], 2, "by_later_bucket"), ([7, 9], 2, "by_later_bucket")],
)
def test_an_exact_reading_of_a_small_list_asks_for_the_other_end_alone(read, ids, requests, kind):
    server = Server(ids)
    given, plan, _ = read(server, exact=True)
    assert given == ids
    assert plan.proof.kind == kind
    assert len(server.asked) == requests
    if ids:
        assert server.asked[1] == {"$select": "Id", "$orderby": "Id desc", "$top": "3", "$count": "true"}


@pytest.mark.parametrize("descending", [True, False])
def test_the_other_end_is_not_believed_where_its_rows_are_out_of_order(read, descending):
    """One row alone would be taken for the last one, and what comes after it would be lost."""

    class Shuffled(Server):
        def answer(self, options):
            page = super().answer(options)
            is_other_end = "$filter" not in options and "$select" in options
            return Page([*page.rows[:1], *page.rows[:0:-1]], page.count) if is_other_end else page

    facts = {"options": {"$orderby": "Id desc"}, "descending": True} if descending else {}
    _, _, error = read(Shuffled([*range(1, 9)]), **facts)
    first, second = (3, 2) if descending else (6, 7)
    assert f"the Id {second} after {first}, out of order of Id" in str(error)


def test_a_row_that_the_first_page_left_out_twice_and_the_other_end_shows_is_refused(read):
    class LeavesOut(Server):
        def answer(self, options):
            page = super().answer(options)
            is_first = "$filter" not in options and options["$orderby"] == "Id"
            return Page([row for row in page.rows if row["Id"] != 2], page.count) if is_first else page

    _, _, error = read(LeavesOut([1, 2, 3]), exact=True)
    assert "left out the Id 2 before 3 twice, and shows it alone" in str(error)


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_row_that_comes_between_the_first_page_and_the_other_end_is_late_or_gone_again(read, is_gone):
    server = Server([1, 3])
    server.lies[2] = lambda page: server.ids.insert(1, 2) or Page([{"Id": each} for each in (3, 2, 1)], 3)
    server.lies[3] = lambda page: (
        Page([row for row in page.rows if row["Id"] != 2], None) if is_gone else page
    )
    server.lies[4] = lambda page: server.ids.remove(2) or Page([]) if is_gone else page
    given, plan, error = read(server, exact=True)
    assert (given, error, plan.late) == ([1, 3], None, not is_gone)


@pytest.mark.parametrize("lie", [lambda rows: [rows[0], *rows], lambda rows: [*rows, rows[-1]]])
def test_a_row_twice_in_one_answer_is_refused(read, lie):
    """A join that fans out; on capped pages it hides other rows."""
    _, _, error = read(Server([1, 2]), exact=True)
    assert error is None
    _, plan, error = read(Server([1, 2], {1: lambda page: Page(lie(page.rows), page.count)}), exact=True)
    assert "twice in one answer" in str(error)
    assert not plan.proof.proven


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("counts", [True, False])
def test_an_exact_reading_believes_no_count_of_the_page_alone(read, counts, descending):
    """R28: a server that sends two rows at most and counts these."""

    def page_alone(page):
        return Page(page.rows, len(page.rows) if counts else None)

    for ids in ([1, 2], [1, 2, 3], [*range(9)]):
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
    assert "one short page, which the server counts as all" in plan.proof.reason
    assert not plan.proof.proven
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
