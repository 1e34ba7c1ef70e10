from __future__ import annotations

import gc
import json
import weakref

import pytest

from uipath_odata.errors import DecodeError
from uipath_odata.odata.rows.columns import Columns, Foreseen
from uipath_odata.odata.rows.json_body import column_of
from uipath_odata.odata.rows.raw_json import raw_members_of
from uipath_odata.odata.rows.raw_row import read_raw_page

ROWS = [
    '{"Id":1,"TimeStamp":"2024-05-14T00:00:00.0000001Z","Message":"a\\r\\n\\u2028b","Robot":{"Id":9}}',
    '{ "TimeStamp" : null,\n\t"Id":2.50,\r\n"Message":"Größe 😀" }',
    '{"Id":9007199254740993,"":"bm90IHRoZSBieXRlcw==","raw":1,"class":2}',
    "{}",
]
NAMES = ("Id", "TimeStamp", "raw", "class")


def body(rows, begin=b""):
    return begin + b'{"@odata.count":7,"value":[%b],"@odata.nextLink":"x"}' % ",".join(rows).encode()


@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"], ids=["as UTF-8", "with a byte order mark"])
def test_rows_hold_what_their_bytes_say_whatever_is_asked_for(begin):
    rows, count, link = read_raw_page(body(ROWS, begin), NAMES)
    assert (count, link) == (7, "x")
    for row, text in zip(rows, ROWS, strict=True):
        sent = json.loads(text)
        for name in (*NAMES, "", "Message", "Robot", "Status"):
            assert row.get(name) == sent.get(name)
            assert (name in row) == (name in sent)
        assert json.loads(row.raw) == sent


def test_the_bytes_of_rows_are_those_that_were_sent_on_one_line():
    rows, _, _ = read_raw_page(body(ROWS), ("Id",))
    assert [row.raw.decode() for row in rows] == [text.replace("\n", " ").replace("\r", " ") for text in ROWS]


def test_a_property_that_was_read_and_not_sent_is_none_and_another_one_is_missing():
    ((row,), _, _) = read_raw_page(body(['{"Id":1}']), ("Id", "Status"))
    assert row["Status"] is None
    with pytest.raises(KeyError):
        row["Info"]


def test_a_row_with_fewer_properties_still_knows_what_was_read_of_it():
    ((row,), _, _) = read_raw_page(body(['{"Id":1,"Name":"a","Info":"b"}']), ("Id",))
    fewer = row.only(("Name", "Info", "Other"))
    assert (fewer["Id"], fewer.whole) == (1, {"Name": "a", "Info": "b"})
    assert fewer.only(("Info",)).whole == {"Info": "b"}
    assert row.whole == {"Id": 1, "Name": "a", "Info": "b"}


def test_a_row_with_fewer_properties_keeps_nothing_of_its_page():
    rows, _, _ = read_raw_page(body(['{"Id":1,"Name":"a"}', *["{}"] * 1_000]), ("Id",))
    fewer = rows[0].only(("Name",))
    page = weakref.ref(rows[0].properties)
    del rows
    gc.collect()
    assert (page(), fewer["Id"]) == (None, 1)


def test_a_row_that_holds_other_values_shows_them():
    ((row,), _, _) = read_raw_page(body(['{"Id":1,"Status":"New"}']), ("Id", "Status"))
    newer = row.holding(b'{"Id":1,"Status":"Successful","Output":{"a":null}}')
    assert (newer["Status"], newer["Output"], row["Status"]) == ("Successful", {"a": None}, "New")


@pytest.mark.parametrize("text", [b'{"value":[1]}', b'{"value":[{"Id":1}', b'{"value":5}', b"[]", b""])
def test_what_is_no_list_of_objects_is_an_error(text):
    with pytest.raises(DecodeError):
        read_raw_page(text, ("Id",))


HALF = rb'{"Id":1,"Message":"cut inside \ud83d"}'
HUGE = rb'{"Id":2,"Number":123456789012345678901234567890,"Float":1.10}'


def page(*rows):
    return b'{"@odata.count":7,"value":[%b]}' % b",".join(rows)


def test_half_a_surrogate_pair_and_numbers_of_any_length_stay_as_they_were_sent_r25():
    rows, count, link = read_raw_page(page(HALF, HUGE), ("Id",))
    assert [row.raw for row in rows] == [HALF, HUGE]
    assert [row["Id"] for row in rows] == [1, 2]
    assert rows[0]["Message"] == "cut inside \ud83d"
    assert (count, link) == (7, None)


def test_some_properties_of_a_row_are_the_texts_that_were_sent_r25():
    rows, _, _ = read_raw_page(page(HALF, HUGE), ("Id",))
    assert rows[0].only(("Message",)).raw == rb'{"Message":"cut inside \ud83d"}'
    assert rows[1].only(("Number", "Float", "Missing")).raw == HUGE.replace(b'"Id":2,', b"")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (page(HALF)[:-9], "was cut or changed on the way"),
        (b"<html>login</html>", "a page instead of JSON"),
        (page(HALF, b"7"), "/value/1 is not an object"),
        (page(b'{"Id":NaN}'), "is not JSON"),
        (page(HALF, b'{"Id":NaN}'), "is not JSON"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_whatever_else_it_holds_r25(body, message):
    with pytest.raises(DecodeError, match=message):
        read_raw_page(body, ("Id",))


def test_a_column_of_the_first_rows_is_theirs_alone():
    rows = read_raw_page(b'{"value":[{"Id":1},{"Id":2},{"Id":3}]}', ("Id",))[0]
    assert [*column_of(rows[:1], "Id")] == [1]
    assert [*column_of(rows[:2], "Id")] == [1, 2]
    assert [*column_of(rows, "Id")] == [1, 2, 3]


def test_a_column_of_rows_in_another_order_is_in_that_order():
    rows, _, _ = read_raw_page(b'{"value":[{"Id":1},{"Id":2},{"Id":3}]}', ("Id",))
    assert [*column_of(rows, "Id")] == [1, 2, 3]
    assert [*column_of(rows[::-1], "Id")] == [3, 2, 1]
    assert [*column_of(rows[1:], "Id")] == [2, 3]


@pytest.mark.parametrize("line_break", [b"\n", b"\r", b"\r\n"])
def test_a_raw_line_break_inside_of_a_text_is_refused_and_not_altered(line_break):
    body = b'{"value":[{"Id":1,"Message":"a' + line_break + b'b"}]}'
    with pytest.raises(DecodeError, match="control character inside of a text"):
        read_raw_page(body, ("Id",))
    assert read_raw_page(body.replace(line_break, b"").replace(b",", line_break + b","), ("Id",))


def read(foreseen, *rows, names=("Id",)):
    page, _, _ = read_raw_page(body(rows), names, foreseen)
    return page, page[0].properties


def test_a_page_tells_the_names_in_its_rows_and_the_text_of_each():
    foreseen = Foreseen(["Id", "Name", "Other"])
    rows, columns = read(foreseen, '{"Id":1,"Name":"a"}', '{"Name": {"b":2},"Id":3}', "{}")
    assert columns.row_names == ("Id", "Name", "Other")
    assert [row["Id"] for row in rows] == [1, 3, None]
    assert [text and bytes(text) for text in columns.texts("Name")] == [b'"a"', b'{"b":2}', None]


@pytest.mark.parametrize("name", ["ApiKey", "id", "@odata.id"])
def test_another_name_in_one_row_is_learned(name):
    foreseen = Foreseen(["Id"])
    rows, columns = read(foreseen, *['{"Id":1}'] * 999, f'{{"Id":2,"{name}":null}}')
    assert columns.row_names == foreseen.names == ("Id", name)
    assert [*map(bytes, filter(None, columns.texts(name)))] == [b"null"]
    assert rows[-1]["Id"] == 2
    assert read(foreseen, '{"Id":1}')[1].row_names == ("Id", name)


@pytest.mark.parametrize("name", ["Id\\u0000", "", "\\ud83d"])
def test_a_name_that_cannot_be_learned_leaves_a_page_without_an_answer(name):
    foreseen = Foreseen(["Id"])
    rows, columns = read(foreseen, f'{{"Id":2,"{name}":null}}')
    assert columns.row_names is None
    assert foreseen.names == ("Id",)
    assert rows[0]["Id"] == 2
    with pytest.raises(LookupError):
        columns.texts("Id")


def test_names_without_end_are_not_all_learned():
    foreseen = Foreseen(["Id"])
    known = [
        read(foreseen, *(f'{{"Id":1,"N{first + each}":1}}' for each in range(100)))[1].row_names
        for first in range(0, 1_000, 100)
    ]
    assert [names and len(names) for names in known] == [101, 201, *[None] * 8]
    assert len(foreseen.names) == 201


def test_a_property_that_is_read_is_foreseen_only_where_a_row_has_it():
    foreseen = Foreseen(["Id"])
    rows, columns = read(foreseen, '{"Id":1}', names=("Id", "IntValue"))
    assert columns.row_names == ("Id",)
    assert (rows[0]["Id"], rows[0]["IntValue"]) == (1, None)
    rows, columns = read(foreseen, '{"Id":1,"IntValue":5}', names=("Id", "IntValue"))
    assert columns.row_names == ("Id", "IntValue")
    assert rows[0]["IntValue"] == 5


def test_half_a_surrogate_pair_leaves_a_page_without_an_answer():
    foreseen = Foreseen(["Id", "Name"])
    rows, columns = read(foreseen, '{"Id":1,"Name":"\\ud83d"}', names=("Id", "Name"))
    assert columns.row_names is None
    assert rows[0]["Id"] == 1
    alone = rows[0].holding(b'{"Id":2,"Name":"a"}').properties
    assert alone.row_names == ("Id", "Name")
    assert alone.at(0).row_names is None
    assert Columns(("Id",), b'{"value":[]}').row_names is None


def members_of_all(body):
    rows, *_ = read_raw_page(body, ("Id",))
    return [raw_members_of(row.raw) for row in rows]


@pytest.mark.parametrize("depth", [1_000, 50_000])
@pytest.mark.parametrize("before", [b"", b'"Name":"\\ud83d",'])
def test_a_row_that_is_nested_too_deep_is_said_to_be_that(depth, before):
    row = b'{"Id":1,%b"X":%b%b}' % (before, b"[" * depth, b"]" * depth)
    with pytest.raises(DecodeError, match="nested too deep"):
        members_of_all(b'{"value":[%b]}' % row)


@pytest.mark.parametrize("fault", [b"{", b'{"a":1', b'{"a" 1}', b"[1]"])
def test_what_is_not_an_object_is_said_to_be_that(fault):
    with pytest.raises(DecodeError, match="is not a JSON object, so that it was cut or altered"):
        raw_members_of(fault)
