from __future__ import annotations

import pytest

from uipath_odata.entities import Tag
from uipath_odata.errors import DecodeError, QueryError
from uipath_odata.workflows.jobs.arguments import arguments_text, fits_in_request, parsed_arguments


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (None, None),
        ({}, "{}"),
        ({"in_Name": "x", "n": [1, None]}, '{"in_Name":"x","n":[1,null]}'),
        ('{"a": 1}', '{"a": 1}'),
        (Tag(name="x"), '{"Name":"x"}'),
    ],
)
def test_arguments_are_a_dict_a_text_or_an_entity(given, text):
    assert arguments_text(given) == text


@pytest.mark.parametrize("given", ["", "x", "[1]", "null", '{"a": NaN}', 7, ["x"]])
def test_anything_else_is_refused(given):
    with pytest.raises(QueryError):
        arguments_text(given)


def test_ten_thousand_characters_fit_as_dotnet_counts_them():
    assert fits_in_request("x" * 10_000)
    assert not fits_in_request("x" * 10_001)
    assert not fits_in_request("\N{GRINNING FACE}" * 5_001)


@pytest.mark.parametrize(
    ("text", "output"), [(None, {}), ("", {}), (" ", {}), ("null", {}), ('{"a":1}', {"a": 1})]
)
def test_output_is_a_dict(text, output):
    assert parsed_arguments(text) == output


def test_output_that_is_no_object_is_not_silently_nothing():
    with pytest.raises(DecodeError, match="output_arguments"):
        parsed_arguments("[1]")
