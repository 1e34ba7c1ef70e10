from __future__ import annotations

import time

import pytest

from uipath_odata.errors import DecodeError
from uipath_odata.odata.page_text import visible_text
from uipath_odata.odata.rows.json_body import parse


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (b"<h1>Busy</h1><SCRIPT>var a = '<b>'", ["Busy"]),
        (b"<h1>Busy</h1><script>x</script >later", ["Busy", "later"]),
        (b"<style>p{}</STYLE>a<br/>b", ["a", "b"]),
        (b"a < b", ["a"]),
        (b"plain", ["plain"]),
        (b"", []),
    ],
)
def test_what_stands_between_tags_is_shown(page, text):
    assert visible_text(page).split() == text


def cost(page):
    def once():
        began = time.process_time_ns()
        with pytest.raises(DecodeError):
            parse(page)
        return time.process_time_ns() - began

    return min(once() for _ in range(5))


@pytest.mark.parametrize("page", [b"<" * 20_000, b"<script>" * 2_500, b"<style><" * 2_500, b"<a>" * 6_600])
def test_a_page_in_the_place_of_rows_costs_no_more_than_its_length(page):
    """The processor's time, not the wall's: a pattern that looks ahead from each tag takes 10,000 times as long."""
    assert cost(page) < 1_000 * cost(b"<" + 20_000 * b"x")
