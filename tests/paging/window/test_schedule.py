"""Several workers of one WindowPlan, answer by answer: who reads what, and what is given out when."""

from __future__ import annotations

import pytest

from uipath_odata.errors import OrderViolation
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.plan import WindowPlan

DAY = "2024-01-01T00:"


def logs(*seconds):
    return [{"TimeStamp": f"{DAY}{second // 60:02d}:{second % 60:02d}Z"} for second in seconds]


def after(fetch):
    """Give the second that a request's bound stands one millisecond before."""
    text = fetch.options["$filter"].rpartition("TimeStamp gt ")[2]
    return -(-(Instant.parse(text).ticks - Instant.parse(f"{DAY}00:00Z").ticks) // 10_000_000)


def begun(*, workers=4, newest=120, page_size=11, count=10_000, **settings):
    """Let a plan read its first page, of a row a second from 0 to 10, and learn about the newest row."""
    plan = WindowPlan(options=settings.pop("options", {}), page_size=page_size, workers=workers, **settings)
    plan.on_page(plan.next_fetch(), Page(logs(*range(11)), count))
    assert plan.next_rows() == logs(*range(10))
    if newest is not None:
        fetch = plan.next_fetch()
        assert (fetch.options["$orderby"], fetch.options["$top"]) == ("TimeStamp desc", "1")
        assert "TimeStamp gt" not in fetch.options.get("$filter", "")
        plan.on_page(fetch, Page(logs(newest)))
    return plan


def started(plan):
    return list(iter(plan.next_fetch, None))


def answer(plan, fetch, until=120):
    """Answer as a server with a row a second until ``until`` does."""
    if fetch.options["$orderby"].endswith("desc"):
        plan.on_page(fetch, Page(logs(*range(until, max(until - int(fetch.options["$top"]), -1), -1))))
        return
    first = max(after(fetch), 0) + int(fetch.options.get("$skip", 0))
    plan.on_page(fetch, Page(logs(*range(first, min(first + int(fetch.options["$top"]), until + 1)))))


def given(plan):
    return [row for rows in iter(plan.next_rows, None) for row in rows]


def test_in_order_workers_take_the_next_parts_each_of_most_of_a_page():
    assert [after(fetch) for fetch in started(begun())] == [10, 20, 29, 38]


def test_only_the_head_is_read_before_the_newest_row_is_known():
    plan = begun(newest=None)
    newest, head = started(plan)
    assert (newest.options["$top"], after(head)) == ("1", 10)
    plan.on_page(newest, Page(logs(120)))
    assert [after(fetch) for fetch in started(plan)] == [20, 29, 38]


def test_the_last_part_stays_open_after_the_newest_row():
    plan = begun(newest=30, count=31)
    fetches = started(plan)
    assert [after(fetch) for fetch in fetches] == [10, 20, 29]
    for fetch in fetches:
        answer(plan, fetch, until=35)
    assert given(plan) == logs(*range(10, 35))
    (tail,) = started(plan)
    assert tail.options["$orderby"] == "TimeStamp desc"
    answer(plan, tail, until=35)
    assert given(plan) == logs(35)
    assert plan.proof.proven


def test_a_count_that_leaves_less_than_a_page_saves_the_newest_row():
    plan = WindowPlan(options={}, page_size=11, workers=4)
    plan.on_page(plan.next_fetch(), Page(logs(*range(11)), 14))
    (fetch,) = started(plan)
    assert after(fetch) == 10


def test_a_count_that_was_too_low_is_forgotten_when_a_full_page_passes_it():
    """R28."""
    plan = WindowPlan(options={}, page_size=11, workers=4)
    plan.on_page(plan.next_fetch(), Page(logs(*range(11)), 14))
    (fetch,) = started(plan)
    answer(plan, fetch)
    given(plan)
    assert [after(fetch) for fetch in started(plan)] == [20, 30, 39, 48]


def test_in_order_the_rows_wait_for_those_before_them():
    plan = begun()
    first, second, third, _ = started(plan)
    answer(plan, third)
    answer(plan, second)
    assert (plan.next_rows(), plan.buffered_pages) == (None, 2)
    answer(plan, first)
    assert [plan.next_rows() for _ in range(4)] == [
        logs(*range(10, 20)),
        logs(*range(20, 29)),
        logs(*range(29, 38)),
        None,
    ]


def test_out_of_order_a_worker_takes_half_of_the_largest_rest():
    plan = begun(ordered=False)
    starts = [after(fetch) for fetch in started(plan)]
    assert starts == [10, 70, 45, 100]


def test_out_of_order_rows_do_not_wait_for_those_before_them():
    plan = begun(ordered=False)
    _, later, _, _ = started(plan)
    answer(plan, later)
    assert plan.next_rows() == logs(*range(70, 80))
    assert [at[:22] for at, _ in plan.checkpoint["open"]] == [f"{DAY}00:10Z", f"{DAY}01:20Z"]
    again = WindowPlan(options={}, page_size=11, workers=4, ordered=False, resume=plan.checkpoint)
    assert [after(fetch) for fetch in started(again)] == [10, 80]


def test_what_is_stolen_is_read_once():
    plan, rows = begun(ordered=False, newest=120, count=121), []
    running = started(plan)
    while running:
        answer(plan, running.pop(0))
        rows += given(plan)
        running += started(plan)
    assert sorted(rows, key=str) == logs(*range(10, 121))
    assert plan.proof.kind == "by_later_bucket"


def test_there_is_always_room_for_the_head():
    """Else pages that wait for it would fill all room, and the scan would stand still."""
    plan = begun(workers=3)
    head, second, third = started(plan)
    answer(plan, second)
    answer(plan, third)
    assert plan.buffered_pages == 2
    plan.on_page(head, Page(logs(*range(10, 14), *[14] * 7)))
    given(plan)
    (head,) = started(plan)
    assert after(head) == 14
    answer(plan, head)
    assert given(plan) == logs(*range(14, 39))


def test_one_worker_reads_whole_pages():
    plan = begun(workers=1, newest=None)
    for start in (10, 20, 30):
        (fetch,) = started(plan)
        assert after(fetch) == start
        answer(plan, fetch)
        assert given(plan) == logs(*range(start, start + 10))


def test_a_page_that_reads_on_takes_what_nobody_began():
    plan = begun()
    *others, last = started(plan)
    answer(plan, last)
    for fetch in others:
        answer(plan, fetch)
    assert given(plan) == logs(*range(10, 48))
    assert after(plan.next_fetch()) == 48


def test_a_dense_part_is_cut_anew():
    plan = begun()
    head, *_ = started(plan)
    plan.on_page(head, Page([{"TimeStamp": f"{DAY}00:10.{tenth:02d}Z"} for tenth in range(11)]))
    given(plan)
    (rest,) = started(plan)
    assert rest.options["$filter"] == f"TimeStamp gt {DAY}00:10.099Z"
    assert plan.checkpoint["from"] == f"{DAY}00:10.1Z"


def test_a_descending_answer_ends_what_nobody_began():
    plan = begun(hi=Instant.parse(f"{DAY}59:00Z").ticks, newest=20)
    first, second, *_ = fetches = started(plan)
    answer(plan, second, until=20)
    answer(plan, first, until=20)
    for fetch in fetches[2:]:
        answer(plan, fetch, until=20)
    given(plan)
    while fetches := started(plan):
        for fetch in fetches:
            answer(plan, fetch, until=20)
    given(plan)
    assert plan.proof.proven


def test_an_empty_answer_that_contradicts_what_was_seen_ends_nothing():
    plan, rows = begun(newest=None, count=32), []
    first, second, *others = started(plan)
    plan.on_page(second, Page([])) if "desc" not in second.options["$orderby"] else answer(plan, second, 31)
    running = [first, *others]
    while running:
        fetch = running.pop()
        answer(plan, fetch, until=31)
        rows += given(plan)
        running += started(plan)
    assert rows == logs(*range(10, 32))
    assert plan.proof.proven


def test_a_bucket_that_no_page_holds_leaves_the_rest_to_others():
    """R74: its reader keeps the bucket, and nobody else reads it."""
    plan = begun(newest=120, workers=3, ordered=False)
    head, _, _ = started(plan)
    plan.on_page(head, Page(logs(*[10] * 11)))
    group, rest = plan.next_fetch(), plan.next_fetch()
    assert group.options["$filter"] == f"TimeStamp gt {DAY}00:09.999Z"
    assert rest is None or after(rest) > 10


def test_a_total_comes_in_order_and_starts_no_more_than_it_needs():
    plan = begun(options={"$top": "25"}, ordered=False)
    assert [after(fetch) for fetch in started(plan)] == [10, 20]


def test_an_error_in_order_is_raised_with_a_checkpoint_before_it_and_rows_before_it_are_given():
    plan = begun()
    first, second, _, fourth = started(plan)
    answer(plan, fourth)
    with pytest.raises(OrderViolation) as caught:
        plan.on_page(second, Page(logs(20, 19)))
    assert caught.value.checkpoint["from"].startswith(f"{DAY}00:19.3")
    answer(plan, first)
    assert given(plan) == logs(*range(10, 20))


def test_an_error_out_of_order_lists_all_that_is_not_given():
    plan = begun(ordered=False)
    _, second, _, fourth = started(plan)
    answer(plan, fourth)
    with pytest.raises(OrderViolation) as caught:
        plan.on_page(second, Page(logs(71, 70)))
    assert [at[-6:-4] for at, _ in caught.value.checkpoint["open"]] == ["00", "01"]
    assert given(plan) == logs(*range(100, 110))
