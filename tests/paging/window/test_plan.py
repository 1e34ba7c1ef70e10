"""WindowPlan, answer by answer."""

from __future__ import annotations

import datetime as dt

import pytest

from uipath_odata.errors import DecodeError, NotProven, OrderViolation, QueryError, WindowOverflow
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.plan import WindowPlan

DAY = "2024-01-01T00:00:"


def log(second, message=""):
    return {"TimeStamp": f"{DAY}{second}Z", "Message": message}


def ticks(second):
    return Instant.parse(f"{DAY}{second}Z").ticks


def window(options=None, **settings):
    return WindowPlan(options=options or {}, page_size=settings.pop("page_size", 4), **settings)


def turn(plan, *rows, count=None):
    """Answer the plan's next request; return its options and the rows given out."""
    fetch = plan.next_fetch()
    assert plan.next_fetch() is None, "one request is out at a time"
    plan.on_page(fetch, Page(list(rows), count))
    return dict(fetch.options), plan.next_rows()


def asks_for_total_of(plan, count):
    fetch = plan.next_fetch()
    assert fetch.total
    plan.on_page(fetch, Page([], count))
    return fetch.options.get("$filter", "")


def test_a_first_page_that_is_not_full_and_agrees_with_its_count_is_one_request():
    plan = window({"$filter": "Level eq 'Info'", "$select": "Message,TimeStamp"})
    options, rows = turn(plan, log("01"), log("02"), count=2)
    assert options == {
        "$filter": "Level eq 'Info'",
        "$select": "Message,TimeStamp",
        "$orderby": "TimeStamp asc",
        "$top": "4",
        "$count": "true",
    }
    assert rows == [log("01"), log("02")]
    assert plan.next_fetch() is None
    assert plan.proof.kind == "none"
    assert f"{DAY}02Z is unsettled" in plan.notes[0]


def test_an_exact_small_list_is_two_requests_the_second_in_the_other_direction():
    """R28: the count of a page proves nothing."""
    plan = window({"$filter": "Level eq 'Info'"}, exact=True)
    _, rows = turn(plan, log("01"), log("02"), count=2)
    assert rows == [log("01")]
    options, rows = turn(plan, log("02"), log("01"), count=2)
    assert options == {
        "$filter": "Level eq 'Info'",
        "$orderby": "TimeStamp desc",
        "$top": "4",
        "$count": "true",
    }
    assert rows == [log("02")]
    assert plan.next_fetch() is None
    assert plan.proof.kind == "by_later_bucket"


def test_an_exact_list_of_one_row_is_two_requests():
    plan = window(exact=True)
    turn(plan, log("01"), count=1)
    _, rows = turn(plan, log("01"), count=1)
    assert rows == [log("01")]
    assert plan.next_fetch() is None
    assert plan.proof.kind == "by_count"


def test_an_exact_empty_list_is_one_request():
    plan = window(exact=True)
    turn(plan, count=0)
    assert plan.next_fetch() is None
    assert plan.proof.kind == "by_one_answer"


@pytest.mark.parametrize("exact", [True, False])
def test_rows_that_are_counted_and_not_shown_are_not_proven_to_be_none(exact):
    plan = window(exact=exact)
    turn(plan, count=3)
    turn(plan, count=3)
    assert plan.next_fetch() is None
    assert plan.proof.kind == "none"
    assert "counts 3 rows and shows none" in plan.proof.reason


def finish(plan, rows, count):
    """Answer as a server of these rows does that counts so many in all, and none after the last."""
    answered = []
    while (fetch := plan.next_fetch()) is not None:
        answered.append(fetch.options)
        _, _, bound = fetch.options.get("$filter", f"gt {DAY}00Z").rpartition(" ")
        later = [row for row in rows if Instant.parse(row["TimeStamp"]) > Instant.parse(bound)]
        if fetch.total:
            plan.on_page(fetch, Page([], count - len(rows) + len(later) if later else 0))
        else:
            falls = fetch.options["$orderby"].endswith("desc")
            plan.on_page(fetch, Page(later[::-1] if falls else later, count))
        while plan.next_rows():
            pass
    return answered


def test_a_last_count_higher_than_the_rows_given_is_refused_after_two_more_readings():
    plan = window(exact=True)
    turn(plan, log("01"), log("02"), count=5)
    with pytest.raises(NotProven, match="counts 5 RobotLogs and shows 2"):
        finish(plan, [log("01"), log("02")], count=5)


def test_rows_that_came_late_are_told_and_the_proof_stands():
    """R77."""
    plan = window(exact=True)
    turn(plan, log("01"), log("02"), log("03"), count=3)
    finish(plan, [log("01"), log("01.5"), log("02"), log("03")], count=4)
    assert plan.late == 1
    assert any("1 rows came late" in note for note in plan.notes)
    assert plan.proof.proven


def test_rows_that_were_counted_at_first_and_found_later_are_refused():
    plan = window(exact=True)
    turn(plan, log("01"), log("02"), log("03"), count=4)
    with pytest.raises(NotProven, match="counted 4 RobotLogs at first and showed 3"):
        finish(plan, [log("01"), log("01.5"), log("02"), log("03")], count=4)


def test_a_last_count_lower_than_the_rows_given_is_no_alarm():
    """R78: retention deletes what was given."""
    plan = window(exact=True)
    turn(plan, log("01"), log("02"), log("03"), count=3)
    asked = finish(plan, [log("02"), log("03")], count=2)
    assert len(asked) == 1
    assert plan.proof.proven


def test_the_last_tie_group_is_held_back_and_read_again():
    """R73."""
    plan = window({"$filter": "Level eq 'Info' or Level eq 'Warn'"})
    _, rows = turn(plan, log("01"), log("02"), log("03.0001"), log("03.0005"), count=9)
    assert rows == [log("01"), log("02")]
    options, rows = turn(plan, log("03.0001"), log("03.0005"), log("03.0009"), log("04"))
    assert options["$filter"] == f"(Level eq 'Info' or Level eq 'Warn') and TimeStamp gt {DAY}02.999Z"
    assert "$count" not in options
    assert rows == [log("03.0001"), log("03.0005"), log("03.0009")]


def test_a_short_page_is_held_against_a_descending_one():
    """R29."""
    plan = window(lo=ticks("01"))
    _, rows = turn(plan, log("01"), log("02"), log("03"))
    assert rows == [log("01"), log("02")]
    options, rows = turn(plan, log("03"), log("02"), log("01"), log("00"))
    assert (options["$orderby"], "$filter" in options) == ("TimeStamp desc", False)
    assert rows == [log("03")]
    assert plan.next_fetch() is None
    assert plan.proof.kind == "by_later_bucket"


def test_a_server_cap_is_found_by_a_descending_answer_and_then_not_looked_for_again():
    """R29."""
    plan = window()
    turn(plan, log("01"), log("02"), log("03"))
    _, rows = turn(plan, log("09"), log("08"))
    assert rows is None
    _, rows = turn(plan, log("03"), log("03"), log("04"))
    assert rows == [log("03"), log("03")]
    options, _ = turn(plan, log("04"), log("05"), log("06"))
    assert options["$orderby"] == "TimeStamp asc"


def test_a_bucket_of_a_page_is_not_proven_by_the_row_after_it():
    """R74: a deletion between two answers moves all ranks, and hides a row of the bucket."""
    plan = window(lo=ticks("01"))
    _, rows = turn(plan, *[log("01")] * 4)
    assert rows is None
    options, rows = turn(plan, *[log("01")] * 3, log("02"))
    assert "$skip" not in options
    assert rows == [log("01")] * 3


def test_a_bucket_larger_than_a_page_is_read_by_itself():
    """R74."""
    plan = window()
    _, rows = turn(plan, log("01"), *[log("02")] * 3)
    assert rows == [log("01")]
    turn(plan, *[log("02")] * 4)
    options, rows = turn(plan, *[log("02")] * 4)
    assert options["$filter"] == f"TimeStamp gt {DAY}01.999Z"
    assert rows is None
    assert plan.checkpoint == {"plan": "window", "from": f"{DAY}02Z", "to": None}
    assert not plan.proof.proven


def overflow(plan, rows):
    """Show six rows of one millisecond however often, and count them."""
    while (fetch := plan.next_fetch()) is not None:
        assert int(fetch.options.get("$skip", 0)) + int(fetch.options.get("$top", 0)) <= 6
        none = f"lt {DAY}00.999Z" in fetch.options.get("$filter", "")
        plan.on_page(fetch, Page([], 0 if none else 6) if fetch.total else Page(rows))


def test_a_bucket_that_reaches_the_window_is_not_skipped_through_beyond_it():
    """R30, R61."""
    plan = window(lo=ticks("01"), window=6, upper_bound=True)
    with pytest.raises(WindowOverflow, match="6 RobotLogs share"):
        overflow(plan, [log("01", str(number)) for number in range(6)])


def test_a_page_is_never_larger_than_the_window():
    """R61."""
    assert window(page_size=8, window=6).next_fetch().options["$top"] == "6"


def test_rows_before_the_bound_that_fill_the_page_bring_the_bound_closer():
    plan = window()
    turn(plan, log("01.001"), log("01.0019"), log("01.0019"), log("01.002"))
    options, rows = turn(plan, log("01.0015"), log("01.0019"), log("01.0019"), log("01.002"))
    assert options["$filter"] == f"TimeStamp gt {DAY}01.001Z"
    assert rows is None
    options, rows = turn(plan, log("01.0019"), log("01.0019"), log("01.002"), log("01.003"))
    assert options["$filter"] == f"TimeStamp gt {DAY}01.0018Z"
    assert rows == [log("01.002")]


def test_a_closer_bound_that_the_server_rounds_is_noticed():
    plan = window()
    turn(plan, log("01.001"), log("01.0019"), log("01.0019"), log("01.002"))
    turn(plan, log("01.0015"), log("01.0019"), log("01.0019"), log("01.002"))
    turn(plan, log("01.0021"), log("01.003"))
    options, _ = turn(plan, log("01.002"), log("01.0021"), log("01.003"))
    assert options["$filter"] == f"TimeStamp gt {DAY}01.001Z"


def test_a_closer_bound_that_brings_nothing_is_noticed_too():
    plan = window()
    turn(plan, log("01.001"), log("01.0019"), log("01.0019"), log("01.002"))
    turn(plan, log("01.0015"), log("01.0019"), log("01.0019"), log("01.002"))
    turn(plan)
    options, _ = turn(plan, log("01.002"), log("01.0021"), log("01.003"))
    assert options["$filter"] == f"TimeStamp gt {DAY}01.001Z"
    assert not plan.proof.proven


@pytest.mark.parametrize("precision", ["01.0000001", "01.0009999"])
def test_wobbles_within_the_tie_unit_are_no_violation(precision):
    """A server that sorts by milliseconds shows seven decimals all the same."""
    plan = window()
    _, rows = turn(plan, log(precision), log("01"), log("02"), log("03"), count=9)
    assert rows == [log("01"), log(precision), log("02")]


def test_rows_that_are_not_ascending_are_a_violation_before_which_all_was_given():
    """R76."""
    plan = window()
    turn(plan, log("01"), log("02"), log("03"), log("04"))
    with pytest.raises(OrderViolation, match="tie_unit") as caught:
        turn(plan, log("05"), log("04"))
    assert caught.value.checkpoint["from"] == f"{DAY}04Z"


def test_the_interval_is_cut_on_the_client():
    """R82."""
    plan = window(lo=ticks("01.0005"), hi=ticks("03"))
    options, rows = turn(plan, log("01.0001"), log("01.0005"), log("02"), log("03"))
    assert options["$filter"] == f"TimeStamp gt {DAY}00.999Z"
    assert "lt" not in options["$filter"]
    assert rows == [log("01.0005"), log("02")]
    assert plan.next_fetch() is None
    assert plan.checkpoint["from"] == f"{DAY}03Z"


def test_a_descending_answer_that_passes_the_end_of_the_interval_does_not_end_it():
    plan = window(lo=ticks("01"), hi=ticks("02"))
    turn(plan, log("01.5"), log("01.9999"))
    turn(plan, log("02"), log("01.9999"))
    _, rows = turn(plan, log("01.9999"), log("02"))
    assert rows == [log("01.9999")]
    assert plan.next_fetch() is None


def test_one_answer_of_a_closed_interval_is_proven_once_another_direction_agrees():
    plan = window(lo=ticks("01"), hi=ticks("02"))
    turn(plan, log("01.5"), log("03"))
    assert plan.proof.kind == "none"
    plan = window(lo=ticks("01"), hi=ticks("02"), exact=True)
    turn(plan, log("01.5"), log("03"))
    turn(plan, log("03"), log("01.5"))
    assert asks_for_total_of(plan, 2) == f"TimeStamp gt {DAY}00.9999999Z"
    assert asks_for_total_of(plan, 0) == f"TimeStamp gt {DAY}03.001Z"
    assert asks_for_total_of(plan, 1) == f"TimeStamp gt {DAY}01.999Z"
    assert plan.next_fetch() is None
    assert plan.proof.kind == "by_later_bucket"


def test_a_full_first_page_is_not_believed_to_be_all():
    """R28."""
    plan = window()
    turn(plan, log("01"), log("02"), log("03"), log("04"), count=4)
    assert plan.next_fetch() is not None


def test_an_empty_interval_costs_no_request():
    plan = window(lo=ticks("02"), hi=ticks("02"))
    assert plan.next_fetch() is None
    assert plan.proof.proven
    assert plan.notes == ()


def test_a_top_larger_than_a_page_is_a_total():
    plan = window({"$top": "5"})
    _, rows = turn(plan, log("01"), log("02"), log("03"), log("04"), count=50)
    assert len(rows) == 3
    options, rows = turn(plan, log("04"), log("05"), log("06"), log("07"))
    assert options["$top"] == "4"
    assert rows == [log("04"), log("05")]
    turn(plan, log("09"))
    assert plan.next_fetch() is None
    assert plan.proof.proven
    assert plan.checkpoint is None


def test_equal_times_are_ordered_by_their_content():
    plan = window()
    _, rows = turn(plan, log("01", "b"), log("01", "a"), log("01", "b"), count=3)
    assert [row["Message"] for row in rows] == ["a", "b", "b"]


def test_times_with_an_offset_or_none_are_utc_instants():
    moments = ["2024-01-01T01:00:01+01:00", "2024-01-01T00:00:02"]
    _, rows = turn(window(), *({"TimeStamp": moment} for moment in moments), count=2)
    assert [row["TimeStamp"] for row in rows] == moments


@pytest.mark.parametrize(
    "stamp", [None, 5, "soon", "2024-13-01T00:00:00.5Z", "2024-01-01T00:00:00.12345678Z", {}]
)
def test_a_row_without_a_readable_time_stamp_is_named(stamp):
    """R26."""
    with pytest.raises(DecodeError) as caught:
        turn(window(), log("01"), {"TimeStamp": stamp})
    assert (caught.value.entity, caught.value.property, caught.value.row) == ("RobotLog", "TimeStamp", 1)


def test_a_plan_says_what_it_adds():
    assert window().added == (
        "$orderby=TimeStamp asc",
        "$top=4",
        "$count=true",
        "$filter: TimeStamp gt, moving",
    )
    assert "$orderby=TimeStamp asc" not in window({"$orderby": "TimeStamp"}).added


@pytest.mark.parametrize(
    "checkpoint", [{}, {"from": None}, {"from": "soon", "to": None}, {"open": [1]}, {"open": []}, []]
)
def test_a_checkpoint_of_somebody_elses_making_is_refused(checkpoint):
    with pytest.raises(QueryError, match="unchanged"):
        window(resume=checkpoint)


def test_a_plain_checkpoint_is_an_interval():
    plan = window(resume={"plan": "window", "from": f"{DAY}01Z", "to": f"{DAY}03Z"})
    options, rows = turn(plan, log("01"), log("02"), log("03"))
    assert options["$filter"] == f"TimeStamp gt {DAY}00.999Z"
    assert rows == [log("01"), log("02")]
    assert plan.checkpoint == {"plan": "window", "from": f"{DAY}03Z", "to": f"{DAY}03Z"}


def test_a_total_that_was_begun_goes_on_with_what_is_left():
    plan = window({"$top": "6"})
    turn(plan, log("01"), log("02"), log("03"), log("04"), count=50)
    assert plan.checkpoint == {"plan": "window", "from": f"{DAY}04Z", "to": None, "left": 3}
    plan = window({"$top": "6"}, resume=plan.checkpoint)
    _, rows = turn(plan, log("04"), log("05"), log("06"), log("07"))
    assert rows == [log("04"), log("05"), log("06")]
    assert plan.proof.kind == "none"


def test_an_open_end_goes_on_behind_the_last_row():
    plan = window()
    turn(plan, log("01"), log("02"), count=2)
    assert plan.checkpoint == {"plan": "window", "from": f"{DAY}02.0000001Z", "to": None, "proof": "none"}


@pytest.mark.parametrize("ordered", [True, False])
def test_an_open_end_to_which_nothing_came_goes_on_where_it_began(ordered):
    begun = {"plan": "window", "from": f"{DAY}02.0000001Z", "to": None}
    plan = window(resume=begun, ordered=ordered)
    turn(plan, log("02"), count=1)
    assert plan.next_fetch() is None
    assert begun.items() <= plan.checkpoint.items()


def test_a_long_tidy_list_costs_little_more_than_its_pages():
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    logs = [
        {"TimeStamp": f"{start + dt.timedelta(milliseconds=7 * number):%Y-%m-%dT%H:%M:%S.%fZ}"}
        for number in range(10_000)
    ]
    plan, given, requests = window(page_size=1_000), [], 0
    while (fetch := plan.next_fetch()) is not None:
        requests += 1
        _, _, bound = fetch.options.get("$filter", "TimeStamp gt 0001-01-01T00:00:00Z").rpartition(" ")
        later = [row for row in logs if Instant.parse(row["TimeStamp"]) > Instant.parse(bound)]
        if fetch.options["$orderby"].endswith("desc"):
            later.reverse()
        skip, top = int(fetch.options.get("$skip", 0)), int(fetch.options["$top"])
        plan.on_page(fetch, Page(later[skip : skip + top]))
        given += plan.next_rows() or []
    assert given == logs
    assert requests <= 12


def test_a_closed_interval_has_no_unsettled_tail():
    plan = WindowPlan(options={}, page_size=4, hi=Instant.parse("2024-05-15T00:00:00Z").ticks)
    turn(plan, log("01"), count=1)
    assert plan.next_fetch() is None
    assert not plan.notes
