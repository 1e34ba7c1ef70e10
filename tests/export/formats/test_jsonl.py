"""JSON Lines are the rows' own bytes."""

from __future__ import annotations

from itertools import chain

import orjson
import pytest

from uipath_odata.export.formats import SUFFIX, writer_of


def written(shape, *pages):
    writer = writer_of("jsonl", shape)
    return b"".join([*chain.from_iterable(map(writer.write, pages)), writer.close()])


def test_rows_are_not_decoded_and_encoded_again(logs):
    rows = [b'{"Id": 1.50, "B":"\\u0041"}', b'{"a":null}']
    assert written(logs, rows, [], rows[:1]) == b"\n".join([*rows, rows[0], b""])


@pytest.mark.parametrize("break_", [b"\n", b"\r\n", b"\r"])
def test_line_breaks_between_tokens_become_spaces_and_change_no_value(logs, break_):
    row = break_.join([b"{", b'"Message":', b'"a\\nb"', b"}"])
    text = written(logs, [b'{"Id":1}', row])
    assert text.splitlines() == [b'{"Id":1}', row.replace(b"\r", b" ").replace(b"\n", b" ")]
    assert orjson.loads(text.splitlines()[1]) == {"Message": "a\nb"}


def test_a_byte_order_mark_before_a_row_is_left_out(logs):
    assert written(logs, [b'\xef\xbb\xbf{"Id":1}']) == b'{"Id":1}\n'


def test_a_file_without_rows_is_empty(logs):
    assert written(logs) == b""
    assert SUFFIX["jsonl"] == ".jsonl"


def test_a_page_of_many_rows_is_the_lines_of_its_rows_wherever_one_is_unusual(logs):
    rows = [b'{"Id":%d}' % each for each in range(2_000)]
    for place in (0, 499, 500, 1_999):
        sent = [*rows[:place], b'{"Id":\n%d}' % place, *rows[place + 1 :]]
        assert written(logs, sent).splitlines() == [row.replace(b"\n", b" ") for row in sent]
