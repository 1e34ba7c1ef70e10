from __future__ import annotations

from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.errors import DecodeError
from uipath_odata.odata.rows.json_body import as_array, as_object, collection_of, parse, value_of

PAGE = orjson.dumps(
    {"@odata.context": "x", "@odata.count": 2, "value": [{"Id": 1, "Name": "Söhne"}, {"Id": 2}]}
)
LOGIN = b"""<!DOCTYPE html><html><head><style>body{color:red}</style><script>var token = "s3cret";</script>
<title>Sign in</title></head><body onload="x()"><h1>Sign in\x07 to UiPath</h1></body></html>"""


def refused(make):
    with pytest.raises(DecodeError) as caught:
        make()
    return str(caught.value)


@pytest.mark.parametrize("body", [PAGE, b"\xef\xbb\xbf" + PAGE, b"\r\n " + PAGE + b"\n"])
def test_utf8_json_is_read_with_or_without_bom_r21(body):
    assert parse(body)["value"][0]["Name"] == "Söhne"


@given(st.integers(0, len(PAGE) - 1))
def test_no_cut_body_is_an_empty_list_r22(end):
    assert ": " in refused(lambda: parse(PAGE[:end]))


@pytest.mark.parametrize("rest", [b"x", b"}", b"\x00", b",", PAGE, b"<html>"])
def test_junk_behind_the_body_is_refused_r22(rest):
    assert "was cut or changed on the way, ask again" in refused(lambda: parse(PAGE + rest))


@pytest.mark.parametrize("body", [b"", b" \r\n", b"\xef\xbb\xbf"])
def test_an_empty_body_is_no_empty_list_r22(body):
    assert "the body is empty where JSON was expected: ask again" in refused(lambda: parse(body))


def test_a_page_of_html_is_named_by_its_words_r20():
    message = refused(lambda: parse(LOGIN))
    assert "a page instead of JSON ('Sign in Sign in to UiPath')" in message
    assert "check the URL, the organization and the tenant" in message
    assert "s3cret" not in message
    assert len(refused(lambda: parse(b"<p>" + b"word " * 10_000))) < 500
    assert "a page instead of JSON" in refused(lambda: parse(b"\xef\xbb\xbf  <html>"))


@pytest.mark.parametrize(
    "body",
    [b"NaN", b"[NaN]", b"[Infinity]", b"[-Infinity]", b"[1,]", b"{'a':1}", b'["\xff"]', b"\xff\xfe[\x00]\x00", b"[01]"],
)  # fmt: skip
def test_what_is_not_json_is_refused_with_its_place_r25(body):
    message = refused(lambda: parse(body))
    assert f"of {len(body)} bytes" in message


@pytest.mark.parametrize("body", [b"[" * 10_000, b"[" * 10_000 + b"]" * 10_000])
def test_what_is_nested_too_deep_is_said_to_be_that(body):
    assert "nested too deep: leave the property out" in refused(lambda: parse(body))


def test_half_a_surrogate_pair_stays_in_its_text_r25():
    assert parse(rb'{"Id":1,"Message":"cut inside \ud83d"}') == {"Id": 1, "Message": "cut inside \ud83d"}
    refused(lambda: parse(rb'{"Id":NaN,"Message":"cut inside \ud83d"}'))


def test_whole_numbers_are_exact_to_64_bits_and_the_last_of_equal_keys_counts_r25():
    assert parse(b"[9223372036854775807,-9223372036854775808,18446744073709551615]") == [
        2**63 - 1,
        -(2**63),
        2**64 - 1,
    ]
    assert parse(b'{"Id":1,"Id":2}') == {"Id": 2}


def test_a_list_gives_rows_count_and_link():
    assert collection_of(parse(PAGE)) == ([{"Id": 1, "Name": "Söhne"}, {"Id": 2}], 2, None)
    assert collection_of({"value": [], "@odata.nextLink": "Jobs?$skip=1"}) == ([], None, "Jobs?$skip=1")
    assert collection_of({"value": [], "@odata.nextLink": 5}) == ([], None, None)


@pytest.mark.parametrize(
    ("sent", "count"),
    [
        (5, 5),
        ("5", 5),
        (0, 0),
        (None, None),
        (-1, None),
        ("-1", None),
        (True, None),
        (1.5, None),
        ("x", None),
        ("\u0665", None),
        ([], None),
    ],
)
def test_a_count_is_a_hint_that_may_be_a_text_or_nonsense_r28(sent, count):
    assert collection_of({"value": [], "@odata.count": sent})[1] == count


@pytest.mark.parametrize(
    "payload", [None, 5, "x", [], [{}], {}, {"value": None}, {"value": {}}, {"Value": []}, {"error": {}}]
)
def test_what_is_no_list_is_refused_with_its_pointer_r23(payload):
    assert "the answer is not a list, /value is missing or not an array" in refused(
        lambda: collection_of(payload)
    )


@pytest.mark.parametrize("row", [None, 5, "x", [], True])
def test_a_row_that_is_no_object_is_refused_with_its_pointer_r23(row):
    with pytest.raises(DecodeError, match="/value/1 is not an object but") as caught:
        collection_of({"value": [{}, row]})
    assert caught.value.row == 1


def test_values_are_unwrapped():
    assert value_of({"@odata.context": "x", "value": 5}) == 5
    assert value_of({"value": [1]}) == [1]
    assert value_of({"Id": 1}) == {"Id": 1}
    assert value_of([1]) == [1]
    assert value_of(None) is None
    assert (as_object({}), as_object([]), as_array([]), as_array({})) == ({}, None, [], None)


@pytest.mark.parametrize("text", ["18446744073709551616", "-9223372036854775809", "12345678901234567890123"])
def test_integers_of_any_length_stay_exact(text):
    assert parse(b'{"value":[{"N":%b}]}' % text.encode()) == {"value": [{"N": int(text)}]}


@pytest.mark.parametrize("text", ["1e999", "-1E400", "1.5e309"])
def test_a_number_that_no_float_holds_stays_exact(text):
    (row,) = parse(b'[{"N":%b,"X":0.5}]' % text.encode())
    assert row == {"N": Decimal(text), "X": 0.5}
    assert type(row["X"]) is float
