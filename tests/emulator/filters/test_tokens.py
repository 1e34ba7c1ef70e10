from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odata_query import ast

from uipath_odata.emulator.filters.parser import node_count, parse
from uipath_odata.emulator.filters.tokens import repaired
from uipath_odata.emulator.http.answers import Refusal


def oasis(section):
    text = Path(__file__).with_name("oasis_filters.txt").read_text(encoding="utf-8")
    found = next(part for part in text.split("\n# ") if part.startswith(section))
    return [line for line in found.split("\n")[1:] if line]


@pytest.mark.parametrize("text", oasis("read"))
def test_an_oasis_filter_is_read(text):
    assert parse(text) is not None


@pytest.mark.parametrize("text", oasis("refused, as") + oasis("refused, although"))
def test_an_oasis_filter_outside_of_what_is_read_is_refused_and_never_misread(text):
    with pytest.raises(Refusal) as refused:
        parse(text)
    assert (refused.value.message, refused.value.error_code) == ("Invalid OData query options.", 1000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Id eq 123L", "Id eq 123"),
        ("Id in (5l)", "Id in (5,)"),
        ("Name in ('a')", "Name in ('a',)"),
        ("Name in ( 'a' ) or Name in ('b','c')", "Name in ('a',) or Name in ('b','c')"),
        ("length(Name) in (1)", "length(Name) in (1,)"),
        ("Id in ()", "Id in ()"),
        ("Id in (1", "Id in (1"),
        ("not(Id eq 1)", "not (Id eq 1)"),
        (
            "AllowedX eq 1 and Robot/AnyName eq 'x'",
            "property.AllowedX eq 1 and Robot/property.AnyName eq 'x'",
        ),
        ("NullableX eq null", "property.NullableX eq null"),
        ("TrueName eq true", "property.TrueName eq true"),
        ("Tags/any(all:all/Name eq 'x')", "Tags/any(property.all:property.all/Name eq 'x')"),
        ("T gt 0001-01-01T00:00:00Z", "T gt edm.DateTimeOffset('0001-01-01T00:00:00Z')"),
        ("D eq 0999-12-31", "D eq edm.Date('0999-12-31')"),
        ("time(T) eq 07:59", "time(T) eq 07:59:00"),
        ("Color eq Sales.Pattern'Yellow'", "Color eq 'Yellow'"),
        ("D eq duration'PT1S'", "D eq duration'PT1S'"),
        (" Name\teq 'x' ", "Name eq 'x'"),
        ("now( ) gt T", "now() gt T"),
    ],
)
def test_a_gap_of_the_parser_is_repaired(text, expected):
    assert repaired(text) == expected
    if expected not in {"Id in ()", "Id in (1"}:
        parse(text)


@given(st.text(alphabet="any in(1)not(5L)allX0001-01-01T,'/ \té", max_size=30))
def test_a_string_literal_is_never_touched(content):
    text = f"Name eq '{content.replace(chr(39), chr(39) * 2)}'"
    assert repaired(text) == text
    assert parse(text).right == ast.String(content)


def test_a_path_of_three_segments_before_a_lambda_is_refused_instead_of_crashing():
    with pytest.raises(Refusal):
        parse("A/B/C/any(x:x eq 1)")


def test_twenty_ored_equalities_stay_under_a_hundred_nodes_and_twenty_one_do_not():
    """R62: ``RobotId eq`` with 21 or more terms was refused by real tenants."""
    assert node_count(parse(" or ".join(["RobotId eq 1"] * 20))) <= 100
    with pytest.raises(Refusal, match="node count limit of '100'"):
        parse(" or ".join(["RobotId eq 1"] * 21))


def test_a_long_in_list_counts_as_one_node():
    assert node_count(parse(f"Id in ({','.join(map(str, range(50)))})")) < 10
