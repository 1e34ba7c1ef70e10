"""JSON Lines are the rows' own bytes."""

from __future__ import annotations

from itertools import chain

import orjson
import pytest

from uipath_odata.export.formats import SUFFIX, writer_of


def written(shape, *pages, **options):
    writer = writer_of("jsonl", shape, **options)
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


HALF = "\\ufffd"
HALVES = [
    (r"a\ud83d", f"a{HALF}"),
    (r"\uDE00b", f"{HALF}b"),
    (r"\ud83d\ud83d\ude00\udc00", rf"{HALF}\ud83d\ude00{HALF}"),
    (r"\ud83dx\ude00", f"{HALF}x{HALF}"),
    (r"\ud83d\n\ude00", rf"{HALF}\n{HALF}"),
    (r"\ud83d\u0041", rf"{HALF}\u0041"),
]


@pytest.mark.parametrize(("sent", "told"), HALVES)
@pytest.mark.parametrize("kind", [bytes, memoryview])
def test_halves_of_characters_are_replaced_where_that_was_asked_for(logs, sent, told, kind):
    row, wanted = (b'{"%b":"%b"}' % (text.encode(), text.encode()) for text in (sent, told))
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(row)
    assert written(logs, [kind(row)]) == row + b"\n"
    assert written(logs, [kind(row)], replace_surrogates=True) == wanted + b"\n"
    orjson.loads(wanted)


@pytest.mark.parametrize("text", [r"\ud83d\ude00", r"C:\\ud83d", r"\\\\uDE00", r"\u00e9", "\U0001f600"])
def test_what_is_whole_stays_as_it_was_sent(logs, text):
    row = b'{"Message":"%b"}' % text.encode()
    orjson.loads(row)
    assert written(logs, [row], replace_surrogates=True) == row + b"\n"
