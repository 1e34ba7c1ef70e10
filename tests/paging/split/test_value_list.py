"""Lists of values in a filter: found, cut without a row in two pieces, written in both forms."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pytest

from uipath_odata import Expand, Instant, Query, path, raw_filter
from uipath_odata.entities import Job, QueueItem, Release, ReleaseVersion
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.render import text_of
from uipath_odata.paging.split.value_list import ValueList, listed, without_in


def list_of(condition):
    return listed(Query(Job).filter(condition).condition)


def values_of(values):
    return [value.value for value in values.values]


@pytest.mark.parametrize(
    ("condition", "values", "as_in"),
    [
        (Job.id.in_([3, 1, 2, 3]), [1, 2, 3], True),
        ((Job.id == 3) | (Job.id == 1) | (Job.id == 3), [1, 3], False),
        (Job.id.in_([2, 1]) | (Job.id == 0), [0, 1, 2], True),
        (Job.info.in_(["b", None, "a"]), [None, "a", "b"], True),
        (Job.id == 7, [7], False),
    ],
)
def test_values_of_one_property_are_a_list_in_order_and_each_once(condition, values, as_in):
    found = list_of(condition)
    assert (values_of(found), found.as_in) == (values, as_in)


@pytest.mark.parametrize(
    "condition",
    [
        (Job.id == 1) | (Job.info == "x"),
        (Job.id == 1) | (Job.id > 5),
        ~Job.id.in_([1, 2]),
        (Job.id == 1) & (Job.info == "x"),
        Job.id == Job.robot.id,
        raw_filter("Id in (1,2)"),
    ],
)
def test_anything_else_is_not(condition):
    assert list_of(condition) is None


def test_a_list_is_written_as_it_was_found():
    assert text_of(list_of(Job.id.in_([2, 1])).node) == "Id in (1,2)"
    assert text_of(list_of((Job.id == 2) | (Job.id == 1)).node) == "Id eq 1 or Id eq 2"
    assert text_of(list_of(Job.info.in_(["b", None, "a"])).node) == "Info in ('a','b') or Info eq null"
    null_and_one = ValueList.of(Job.info.__node__, map(nodes.Literal, ["a", None]), as_in=True)
    assert text_of(null_and_one.node) == "Info eq null or Info eq 'a'"


def test_pieces_keep_both_limits_and_leave_nothing_out():
    found = list_of(Job.id.in_(range(95, 215)))
    pieces = found.pieces(50, 100)
    assert [value for piece in pieces for value in values_of(piece)] == [*range(95, 215)]
    assert max(len(piece.values) for piece in pieces) <= 50
    assert all(sum(len(str(value)) + 1 for value in values_of(piece)) <= 100 for piece in pieces)
    assert len(found.pieces(50)) == 3


def test_texts_that_a_database_may_hold_for_equal_stay_in_one_piece():
    found = list_of(Job.info.in_(["a", "B", "A", "á", "a ", "b"]))
    assert [set(values_of(piece)) for piece in found.pieces(1)] == [{"a", "A", "á", "a "}, {"b", "B"}]
    assert [set(values_of(half)) for half in found.halves()] == [{"a", "A", "á", "a "}, {"b", "B"}]
    assert len(list_of(Job.info.in_(["a", "A"])).halves()) == 1


def test_numbers_that_are_equal_are_one_value():
    found = listed(nodes.In(path("X").__node__, tuple(map(nodes.Literal, [1, 1.0, Decimal(1), 2]))))
    assert len(found.values) == 2


@pytest.mark.parametrize(
    ("property_", "values", "sortable"),
    [
        (Job.id, [10, 9], True),
        (QueueItem.creation_time, [dt.datetime(2024, 1, 2, tzinfo=dt.UTC), Instant(1)], True),
        (Job.info, ["b", "A1", "c", None], True),
        (Job.info, ["a", "B", "c"], False),  # by bytes B comes first
        (Job.info, ["a-b", "ab"], False),
        (Job.info, ["ä", "b"], False),
        (Job.key, [UUID(int=1), UUID(int=2)], False),
        (Job.state, ["Faulted", "Pending"], False),
        (Job.robot.type, ["Attended", "Unattended"], False),
        (Job.robot.name, ["R1", "R2"], True),
    ],
)
def test_only_what_every_server_sorts_alike_is_sortable(property_, values, sortable):
    assert listed(Query(Job).condition) is None
    assert listed(property_.in_(values).__node__).is_sortable == sortable


def test_every_in_can_be_spelled_out_wherever_it_is():
    query = (
        Query(Release)
        .filter(
            Release.id.in_([1, 2]),
            ~Release.name.in_(["x", "y"]),
            Release.tags.any(lambda tag: tag.name.in_(["a", "b"])),
            Release.tags.any(),
        )
        .expand(
            Release.entry_point,
            Release.release_versions,
            Expand(ReleaseVersion).filter(ReleaseVersion.id.in_([3, 4])),
        )
    )
    options = without_in(query).options
    assert options["$filter"] == (
        "(Id eq 1 or Id eq 2) and not (Name eq 'x' or Name eq 'y') and "
        "Tags/any(item:item/Name eq 'a' or item/Name eq 'b') and Tags/any()"
    )
    assert options["$expand"] == "EntryPoint,ReleaseVersions($filter=Id eq 3 or Id eq 4)"
