"""Rows of a page are read by a function made for their keys: as one by one, and with the same errors."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uipath_odata.entities import Job, RobotLog, SimpleRobot
from uipath_odata.errors import DecodeError
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.selected import Selected

PART = Selected(None, {"Id": None}, {})

PAGE = 120
STAMP = "2024-01-31T12:00:00.1234567Z"


def job(number):
    return {
        "@odata.etag": 'W/"1"', "Id": number, "Key": f"e49c0012-ee01-45e4-884c-{number:012x}", "State": "Running",
        "StartTime": STAMP, "EndTime": None, "HasMediaRecorded": False, "Brand": {"New": number},
        "Robot": {"Id": number, "Name": f"DocBot {number}"} if number % 3 else None,
        "Release": {"Id": 7, "CreationTime": STAMP, "CurrentVersion": {"Id": number}, "Tags": [{"Name": "a"}]},
    }  # fmt: skip


def outcome(read, rows):
    try:
        return read(Job, rows)
    except DecodeError as error:
        return error.entity, error.property


def jobs():
    return [job(number) for number in range(PAGE)]


def one_by_one(kind, rows, **options):
    return [made for row in rows for made in decode(kind, [row], **options)]


@pytest.mark.parametrize("partial", [False, True])
def test_a_page_is_read_as_its_rows_one_by_one(partial):
    made = decode(Job, jobs(), selected=PART if partial else None)
    assert made == one_by_one(Job, jobs(), selected=PART if partial else None)
    assert {type(each.robot) for each in made} == {SimpleRobot, type(None)}
    assert (
        {each.extra.is_partial for each in made}
        == {each.release.extra.is_partial for each in made}
        == {partial}
    )


def test_rows_of_a_page_may_differ_in_their_keys():
    rows = jobs()
    rows[3]["Info"] = "one more"
    rows[4]["Info"] = rows[4].pop("State")
    rows[5] = dict(reversed(rows[5].items()))
    rows[8]["Robot"]["Type"] = "Unattended"
    rows[7]["Robot"]["Type"] = rows[7]["Robot"].pop("Name")
    assert decode(Job, copy.deepcopy(rows)) == one_by_one(Job, rows)


def test_rows_of_a_page_may_swap_a_known_property_for_an_unknown_one():
    rows = [{"Level": "Info", "Message": "a"} for _ in range(PAGE)]
    rows[60] = {"Level": "Info", "Massage": "b"}
    made = decode(RobotLog, rows)
    assert [made[60].message, made[61].message] == [None, "a"]


def test_a_page_of_one_property_is_read():
    assert [one.id for one in decode(Job, [{"Id": number} for number in range(PAGE)])] == [*range(PAGE)]


def test_an_error_in_a_page_names_entity_property_and_row(spoil):
    rows = jobs()
    where = spoil(rows[110])
    with pytest.raises(DecodeError) as caught:
        decode(Job, rows)
    assert (caught.value.entity, caught.value.property, caught.value.row) == (*where, 110)


@pytest.mark.parametrize("row", [None, 5, "x", [], {"Robot": "DocBot"}, {**job(1), "Robot": "DocBot"}])
def test_a_row_of_a_page_that_is_no_entity_is_refused(row):
    with pytest.raises(DecodeError) as caught:
        decode(Job, [*jobs()[:100], row])
    assert caught.value.row == 100


json_values = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just(STAMP) | st.just([{}])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_mutated_page_is_read_as_its_rows_one_by_one_or_refused_as_they_are(data):
    rows = [job(number % 5) for number in range(100)]
    for _ in range(data.draw(st.integers(1, 3))):
        row = rows[data.draw(st.integers(0, 99))]
        row = data.draw(st.sampled_from([row] + [value for value in row.values() if isinstance(value, dict)]))
        row[data.draw(st.sampled_from([*row, "Info"]))] = data.draw(json_values)
    expected = outcome(one_by_one, copy.deepcopy(rows))
    assert outcome(decode, rows) == expected
