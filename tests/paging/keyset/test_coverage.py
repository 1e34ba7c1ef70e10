"""Rows that an answer showed and the next one leaves out: asked for by themselves, and gone or left out."""

from __future__ import annotations

import pytest

from uipath_odata.errors import OrderViolation
from uipath_odata.paging.keyset.plan import KeysetPlan
from uipath_odata.paging.plan import Page


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
