"""WindowPlan, answer by answer."""

from __future__ import annotations

import datetime as dt

import pytest

from uipath_odata.errors import DecodeError, OrderViolation, QueryError
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


def asks_for_total(plan):
    fetch = plan.next_fetch()
    assert fetch.total
    return fetch.options["$filter"]


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
    assert plan.proof.proven
    assert f"{DAY}02Z is unsettled" in plan.notes[0]


def test_a_count_that_is_doubted_proves_nothing():
    """R28."""
    plan = window(exact=True)
    turn(plan, log("01"), log("02"), count=2)
    options, rows = turn(plan)
    assert options["$skip"] == "2"
    assert rows == [log("02")]
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


def test_a_short_page_is_probed_behind_its_last_row_under_its_own_bound():
    """R29."""
    plan = window(lo=ticks("01"))
    _, rows = turn(plan, log("01"), log("02"), log("03"))
    assert rows == [log("01"), log("02")]
    options, rows = turn(plan)
    assert (options["$filter"], options["$skip"], options["$top"]) == (f"TimeStamp gt {DAY}00.999Z", "3", "1")
    assert rows == [log("03")]
    assert plan.next_fetch() is None
    assert plan.proof.proven


def test_a_server_cap_is_found_by_the_probe_and_then_not_probed_again():
    """R29."""
    plan = window()
    turn(plan, log("01"), log("02"), log("03"))
    _, rows = turn(plan, log("03"))
    assert rows is None
    _, rows = turn(plan, log("03"), log("03"), log("04"))
    assert rows == [log("03"), log("03")]
    options, _ = turn(plan, log("04"), log("05"), log("06"))
    assert "$skip" not in options


def test_a_group_of_exactly_a_page_is_proven_by_the_row_behind_it():
    """R74."""
    plan = window(lo=ticks("01"))
    _, rows = turn(plan, *[log("01")] * 4)
    assert rows is None
    options, rows = turn(plan, log("02"))
    assert options["$skip"] == "4"
    assert rows == [log("01")] * 4
    options, _ = turn(plan, log("02"))
    assert options["$filter"] == f"TimeStamp gt {DAY}01Z"


def test_a_group_larger_than_a_page_is_counted_and_then_read_by_itself():
    """R74."""
    plan = window()
    _, rows = turn(plan, log("01"), *[log("02")] * 3)
    assert rows == [log("01")]
    turn(plan, *[log("02")] * 4)
    turn(plan, log("02.0001"))
    assert asks_for_total(plan) == f"TimeStamp gt {DAY}01.999Z and TimeStamp lt {DAY}01.999Z"
    assert plan.checkpoint == {"plan": "window", "from": f"{DAY}02Z", "to": None}
    assert plan.next_rows() is None
    assert not plan.proof.proven


def test_a_group_that_reaches_the_window_is_not_probed_beyond_it():
    """R30, R61."""
    plan = window(lo=ticks("01"), window=6)
    turn(plan, *[log("01")] * 6)
    assert asks_for_total(plan)


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
    assert asks_for_total(plan) == f"TimeStamp gt {DAY}01.001Z and TimeStamp lt {DAY}01.001Z"


def test_a_closer_bound_that_brings_nothing_is_noticed_too():
    plan = window()
    turn(plan, log("01.001"), log("01.0019"), log("01.0019"), log("01.002"))
    turn(plan, log("01.0015"), log("01.0019"), log("01.0019"), log("01.002"))
    turn(plan)
    assert asks_for_total(plan)
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


def test_a_probe_that_passes_the_end_of_the_interval_ends_it():
    plan = window(lo=ticks("01"), hi=ticks("02"))
    turn(plan, log("01.5"), log("01.9999"))
    _, rows = turn(plan, log("02"))
    assert rows == [log("01.9999")]
    assert plan.next_fetch() is None


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


@pytest.mark.parametrize("checkpoint", [{}, {"from": None}, {"from": "soon", "to": None}, {"open": [1]}, []])
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
    assert plan.next_fetch() is None
    assert plan.proof.proven


def test_an_open_end_goes_on_behind_the_last_row():
    plan = window()
    turn(plan, log("01"), log("02"), count=2)
    assert plan.checkpoint == {"plan": "window", "from": f"{DAY}02.0000001Z", "to": None}


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
        skip, top = int(fetch.options.get("$skip", 0)), int(fetch.options["$top"])
        plan.on_page(fetch, Page(later[skip : skip + top]))
        given += plan.next_rows() or []
    assert given == logs
    assert requests <= 12


def test_a_closed_interval_has_no_unsettled_tail():
    plan = WindowPlan(options={}, page_size=4, hi=Instant.parse("2024-05-15T00:00:00Z").ticks)
    turn(plan, log("01"), count=1)
    assert plan.proof.proven
    assert not plan.notes
