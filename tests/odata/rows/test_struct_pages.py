"""Pages of a stream are read for the keys of the page before: as JSON would be, whatever comes."""

from __future__ import annotations

import copy
import json
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uipath_odata.entities import Environment, Job
from uipath_odata.errors import DecodeError
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.rows.json_body import read_list
from uipath_odata.odata.rows.struct_pages import StructPageReader, StructRow
from uipath_odata.odata.selected import Selected
from uipath_odata.paging.window.timestamps import identity

PART = Selected(None, {"Id": None}, {})

STAMP = "2024-01-31T12:00:00.1234567Z"


def job(number):
    return {
        "@odata.etag": 'W/"1"', "Id": number, "Key": f"e49c0012-ee01-45e4-884c-{number:012x}", "State": "Running",
        "StartTime": STAMP, "EndTime": None, "HasMediaRecorded": False, "Brand": {"New": number},
        "Robot": {"Id": number, "Name": f"DocBot {number}"} if number % 3 else None,
        "Release": {"Id": 7, "CreationTime": STAMP, "CurrentVersion": {"Id": number}, "Tags": [{"Name": "a"}]},
    }  # fmt: skip


def jobs(count=9):
    return [job(number) for number in range(count)]


def body(rows, **envelope):
    return orjson.dumps({"@odata.context": "x", "value": rows, **envelope})


def second_page(rows, **envelope):
    """Read rows after a page of jobs, as rows of its keys where they have them."""
    read = StructPageReader(Job)
    read(body(jobs()))
    return read(body(rows, **envelope))


def test_a_page_like_the_one_before_is_read_as_rows_of_its_keys():
    rows, count, link = second_page(jobs(), **{"@odata.count": "20", "@odata.nextLink": "Jobs?$skip=9"})
    assert {isinstance(row, StructRow) for row in rows} == {True}
    assert (count, link) == (20, "Jobs?$skip=9")
    assert second_page([]) == ([], None, None)


@pytest.mark.parametrize("partial", [False, True])
def test_rows_of_known_keys_are_made_into_what_dicts_would_be(partial):
    rows, _, _ = second_page(jobs())
    made = decode(Job, rows, selected=PART if partial else None)
    assert made == decode(Job, jobs(), selected=PART if partial else None)
    assert (
        {each.extra.is_partial for each in made}
        == {each.release.current_version.extra.is_partial for each in made}
        == {partial}
    )


def test_a_row_answers_what_plans_ask_of_a_dict():
    rows, _, _ = second_page(jobs())
    row, sent = rows[1], jobs()[1]
    assert (row["Id"], row.get("Id"), row.get("Brand"), row.get("None"), row.get("None", 5)) == (
        1,
        1,
        {"New": 1},
        None,
        5,
    )
    assert ("EndTime" in row, "Name" in row, [*row.keys()]) == (True, False, [*sent])
    assert row == sent
    assert sent == row
    assert row == second_page(jobs())[0][1] != rows[2]
    assert row.whole == sent
    assert identity(row) == identity(sent)
    with pytest.raises(KeyError):
        row["Name"]


@pytest.mark.parametrize(
    "changed",
    [
        {"Info": "a key that the page before had not"},
        {"Robot": "DocBot"},
        {"Robot": {"Id": 5}},
        {"Robot": {"Id": 5, "Name": "x", "Type": "y"}},
        {"Release": None},
        {"Release": {"Id": 7, "CreationTime": STAMP, "CurrentVersion": None, "Tags": [{"Name": "a"}]}},
        {"State": 5, "HasMediaRecorded": "no"},
    ],
)
def test_no_difference_between_pages_is_lost(changed):
    rows = [*jobs(), {**job(1), **changed}]
    read, _, _ = second_page(rows)
    assert read == rows


def test_a_page_without_a_key_of_the_one_before_is_read_as_it_is():
    rows = [{"Id": 1, "State": "Running"}]
    assert second_page(rows)[0] == rows
    read = StructPageReader(Job)
    assert [read(body(page))[0] for page in (jobs(), rows, jobs(), rows)] == [jobs(), rows, jobs(), rows]


def test_names_in_another_case_are_still_found():
    read = StructPageReader(Environment)
    for _ in range(3):
        rows, _, _ = read(body([{"NAME": "x", "ID": 3}]))
        assert decode(Environment, rows) == [Environment(name="x", id=3)]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html>",
        b'{"value":[{"Id":1}',
        b'{"value":null}',
        b'{"value":[5]}',
        b'{"value":[{"Id":NaN}]}',
        b"[" * 5_000,
    ],
)
def test_what_is_no_list_is_refused_as_ever_r23(text):
    read = StructPageReader(Job)
    read(body(jobs()))
    with pytest.raises(DecodeError) as caught:
        read(text)
    with pytest.raises(DecodeError) as plain:
        read_list(text)
    assert str(caught.value) == str(plain.value)


def test_a_byte_order_mark_and_texts_that_are_no_utf_8_are_judged_by_the_plain_reader_r23():
    assert StructPageReader(Job)(b"\xef\xbb\xbf" + body(jobs()))[0] == jobs()
    read = StructPageReader(Job)
    read(body(jobs()))
    assert read(b"\xef\xbb\xbf" + body(jobs()))[0] == jobs()
    with pytest.raises(DecodeError, match="is not JSON"):
        read(body(jobs()).replace(b"Running", b"Runn\xff", 1))


def test_an_error_in_such_a_page_names_entity_property_and_row(spoil):
    rows = jobs()
    where = spoil(rows[7])
    read, _, _ = second_page(rows)
    with pytest.raises(DecodeError) as caught:
        decode(Job, read)
    assert (caught.value.entity, caught.value.property, caught.value.row) == (*where, 7)


def keyed(key, number=0):
    return {"Id": number, "Key": key, "ReleaseVersionId": number}


KEYS = [str(UUID(int=(number << 64) + 0xAB)) for number in range(1, 10)]


@pytest.mark.parametrize(
    "write", [str, str.upper, lambda key: key.replace("-", ""), lambda key: f"{{{key}}}"]
)
def test_guids_are_made_of_every_way_to_write_them(write):
    read = StructPageReader(Job)
    pages = [[keyed(each(key), number) for number, key in enumerate(KEYS)] for each in (str, write, str)]
    made = [decode(Job, read(body(page))[0]) for page in pages]
    assert [[job.key for job in page] for page in made] == [[UUID(key) for key in KEYS]] * 3


@pytest.mark.parametrize(
    ("rows", "is_typed"),
    [
        ([keyed(key, number) for number, key in enumerate(KEYS)], True),
        ([keyed(key.upper(), number) for number, key in enumerate(KEYS)], False),  # a text would change
        ([keyed(KEYS[0], number) for number in range(9)], False),  # a cache is faster
        ([keyed(key) for key in KEYS], False),  # without an Id all that was sent tells rows apart
    ],
)
def test_guids_stay_as_sent_where_their_text_matters(rows, is_typed):
    read = StructPageReader(Job)
    read(body(rows))
    row = read(body(rows))[0][2]
    assert type(row) is not dict
    assert row.whole == rows[2]
    assert row["Key"] == (UUID(rows[2]["Key"]) if is_typed else rows[2]["Key"])


@pytest.mark.parametrize("value", ["5", 2**70, True, 1.5, "x", {}, [1]])
def test_a_value_of_another_type_than_on_the_page_before_is_judged_as_ever(value):
    page = [keyed(key, number) for number, key in enumerate(KEYS)]
    read = StructPageReader(Job)
    read(body(page))
    page[5]["ReleaseVersionId"] = value
    outcomes = []
    for rows in (read(json.dumps({"value": page}).encode())[0], page):
        try:
            outcomes.append([job.release_version_id for job in decode(Job, [*rows])])
        except DecodeError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]


def test_rows_of_several_pages_are_made_side_by_side():
    """A plan may hold back rows and give them with those of a later page."""
    read = StructPageReader(Job)
    others = [{"State": "Faulted", "Id": number} for number in range(9)]
    pages = [read(body(page))[0] for page in (jobs(), jobs(), others, others)]
    assert {type(row).__name__ for page in pages for row in page} == {"dict", "Row"}
    assert decode(Job, [row for page in pages for row in page]) == decode(
        Job, [*jobs(), *jobs(), *others, *others]
    )


json_values = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=3)
    | st.just(STAMP) | st.just([{}]) | st.just({"Id": 1})
)  # fmt: skip


def outcome(rows):
    try:
        return decode(Job, rows)
    except DecodeError as error:
        return error.entity, error.property, error.row


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutated_pages_are_read_as_json_reads_them(data):
    read = StructPageReader(Job)
    for _ in range(3):
        rows = jobs(5)
        for _ in range(data.draw(st.integers(0, 2))):
            row = rows[data.draw(st.integers(0, 4))]
            row = data.draw(
                st.sampled_from([row] + [value for value in row.values() if isinstance(value, dict)])
            )
            name = data.draw(st.sampled_from([*row, "Info"]))
            if data.draw(st.booleans()):
                row.pop(name, None)
            else:
                row[name] = data.draw(json_values)
        text = body(rows)
        expected = orjson.loads(text)["value"]
        found = read(text)[0]
        assert found == expected
        assert outcome(found) == outcome(copy.deepcopy(expected))
