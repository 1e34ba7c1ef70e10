"""Options come as texts: known ones alone, each with its type."""

from __future__ import annotations

import pytest

from uipath_odata.engines.source_options import SourceOptions
from uipath_odata.errors import QueryError


def test_each_option_has_its_type():
    texts = {
        "set": "Jobs",
        "select": "Id, State",
        "target_rows": "5",
        "all_folders": "TRUE",
        "pushdown": "false",
    }
    read = SourceOptions.of(texts)
    assert (read.set, read.select, read.target_rows, read.all_folders) == ("Jobs", ("Id", "State"), 5, True)
    assert not read.pushdown
    assert read.lanes == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"set": "Jobs", "targetRows": "5"}, "did you mean target_rows"),
        ({"set": "Jobs", "colour": "red"}, "there are all_folders, connection, filter"),
        ({}, "the option set is missing"),
        ({"set": "Jobs", "lanes": "two"}, "lanes is 'two': give a whole number"),
        ({"set": "Jobs", "all_folders": "yes"}, "all_folders is 'yes': write true or false"),
    ],
)
def test_what_is_not_an_option_is_refused(options, said):
    with pytest.raises(QueryError, match=said):
        SourceOptions.of(options)


def test_the_columns_are_known_without_a_request():
    names = SourceOptions(set="Jobs", select=("Id", "State"), all_folders=True).schema.names
    assert names == ["State", "Id", "_folder_id", "_folder_path", "_extra"]
    with pytest.raises(QueryError, match="did you mean Jobs"):
        _ = SourceOptions(set="jobs").schema


def test_a_further_filter_is_joined():
    assert SourceOptions(set="Jobs").narrowed("Id ne 7").filter == "Id ne 7"
    both = SourceOptions(set="Jobs", filter="Id eq 1 or Id eq 2").narrowed("Id ne 7")
    assert both.filter == "(Id eq 1 or Id eq 2) and Id ne 7"
    assert both.narrowed(None) == both
