"""Rows that an answer showed and the next one leaves out: asked for by themselves, and gone or left out."""

from __future__ import annotations

import operator
import re

import pytest

from uipath_odata.errors import OrderViolation
from uipath_odata.paging.keyset.bound import find_bound
from uipath_odata.paging.keyset.keys import Keys
from uipath_odata.paging.keyset.plan import KeysetPlan
from uipath_odata.paging.keyset.requests import KeysetRequests
from uipath_odata.paging.plan import Page

CONDITION = re.compile(r"\b(Id|OrganizationUnitId) (gt|le|eq) (-?\d+|null)")


def rows_of(*ids):
    return [{"Id": each} for each in ids]


def plan_after_a_page_that_shows_more():
    """Read the Ids 1 to 3 and 20 to 40; an answer about a range shows 21 and 22, which lie beyond it."""
    plan = KeysetPlan(options={}, page_size=3)
    plan.on_page(plan.next_fetch(), Page(rows_of(1, 2, 3), 9))
    plan.on_page(plan.next_fetch(), Page(rows_of(40)))
    first, second = plan.next_fetch(), plan.next_fetch()
    assert "Id gt 3 and" in first.options["$filter"]
    plan.on_page(first, Page(rows_of(20, 21, 22)))
    return plan, second


def given_by(plan):
    given = []
    while (rows := plan.next_rows()) is not None:
        given += [row["Id"] for row in rows]
    return given


@pytest.mark.parametrize("there", [(), (22,), (21, 22)])
def test_what_was_shown_and_does_not_come_is_asked_for_by_itself(there):
    plan, second = plan_after_a_page_that_shows_more()
    plan.on_page(second, Page(rows_of(23, 24, 40)))
    while (fetch := plan.next_fetch()) is not None:
        low = int(fetch.options["$filter"].split()[2])
        is_alone = "Id le 22" in fetch.options["$filter"]
        rows = [each for each in (20, *there, 23, 24, 40) if each > low and not (is_alone and each > 22)]
        plan.on_page(fetch, Page(rows_of(*rows[:3])))
    assert given_by(plan) == [1, 2, 3, 20, *there, 23, 24, 40]


@pytest.mark.parametrize(
    ("there", "left"), [((202, 204), ["Id gt 204 and Id le 205"]), ((), [])], ids=["some", "none"]
)
def test_what_was_shown_is_gone_as_far_as_the_answer_about_it_reaches(there, left):
    plan = KeysetPlan(options={}, page_size=9)
    plan.on_page(plan.next_fetch(), Page(rows_of(*range(1, 10)), 99))
    plan.on_page(plan.next_fetch(), Page(rows_of(400)))
    first, second = plan.next_fetch(), plan.next_fetch()
    plan.on_page(first, Page(rows_of(10, 11, 12, 13, 201, 202, 203, 204, 205)))
    plan.on_page(second, Page(rows_of(206, 400)))
    alone = next(fetch for fetch in iter(plan.next_fetch, None) if "Id le 205" in fetch.options["$filter"])
    assert alone.options["$filter"] == "Id gt 200 and Id le 205"
    plan.on_page(alone, Page(rows_of(*there)))
    alone = []
    for fetch in iter(plan.next_fetch, None):
        is_alone = "Id le 205" in fetch.options["$filter"]
        alone += [fetch.options["$filter"]] if is_alone else []
        plan.on_page(fetch, Page([] if is_alone else rows_of(*there, 206, 400)))
    assert alone == left
    assert given_by(plan) == [*range(1, 14), *there, 206, 400]


def test_a_row_that_is_left_out_twice_and_shown_alone_is_an_ignored_order():
    plan, second = plan_after_a_page_that_shows_more()
    plan.on_page(second, Page(rows_of(23, 24, 40)))

    def read_on():
        while (fetch := plan.next_fetch()) is not None:
            is_alone = "Id le 22" in fetch.options["$filter"]
            plan.on_page(fetch, Page(rows_of(*((21, 22) if is_alone else (23, 24, 40)))))

    with pytest.raises(
        OrderViolation, match=r"ignores \$orderby: .* it left out 21 twice, and shows it alone"
    ):
        read_on()


class Linked:
    """A list of (Id, folder), asked in either direction and by folder; ``gone`` are taken away before a request."""

    def __init__(self, rows, gone=None):
        self.rows, self.gone, self.asked = [*rows], gone or {}, []

    def read(self):
        plan = KeysetPlan(options={}, page_size=3, linked=True, exact=True)
        given = []
        while (fetch := plan.next_fetch()) is not None:
            plan.on_page(fetch, self.answer(fetch.options))
            given += given_by(plan)
        return given, plan

    def answer(self, options):
        self.asked.append(options)
        for each in self.gone.get(len(self.asked), ()):
            self.rows.remove(each)
        found = [*self.rows]
        for name, how, bound in CONDITION.findall(options.get("$filter", "")):
            place, limit = ("Id", "OrganizationUnitId").index(name), None if bound == "null" else int(bound)
            meets = {"gt": operator.gt, "le": operator.le, "eq": operator.eq}[how]
            found = [each for each in found if meets(each[place], limit)]
        found.sort(key=lambda each: each[1] if options["$orderby"] == "OrganizationUnitId" else each[0])
        if options["$orderby"].endswith("desc"):
            found.reverse()
        count = len(found) if "$count" in options else None
        rows = [{"Id": key, "OrganizationUnitId": folder} for key, folder in found[: int(options["$top"])]]
        return Page(rows, count)


def test_linked_rows_of_different_ids_are_read_page_by_page_and_the_other_end_once():
    table = Linked([(each, 1) for each in range(1, 20)])
    given, plan = table.read()
    assert given == [*range(1, 20)]
    assert plan.proof.kind == "by_later_bucket"
    assert sum("desc" in options["$orderby"] for options in table.asked) == 1
    assert not any("OrganizationUnitId" in options.get("$filter", "") for options in table.asked)


def test_an_id_that_is_gone_before_its_folders_are_asked_for_is_left_out():
    """The Id before it is another row's, and stays."""
    many = [(8, folder) for folder in range(1, 6)]
    before = [(1, 1), (7, 1), (9, 1)]
    asked = Linked([*before, *many])
    asked.read()
    by_folder = next(n for n, each in enumerate(asked.asked, 1) if each["$orderby"] == "OrganizationUnitId")
    given, plan = Linked([*before, *many], gone={by_folder: many}).read()
    assert given == [1, 7, 9]
    assert plan.proof.kind == "by_remainder"


def test_ranges_that_are_empty_leave_no_gap_in_what_is_counted_at_the_end():
    class Counted(Linked):
        def read(self):
            plan = KeysetPlan(options={}, page_size=3, exact=True)
            while (fetch := plan.next_fetch()) is not None:
                plan.on_page(fetch, self.answer(fetch.options))
                given_by(plan)
            return plan

    table = Counted([(each, 1) for each in (*range(1, 8), 500, 900)])
    assert table.read().proof.proven
    assert [options.get("$filter") for options in table.asked if options["$top"] == "1"] == ["Id le 900"]


def test_the_other_end_of_linked_rows_is_asked_for_above_the_largest_that_was_shown():
    keys = Keys(linked=True)
    steps = find_bound(KeysetRequests(options={}, page_size=3, linked=True), keys, [9], count=False)
    next(steps)
    ask = steps.send(Page([{"Id": each, "OrganizationUnitId": 1} for each in (7, 6, 5)]))
    assert ask.options["$filter"] == "Id gt 7"
