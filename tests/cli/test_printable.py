from __future__ import annotations

import pytest

from uipath_odata.cli.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain Größe ✓ 日本", "plain Größe ✓ 日本"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("\x9b2Jcleared", "2Jcleared"),
        ("\x1b]0;title\x07", "]0;title"),
        ("one\r\ntwo\x00three\u2028four", "one two three four"),
        ("\u202egpj.exe", "gpj.exe"),
        ("half a pair \ud800", "half a pair"),
        (" \t", ""),
    ],
)
def test_r106_a_text_is_shown_as_one_line_that_steers_nothing(text, shown):
    assert printable(text) == shown


def test_r106_no_control_character_is_left():
    every = "".join(map(chr, range(0x100)))
    assert not set(printable(every)) & {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))}
