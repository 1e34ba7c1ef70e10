"""What the answers teach a scan of its server."""

from __future__ import annotations

import pytest

from tests.paging.window.ticks import HOUR, UNIT, at
from uipath_odata.errors import OrderViolation
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page
from uipath_odata.paging.window.request import Condition, WindowRequest
from uipath_odata.paging.window.server_profile import ServerProfile, selected_by


def page_of(*ticks):
    return Page([{"TimeStamp": str(Instant(each))} for each in ticks])


def profile_of(**facts):
    return ServerProfile(unit=UNIT, page_size=3, window=12, **facts)


def test_a_bucket_is_all_instants_of_one_unit():
    profile = profile_of()
    for ticks in (HOUR, HOUR + 1, HOUR + UNIT - 1):
        assert profile.bucket_of(ticks) == HOUR
        assert profile.after_bucket(ticks) == HOUR + UNIT
        assert profile.below_bucket(ticks) == HOUR - UNIT
    assert profile.bucket_of(HOUR - 1) == HOUR - UNIT


def test_rows_come_oldest_first_with_their_ticks():
    profile = profile_of()
    rows = profile.rows_of(WindowRequest(falling=True, top=3), page_of(at(2), at(1)))
    assert [ticks for ticks, _ in rows] == [at(1), at(2)]
    assert rows[0][1]["TimeStamp"] == str(Instant(at(1)))
    assert profile.answers == 1


@pytest.mark.parametrize(("first", "is_refused"), [(at(4), False), (at(4) - 1, True)])
def test_a_row_may_lie_one_unit_below_the_bound_and_no_more(first, is_refused):
    request = WindowRequest(after=at(5), top=3)
    if is_refused:
        with pytest.raises(OrderViolation, match="the server ignores the filter"):
            profile_of().rows_of(request, page_of(first))
    else:
        assert len(profile_of().rows_of(request, page_of(first))) == 1


@pytest.mark.parametrize(
    ("top", "notes"), [(1, ["The server sent 2 rows where $top=1 was asked for"]), (2, []), (0, [])]
)
def test_more_rows_than_were_asked_for_are_noted_once(top, notes):
    profile = profile_of()
    for _ in range(2):
        profile.rows_of(WindowRequest(top=top), page_of(at(1), at(2)))
    assert profile.notes == notes


def test_the_earliest_and_the_latest_row_are_kept():
    profile = profile_of()
    assert (profile.earliest, profile.latest, profile.shows_order) == (-1, -1, False)
    profile.rows_of(WindowRequest(top=3), page_of())
    assert (profile.earliest, profile.latest) == (-1, -1)
    profile.rows_of(WindowRequest(top=3), page_of(at(4), at(4) + 5))
    assert (profile.earliest, profile.latest, profile.shows_order) == (at(4), at(4) + 5, False)
    profile.rows_of(WindowRequest(top=3), page_of(at(5)))
    profile.rows_of(WindowRequest(top=3), page_of(at(3)))
    assert (profile.earliest, profile.latest, profile.shows_order) == (at(3), at(5), True)


CELL = (Condition("RobotName", "A"),)


@pytest.mark.parametrize(
    ("request_", "newest", "agrees"),
    [
        (WindowRequest(falling=True, top=3), at(5) + 9, True),
        (WindowRequest(falling=True, top=3), at(5), True),
        (WindowRequest(falling=True, top=3), at(6), True),
        (WindowRequest(falling=True, top=3), at(4), False),
        (WindowRequest(falling=True, top=3, where=CELL), at(6), False),
        (WindowRequest(top=3), at(6), False),
    ],
)
def test_the_order_is_honoured_where_the_other_direction_begins_with_the_latest_bucket(
    request_, newest, agrees
):
    profile = profile_of()
    profile.rows_of(WindowRequest(top=3), page_of(at(3), at(5) + 9))
    assert not profile.honours_order
    profile.rows_of(request_, page_of(newest))
    assert profile.honours_order == agrees
    profile.rows_of(WindowRequest(top=3), page_of(at(9)))
    assert profile.honours_order == agrees


def test_one_bucket_shows_no_order():
    profile = profile_of()
    for _ in range(2):
        profile.rows_of(WindowRequest(falling=True, top=3), page_of(at(3) + 5, at(3)))
    assert not profile.honours_order


def test_the_density_is_that_of_the_rows_ahead():
    profile = profile_of()
    assert profile.density is None
    rows = profile.rows_of(WindowRequest(top=3), page_of(at(0), at(10), at(19)))
    profile.measure(rows, at(10), at(19))
    assert profile.density == 2 / (10 * UNIT)
    profile.measure(rows, 0, at(19))
    assert profile.density == (2 * 0.9 + 3) / (10 * UNIT * 0.9 + 20 * UNIT)


def test_the_weakest_proof_is_kept():
    profile = profile_of()
    assert profile.proof.kind == "by_later_bucket"
    profile.prove("by_count", "counted")
    profile.prove("by_remainder", "split")
    assert (profile.proof.kind, profile.proof.reason) == ("by_count", "counted")


@pytest.mark.parametrize(
    ("select", "names"),
    [
        ("Level, TimeStamp", ("Level", "TimeStamp")),
        ("Level", ("Level",)),
        ("Robot/Name,Level", ()),
        (None, ()),
    ],
)
def test_a_whole_row_is_cut_to_a_plain_select(select, names):
    assert selected_by({} if select is None else {"$select": select}) == names
    row = {"Level": "Info", "Message": "m", "TimeStamp": "t"}
    kept = profile_of(selected=names).kept(row)
    assert kept == ({name: row[name] for name in names} if names else row)
    assert profile_of(selected=("Level", "Gone")).kept(row) == {"Level": "Info"}
