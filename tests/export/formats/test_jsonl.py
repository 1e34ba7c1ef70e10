"""JSON Lines are the rows' own bytes."""

from __future__ import annotations

from itertools import chain

from uipath_odata.export.formats import SUFFIX, writer_of


def written(shape, *pages):
    writer = writer_of("jsonl", shape)
    return b"".join([*chain.from_iterable(map(writer.write, pages)), writer.close()])


def test_rows_are_not_decoded_and_encoded_again(logs):
    rows = [b'{"Id": 1.50, "B":"\\u0041"}', b'{"a":null}']
    assert written(logs, rows, [], rows[:1]) == b"\n".join([*rows, rows[0], b""])


def test_a_file_without_rows_is_empty(logs):
    assert written(logs) == b""
    assert SUFFIX["jsonl"] == ".jsonl"


def test_a_page_of_many_rows_is_the_lines_of_its_rows(logs):
    rows = [b'{"Id":%d}' % each for each in range(1_234)]
    assert written(logs, rows).splitlines() == rows
