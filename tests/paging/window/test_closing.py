"""The questions at the end of a scan of logs: what they are, what they take for late, and what they refuse."""

from __future__ import annotations

import pytest

from tests.paging.window.ticks import UNIT, Logs, at
from uipath_odata.errors import NotProven, OrderViolation
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.closing import Closing
from uipath_odata.paging.window.server_profile import ServerProfile


def closing_of(read, *, exact=True, earliest=None, latest=None, answers=3, **facts):
    """Make what closes a scan that read these intervals: ``(at, end, rows)``."""
    profile = ServerProfile(unit=UNIT, page_size=3, window=99, upper_bound=facts.pop("upper_bound", None))
    profile.earliest = min((at for at, _, _ in read), default=-1) if earliest is None else earliest
    profile.latest = max((end for _, end, _ in read), default=0) - UNIT if latest is None else latest
    profile.answers, profile.honours_order = answers, facts.pop("honours_order", True)
    closing = Closing(profile=profile, is_exact=exact, **facts)
    for each in read:
        closing.add(*each)
    return closing


def close(closing, logs, *, is_whole=True):
    closing.begin(is_whole=is_whole)
    while closing.question is not None:
        closing.take(logs.answer(closing.question))
    return closing


def test_a_plain_scan_of_one_answer_asks_nothing():
    closing = closing_of([(at(0), at(3), 3)], exact=False, answers=1, honours_order=False)
    logs = Logs([at(0), at(1), at(2)])
    close(closing, logs)
    assert logs.asked == []
    assert not closing.profile.honours_order


@pytest.mark.parametrize(("exact", "answers"), [(False, 2), (True, 1)])
def test_the_order_is_asked_for_in_the_other_direction(exact, answers):
    closing = closing_of([(at(0), at(3), 3)], exact=exact, answers=answers, honours_order=False)
    logs = Logs([at(0), at(1), at(2)])
    close(closing, logs, is_whole=False)
    assert logs.asked == [("newest", -1, None)]
    assert closing.profile.honours_order


def test_an_order_that_is_known_or_of_no_rows_is_not_asked_for():
    logs = Logs([])
    close(closing_of([(at(0), at(3), 3)], exact=False), logs)
    close(closing_of([], exact=False, latest=-1, honours_order=False), logs)
    assert logs.asked == []


def test_a_newest_row_that_is_gone_is_looked_for_once_more():
    closing = closing_of([(at(0), at(3), 3)], exact=False, honours_order=False)
    logs = Logs([at(0), at(1)])
    close(closing, logs)
    assert logs.asked == [("newest", -1, None), ("rows", at(1), None)]
    assert closing.profile.honours_order


def test_an_order_that_is_ignored_is_refused_after_three_questions():
    closing = closing_of([(at(0), at(9), 9)], exact=False, honours_order=False)
    logs = Logs([at(each) for each in range(9)])
    logs.answer = lambda request: (
        logs.asked.append(request) or Page([{"TimeStamp": str(Instant(at(8 if request.after > 0 else 2)))}])
    )
    with pytest.raises(OrderViolation, match=r"does not begin with .*, which is there"):
        close(closing, logs)
    assert [each.falling for each in logs.asked] == [True, False] * 3


@pytest.mark.parametrize(
    ("ticks", "rows", "honours"), [([0, 0], 2, True), ([0, 0], 1, True), ([0] * 4, 3, False)]
)
def test_one_bucket_has_no_order_and_is_counted(ticks, rows, honours):
    closing = closing_of([(at(0), at(1), rows)], exact=False, honours_order=False)
    logs = Logs([at(each) for each in ticks])
    close(closing, logs)
    assert logs.asked == [("newest", -1, None), ("rows", -1, None), ("total", -1, None)]
    assert closing.profile.honours_order == honours


def test_one_bucket_after_an_earlier_row_has_an_order():
    closing = closing_of([(at(1), at(2), 1)], exact=False, honours_order=False, latest=at(1))
    logs = Logs([at(0), at(1)])
    logs.before = {1: lambda: logs.ticks.remove(at(0)), 2: lambda: logs.ticks.append(at(0))}
    close(closing, logs)
    assert logs.asked == [("newest", -1, None), ("rows", -1, None)]
    assert closing.profile.honours_order


def test_as_many_as_were_read_cost_one_question_a_run():
    logs = Logs([at(each) for each in (0, 1, 2, 7)])
    closing = close(closing_of([(at(2), at(3), 1), (at(0), at(2), 2), (at(7), at(8), 1)]), logs)
    asked = [(kind, after) for kind, after, _ in logs.asked]
    assert asked == [("total", at(0) - 1), ("total", at(8)), ("total", at(2)), ("total", at(7) - 1)]
    assert (closing.late, closing.given, closing.profile.notes) == (0, 4, [])


@pytest.mark.parametrize("whole", [True, False])
def test_a_scan_that_is_not_whole_or_plain_is_not_counted(whole):
    logs = Logs([at(each) for each in range(9)])
    close(closing_of([(at(0), at(2), 2)], exact=not whole), logs, is_whole=whole)
    assert logs.asked == []


@pytest.mark.parametrize(
    ("tail_count", "answers", "asks"),
    [(2, 2, False), (1, 2, False), (3, 2, True), (2, 3, True), (None, 2, True)],
)
def test_what_the_other_end_counted_is_the_last_count_of_a_small_list(tail_count, answers, asks):
    closing = closing_of([(at(0), at(2), 2)], answers=answers)
    closing.tail_count = tail_count
    logs = Logs([at(0), at(1)])
    close(closing, logs)
    assert bool(logs.asked) == asks


def test_sections_end_with_the_last_row_that_was_seen():
    closing = closing_of([(at(0), at(500), 2), (at(500), at(900), 0)], latest=at(1))
    assert [(each.at, each.end, each.rows) for each in closing.sections] == [(at(0), at(2), 2)]
    assert closing.given == 2


@pytest.mark.parametrize("lt", ["honoured", "ignored"])
def test_late_rows_are_found_where_they_are_and_told(lt):
    ticks = [at(each) for each in range(8)]
    reading = [(at(0), at(2), 2), (at(2), at(4), 1), (at(4), at(6), 2), (at(6), at(8), 1)]
    logs = Logs(ticks, lt=lt)
    closing = close(closing_of(reading, upper_bound=lt == "honoured" or None), logs)
    assert closing.late == 2
    assert [each.rows for each in closing.sections] == [2, 2, 2, 2]
    assert closing.profile.notes == [
        "2 rows came late, among those that were read, and were not given: read again later"
    ]
    read_again = {after for kind, after, _ in logs.asked if kind == "rows"}
    assert read_again & {at(each) for each in (-1, 1, 3, 5)} == {at(1), at(5)}


@pytest.mark.parametrize("counted", [7, 8])
def test_late_rows_that_were_counted_at_first_are_refused(counted):
    logs = Logs([at(each) for each in range(8)])
    closing = closing_of([(at(0), at(8), 6)], upper_bound=True, counted_at_first=counted)
    with pytest.raises(NotProven, match=rf"counted {counted} RobotLogs at first and showed 6, and 2 more"):
        close(closing, logs)


@pytest.mark.parametrize("counted", [None, 5, 6])
def test_late_rows_that_there_was_room_for_are_not(counted):
    logs = Logs([at(each) for each in range(8)])
    closing = close(closing_of([(at(0), at(8), 6)], upper_bound=True, counted_at_first=counted), logs)
    assert closing.late == 2


@pytest.mark.parametrize("upper_bound", [True, None])
def test_rows_that_are_counted_and_never_shown_are_refused(upper_bound):
    logs = Logs([at(each) for each in range(8)], hidden=[at(3)])
    closing = closing_of([(at(0), at(4), 3), (at(4), at(8), 4)], upper_bound=upper_bound)
    with pytest.raises(NotProven, match=r"counts 8 RobotLogs and shows 7, also when these were read again"):
        close(closing, logs)


def test_a_row_that_shows_at_the_second_reading_is_late():
    logs = Logs([at(each) for each in range(4)], hidden=[at(1)])
    closing = closing_of([(at(0), at(2), 1), (at(2), at(4), 2)], upper_bound=True)
    closing.begin(is_whole=True)
    while closing.question is not None:
        page = logs.answer(closing.question)
        if sum(kind == "total" for kind, _, _ in logs.asked) == 3:
            logs.hidden = []
        closing.take(page)
    assert closing.late == 1


def test_more_sections_than_a_few_are_not_all_read_again():
    reading = [(at(each), at(each + 1), 1) for each in range(65)]
    for few, is_read in ((reading[:64], True), (reading, False)):
        last = len(few)
        logs = Logs([at(each) for each in (*range(last), last - 1)], hidden=[])
        logs.ticks.append(at(0))
        logs.ticks.remove(at(last - 1))
        logs.hidden = [at(0)]
        with pytest.raises(NotProven):
            close(closing_of(few, upper_bound=True), logs)
        again = [after for kind, after, _ in logs.asked if kind == "rows"]
        assert (len(again) > 40) == is_read


def test_a_server_that_does_not_count_is_noted():
    logs = Logs([at(0), at(1)], counts=lambda _: None)
    closing = close(closing_of([(at(0), at(2), 2)]), logs)
    assert closing.profile.notes == [
        "The server does not count these rows: no last count was compared with them"
    ]
    assert [kind for kind, _, _ in logs.asked] == ["total", "count"]


@pytest.mark.parametrize(("counted", "is_noted"), [(98, False), (99, True), (100, True)])
def test_a_count_that_ends_at_the_window_is_noted(counted, is_noted):
    logs = Logs([at(each) for each in range(120)], counts=lambda found: min(len(found), counted))
    closing = close(closing_of([(at(0), at(120), 120)], upper_bound=True), logs)
    said = [f"The server counts {counted} of 120 rows: its count ends at the window"]
    assert closing.profile.notes == (said if is_noted else [])
    assert closing.late == 0


def test_a_count_that_reaches_the_window_and_is_all_needs_no_note():
    logs = Logs([at(each) for each in range(99)])
    assert close(closing_of([(at(0), at(99), 99)], upper_bound=True), logs).profile.notes == []


def test_a_server_that_counts_rows_where_it_shows_none_is_refused():
    logs = Logs([at(0), at(1)], lt="ignored", counts=lambda _: 7)
    with pytest.raises(
        NotProven, match=r"counts 7 RobotLogs and shows 2, and it counts rows after the last one"
    ):
        close(closing_of([(at(0), at(2), 2)]), logs)


@pytest.mark.parametrize("counter", ["counted_at_first", "tail_count"])
def test_rows_that_are_counted_after_the_last_one_and_never_shown_are_refused(counter):
    closing = closing_of([(at(0), at(2), 2)], upper_bound=True)
    setattr(closing, counter, 3)
    with pytest.raises(NotProven, match=rf"counts 1 RobotLogs after {Instant(at(1))} and shows none"):
        close(closing, Logs([at(0), at(1), at(2)], hidden=[at(2)]))


def test_what_answers_count_and_a_total_does_not_is_refused_where_it_was_not_shown():
    logs = Logs([at(0), at(1), at(2), at(3)], hidden=[at(0)])
    answer = logs.answer
    logs.answer = lambda request: Page([], 0) if request.total else answer(request)
    closing = closing_of([(at(1), at(3), 2)], latest=at(2), upper_bound=True, counted_at_first=3)
    with pytest.raises(
        NotProven, match=rf"counts 3 RobotLogs before {Instant(at(3))} in its answers and showed 2"
    ):
        close(closing, logs)


@pytest.mark.parametrize("ticks", [[0, 1], [0, 1, 2]], ids=["gone", "new"])
def test_rows_that_are_gone_or_new_after_the_last_one_are_not_missing(ticks):
    logs = Logs([at(each) for each in ticks])
    closing = close(closing_of([(at(0), at(2), 2)], upper_bound=True, counted_at_first=3), logs)
    assert logs.asked[1:] == [("count", at(1), None), ("count", -1, None), ("count", at(1), None)]
    assert closing.late == 0


def test_what_was_counted_at_first_and_given_needs_no_look_beyond_the_last_row():
    logs = Logs([at(0), at(1)])
    close(closing_of([(at(0), at(2), 2)], upper_bound=True, counted_at_first=2), logs)
    assert [kind for kind, _, _ in logs.asked] == ["total"]


def test_rows_that_came_after_the_last_one_are_not_missing():
    logs = Logs([at(each) for each in (0, 1, 5, 6)], lt="ignored")
    closing = close(closing_of([(at(0), at(2), 2)], latest=at(1)), logs)
    assert closing.late == 0


def test_a_row_that_came_where_the_reading_ended_is_not_missing():
    logs = Logs([at(0), at(1), at(2)], lt="ignored")
    closing = close(closing_of([(at(0), at(2), 2)], latest=at(1)), logs)
    assert closing.late == 0
    assert logs.asked == [
        ("total", at(0) - 1, None),
        ("total", at(2), None),
        ("newest", -1, None),
        ("total", at(1), None),
    ]


def test_what_an_open_list_counted_speaks_against_a_plain_reading_alone():
    for exact, tail, first, said in (
        (False, 3, 2, 3),
        (False, None, 4, 4),
        (False, 2, 2, None),
        (False, None, None, None),
        (True, 3, 4, None),
    ):
        closing = closing_of([(at(0), at(2), 2)], exact=exact)
        closing.tail_count, closing.counted_at_first = tail, first
        assert closing.contradiction == said


def test_sections_without_a_gap_are_counted_together():
    logs = Logs([at(each) for each in (0, 1, 2, 6, 7)])
    read = [(at(0), at(1), 1), (at(1), at(2), 1), (at(2), at(3), 1), (at(6), at(7), 1), (at(7), at(8), 1)]
    closing = close(closing_of(read, upper_bound=True), logs)
    assert logs.asked == [("total", at(0) - 1, at(3)), ("total", at(6) - 1, at(8))]
    assert closing.late == 0
