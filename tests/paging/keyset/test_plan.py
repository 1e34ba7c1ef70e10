"""Reading by Id: what is asked, what is held back, and what is refused."""

from __future__ import annotations

import operator
import re

import pytest

from tests.paging.driving import ids_of, read
from uipath_odata import Query
from uipath_odata.entities import Job
from uipath_odata.errors import DecodeError, NotProven, OrderViolation, QueryError
from uipath_odata.paging.checks.answer_check import AnswerCheck
from uipath_odata.paging.keyset.plan import KeysetPlan
from uipath_odata.paging.plan import Page

BOUND = re.compile(r"\b(Id|OrganizationUnitId) (gt|le|lt|ge|eq) (-?\d+|null)")
MEETS = {name: getattr(operator, name) for name in ("gt", "le", "lt", "ge", "eq")}


def rows_of(*ids):
    return [
        {"Id": row_id, "Serial": serial, "OrganizationUnitId": 90 - serial}
        for serial, row_id in enumerate(ids)
    ]


class Table:
    """A quiet list of rows; it remembers what was asked."""

    def __init__(self, rows, *, cap=10**9, counts=True):
        self.rows, self.cap, self.counts, self.asked = rows, cap, counts, []

    def answer(self, options):
        self.asked.append(dict(options))
        found = self.rows
        for name, how, bound in BOUND.findall(options.get("$filter", "")):
            meets, limit = MEETS[how], None if bound == "null" else int(bound)
            found = [row for row in found if meets(row[name], limit)]
        found = [*found]
        name, _, direction = options.get("$orderby", "Id").partition(" ")
        found.sort(key=lambda row: row[name] or 0, reverse=direction == "desc")
        skip, top = int(options.get("$skip", 0)), int(options["$top"])
        count = len(found) if self.counts and "$count" in options else None
        return Page(found[skip : skip + min(top, self.cap)], count)


def plan_of(page_size=3, **facts):
    return KeysetPlan(options=facts.pop("options", {}), page_size=page_size, **facts)


def test_a_short_page_that_is_counted_as_all_is_the_whole_list():
    table, plan = Table(rows_of(4, 7)), plan_of()
    assert ids_of(read(plan, table)) == [4, 7]
    assert table.asked == [{"$orderby": "Id", "$top": "3", "$count": "true"}]
    assert plan.proof.kind == "none"
    assert "exact() asks for the other end" in plan.proof.reason


def step(plan, table):
    fetch = plan.next_fetch()
    plan.on_page(fetch, table.answer(fetch.options))


def test_a_full_first_page_fetches_the_bound_and_then_disjoint_ranges_up_to_it_beside_each_other():
    table, plan = Table(rows_of(*range(1, 10))), plan_of()
    step(plan, table)
    fetch = plan.next_fetch()
    assert fetch.options == {"$select": "Id", "$orderby": "Id desc", "$top": "3"}
    assert plan.next_fetch() is None
    plan.on_page(fetch, table.answer(fetch.options))
    ranges = [fetch.options["$filter"] for fetch in iter(plan.next_fetch, None)]
    assert ranges == [f"Id gt {lo} and Id le 9" for lo in (3, 5, 7)]


@pytest.mark.parametrize(
    ("ids", "facts", "starts"),
    [
        (range(10, 100, 10), {"counts": False}, [30, 48, 66, 84]),
        (range(1, 10), {"cap": 2}, [2, 3, 4, 5, 6, 7, 8]),
    ],
    ids=["ids far apart, which nothing counts", "a cap of the server's own"],
)
def test_the_first_page_says_how_wide_ranges_are(ids, facts, starts):
    table, plan = Table(rows_of(*ids), **facts), plan_of()
    step(plan, table)
    step(plan, table)
    bounds = [BOUND.findall(fetch.options["$filter"]) for fetch in iter(plan.next_fetch, None)]
    assert [int(each[0][2]) for each in bounds] == starts


def test_all_rows_are_given_in_order_however_the_answers_come():
    assert ids_of(read(plan_of(), Table(rows_of(*range(1, 10))))) == [*range(1, 10)]


def test_the_users_filter_stays_in_parentheses_and_the_bound_is_asked_under_it():
    table = Table(rows_of(*range(1, 6)))
    read(plan_of(options={"$filter": "State eq 'A' or State eq 'B'", "$expand": "Robot"}), table)
    assert table.asked[1]["$filter"] == "State eq 'A' or State eq 'B'"
    assert "$expand" not in table.asked[1]
    assert table.asked[2]["$filter"].startswith("(State eq 'A' or State eq 'B') and Id gt 3 and Id le ")
    assert table.asked[2]["$expand"] == "Robot"


@pytest.mark.parametrize(
    ("selected", "sent"), [("State", "State,Id"), ("Id,State", "Id,State"), ("State,IdX", "State,IdX,Id")]
)
def test_the_id_is_selected_on_the_wire_and_said_so(selected, sent):
    table, plan = Table(rows_of(1)), plan_of(options={"$select": selected})
    read(plan, table)
    assert table.asked[0]["$select"] == sent
    assert ("$select: Id" in plan.added) == (selected != sent)


def test_rows_that_come_after_the_bound_are_outside():
    table, plan = Table(rows_of(1, 2, 3, 4)), plan_of()
    step(plan, table)
    step(plan, table)
    table.rows += rows_of(5, 6)
    assert ids_of(read(plan, table)) == [1, 2, 3, 4]


def test_descending_reads_the_newest_first_and_nothing_that_comes_later():
    table, plan = Table(rows_of(*range(1, 9))), plan_of(options={"$orderby": "Id desc"}, descending=True)
    assert ids_of(read(plan, table)) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert table.asked[1]["$orderby"] == "Id"
    assert any(asked.get("$filter", "").startswith("Id lt 6 and Id ge ") for asked in table.asked)
    assert "$orderby=Id" not in plan.added


def test_a_total_ends_the_reading_without_asking_far_beyond_it():
    table = Table(rows_of(*range(1, 1001)))
    plan = plan_of(10, options={"$orderby": "Id", "$top": "35"}, ordered=False)
    assert ids_of(read(plan, table)) == [*range(1, 36)]
    assert len(table.asked) <= 7
    assert plan.proof.proven


def test_equal_ids_at_a_pages_end_are_given_together_once():
    rows = rows_of(1, 2, 2, 2, 3, 3, 4, 5, 5)
    table = Table(rows)
    assert sorted(row["Serial"] for row in read(plan_of(linked=True), table)) == [*range(9)]


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("ids", [(1, 2, 2, 2), (1, 2, 2, 2, 2, 2, 2, 3), (2,) * 9, (1, 1, 1, 1, 2)])
def test_equal_ids_that_fill_a_page_are_read_by_folder(ids, counts, exact):
    table, plan = Table(rows_of(*ids), counts=counts), plan_of(linked=True, exact=exact)
    given = read(plan, table)
    assert sorted(row["Serial"] for row in given) == [*range(len(ids))]
    assert ids_of(given) == [*ids]
    assert plan.proof.kind == "by_remainder"
    assert not any("$skip" in options for options in table.asked)


def test_a_small_list_of_linked_items_is_proven_by_its_other_end_or_by_its_counts():
    for ids, kind, requests in (
        ((1, 2, 2), "by_later_bucket", 2),
        ((2, 2), "by_count", 3),
        ((2,), "by_count", 2),
    ):
        table, plan = Table(rows_of(*ids)), plan_of(linked=True, exact=True)
        assert ids_of(read(plan, table)) == [*ids]
        assert plan.proof.kind == kind
        assert len(table.asked) == requests


@pytest.mark.parametrize(
    "says", [lambda page: len(page.rows), lambda page: min(page.count, 2)], ids=["the page", "its cap"]
)
def test_items_of_one_id_whose_pages_are_capped_are_not_proven_by_a_count_of(says):
    class Capped(Table):
        def answer(self, options):
            page = super().answer(options)
            return Page(page.rows, says(page)) if "$count" in options else page

    plan = plan_of(linked=True, exact=True)
    assert len(read(plan, Capped(rows_of(2, 2, 2, 2), cap=2))) == 4
    assert plan.proof.kind == "by_remainder"


@pytest.mark.parametrize("folders", [None, 7])
def test_equal_ids_that_no_folder_tells_apart_are_not_proven_and_the_checkpoint_lies_before_them(folders):
    rows = [{**row, "OrganizationUnitId": folders} for row in rows_of(1, 2, 2, 2, 2, 3)]
    table, plan = Table(rows), plan_of(linked=True)
    with pytest.raises(
        NotProven, match=r"More rows share the Id 2 than a page holds, .*: raise page_size"
    ) as caught:
        read(plan, table)
    assert {"plan": "keyset", "after": 1, "to": 3}.items() <= caught.value.checkpoint.items()
    resumed = plan_of(5, resume=caught.value.checkpoint, linked=True)
    assert ids_of(read(resumed, table)) == [2, 2, 2, 2, 3]


def test_the_folder_is_selected_on_the_wire_where_it_tells_rows_apart():
    table, plan = Table(rows_of(*[2] * 9)), plan_of(options={"$select": "State"}, linked=True)
    read(plan, table)
    shown = {options["$select"] for options in table.asked if options["$top"] != "1"}
    assert shown == {"State,Id,OrganizationUnitId"}
    assert {"$select: Id", "$select: OrganizationUnitId"} <= {*plan.added}


def test_an_item_twice_in_one_answer_is_refused_under_a_select_too():
    plan = plan_of(options={"$select": "State"}, linked=True)
    item = {"State": "New", "Id": 1, "OrganizationUnitId": 5}
    with pytest.raises(OrderViolation, match="the Id 1 twice in one answer"):
        plan.on_page(plan.next_fetch(), Page([item, item], 2))


def test_a_short_page_is_not_the_end_r29():
    for counts in (True, False):
        table = Table(rows_of(*range(1, 30)), cap=2, counts=counts)
        assert ids_of(read(plan_of(8), table)) == [*range(1, 30)]


def test_a_count_of_the_page_alone_proves_nothing_r28():
    class Cutting(Table):
        def answer(self, options):
            page = super().answer(options)
            if "$filter" in options:  # only ranges are cut, and called whole
                page = Page(page.rows[:2])
            return Page(page.rows, len(page.rows))

    assert ids_of(read(plan_of(8), Cutting(rows_of(*range(1, 30))))) == [*range(1, 30)]


def test_a_page_longer_than_asked_for_is_taken_and_noted_r30():
    class Generous(Table):
        def answer(self, options):
            return super().answer({**options, "$top": str(int(options["$top"]) + 2)})

    plan = plan_of()
    assert ids_of(read(plan, Generous(rows_of(*range(1, 12))))) == [*range(1, 12)]
    assert plan.notes == ("The server sent pages longer than $top",)


def test_a_next_link_means_that_the_page_is_not_all():
    class Linking(Table):
        def answer(self, options):
            page = super().answer(options)
            more = not self.asked[1:]
            return Page(page.rows[:1], 1, "Jobs?$skip=1") if more else page

    assert ids_of(read(plan_of(), Linking(rows_of(1, 2, 3)))) == [1, 2, 3]


@pytest.mark.parametrize(
    ("rows", "what"),
    [((3, 1, 2), "Id 1 after 3, out of order of Id"), ((1, 5, 4), "Id 4 after 5, out of order of Id")],
)
def test_rows_out_of_order_are_refused_r76(rows, what):
    class Stubborn(Table):
        def answer(self, options):
            return Page(self.rows)

    with pytest.raises(OrderViolation, match=f"{what}, against .orderby: read with stream"):
        read(plan_of(), Stubborn(rows_of(*rows)))


def test_rows_outside_of_their_range_are_refused_because_the_filter_was_not_heeded():
    class Deaf(Table):
        def answer(self, options):
            return super().answer({**options, "$filter": ""})

    with pytest.raises(OrderViolation, match="outside of the range that was asked for"):
        read(plan_of(), Deaf(rows_of(*range(9))))


def test_a_whole_small_list_may_come_in_any_order_unless_one_was_asked_for():
    class Unsorted(Table):
        def answer(self, options):
            return Page(self.rows, len(self.rows))

    assert ids_of(read(plan_of(), Unsorted(rows_of(2, 1)))) == [2, 1]
    with pytest.raises(OrderViolation):
        read(plan_of(options={"$orderby": "Id"}), Unsorted(rows_of(2, 1)))


@pytest.mark.parametrize("row", [{}, {"Id": None}, {"Id": "seven"}, {"Id": True}])
def test_a_row_without_an_integer_id_is_named(row):
    plan = plan_of()
    with pytest.raises(DecodeError, match="no integer Id: read with stream") as caught:
        plan.on_page(plan.next_fetch(), Page([{"Id": 1}, row]))
    assert (caught.value.property, caught.value.row) == ("Id", 1)


def test_a_server_that_ignores_the_order_of_the_bound_is_refused():
    class Ascending(Table):
        def answer(self, options):
            return super().answer({**options, "$orderby": "Id"})

    with pytest.raises(OrderViolation, match=r"ignores \$orderby: .* it sent the Id 1 first, and has 4"):
        read(plan_of(), Ascending(rows_of(*range(1, 12))))


@pytest.mark.parametrize("exact", [True, False])
def test_when_all_rows_vanish_before_the_bound_the_reading_ends(exact):
    table, plan = Table(rows_of(1, 2, 3, 4)), plan_of(exact=exact)
    step(plan, table)
    table.rows = []
    assert ids_of(read(plan, table)) == [1, 2, 3]
    assert plan.proof.proven == exact  # one row was counted, and not read


def test_a_row_of_the_users_filter_that_shows_another_value_is_refused():
    check = AnswerCheck.of(Query(Job).filter(Job.state == "Faulted"))
    rows = [{**row, "State": "Running" if row["Id"] == 7 else "Faulted"} for row in rows_of(*range(1, 12))]
    plan = plan_of(options={"$filter": "State eq 'Faulted'"}, check=check)
    with pytest.raises(OrderViolation, match="ignores the filter: a row came with State 'Running'") as caught:
        read(plan, Table(rows))
    assert caught.value.checkpoint["after"] < 7


@pytest.mark.parametrize("counts", [True, False])
def test_very_sparse_ids_cost_a_few_requests(counts):
    sparse = [*range(1, 60), 10**6, 10**9, 10**12, 10**15, 2**62]
    table = Table(rows_of(*sparse), counts=counts)
    assert ids_of(read(plan_of(20), table)) == sparse
    assert len(table.asked) <= 60


@pytest.mark.parametrize("gap", [1, 7, 1000])
def test_even_ids_take_little_more_than_a_request_a_page(gap):
    ids = [number * gap for number in range(1, 20_001)]
    table = Table(rows_of(*ids))
    assert ids_of(read(plan_of(1000), table)) == ids
    assert len(table.asked) <= 1.2 * 20 + 2


def test_clusters_of_ids_take_at_most_three_requests_a_page():
    ids = [cluster * 10**7 + number for cluster in range(8) for number in range(700)]
    table = Table(rows_of(*ids))
    assert ids_of(read(plan_of(100), table)) == ids
    assert len(table.asked) <= 3 * len(ids) / 100


def test_what_is_not_read_to_the_end_is_not_proven():
    plan = plan_of()
    fetch = plan.next_fetch()
    assert plan.next_fetch() is None  # the first page goes alone
    plan.on_page(fetch, Page(rows_of(1, 2)))
    assert not plan.proof.proven


def test_a_checkpoint_that_was_altered_is_refused():
    with pytest.raises(QueryError, match="the checkpoint's after is not a number"):
        plan_of(resume={"plan": "keyset", "after": "1", "to": None})


@pytest.mark.parametrize("ordered", [True, False])
def test_a_plain_end_is_gone_on_from_after_its_last_row(ordered):
    table, plan = Table(rows_of(1, 2)), plan_of(ordered=ordered)
    assert ids_of(read(plan, table)) == [1, 2]
    assert (plan.checkpoint["after"], plan.checkpoint["to"], plan.checkpoint["proof"]) == (2, None, "none")
    table.rows = rows_of(1, 2, 5)
    resumed = plan_of(ordered=ordered, resume=plan.checkpoint)
    assert ids_of(read(resumed, table)) == [5]
    assert not resumed.proof.proven
