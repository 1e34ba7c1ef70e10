"""The parameters of a stranger's request."""

from __future__ import annotations

import contextlib
from random import Random

import pytest
from multidict import MultiDict

from uipath_odata import Query, query_from
from uipath_odata.entities import Job
from uipath_odata.errors import QueryError

FILTERS = {
    "state": Job.state,
    "end": Job.end_time,
    "id": Job.id,
    "key": Job.key,
    "name": Job.release_name,
    "media": Job.has_media_recorded,
}
SORT = {"end": Job.end_time, "id": Job.id}


def read(params):
    return query_from(Job, params, filters=FILTERS, sort=SORT, max_size=100)


@pytest.mark.parametrize(
    ("params", "options"),
    [
        ({}, {"$top": "100"}),
        ({"state": "Faulted", "size": "20"}, {"$filter": "State eq 'Faulted'", "$top": "20"}),
        ({"state": ["Faulted", "Stopped"]}, {"$filter": "State in ('Faulted','Stopped')", "$top": "100"}),
        ({"end.ge": "2024-05-14T12:00:00Z"}, {"$filter": "EndTime ge 2024-05-14T12:00:00Z", "$top": "100"}),
        (
            {"end.lt": "2024-05-14T12:00:00 02:00"},
            {"$filter": "EndTime lt 2024-05-14T10:00:00Z", "$top": "100"},
        ),
        ({"name.contains": "O'Brien"}, {"$filter": "contains(ReleaseName,'O''Brien')", "$top": "100"}),
        ({"media": "true", "id.gt": "5"}, {"$filter": "HasMediaRecorded eq true and Id gt 5", "$top": "100"}),
        ({"sort": "-end,id"}, {"$orderby": "EndTime desc,Id", "$top": "100"}),
        ({"after": "x", "total": "1"}, {"$top": "100"}),
    ],
)
def test_what_is_allowed_becomes_a_query(params, options):
    assert read(params).options == options


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"stat": "Faulted"}, "'stat' is not known: use state, end"),
        ({"page": "2"}, ", sort, size, after, total"),
        ({"state": "Broken"}, "one of Pending, Running"),
        ({"id": "5 or 1 eq 1"}, "a whole number"),
        ({"id": "9" * 400}, "give a whole number"),
        ({"id": "9" * 19}, "does not fit"),
        ({"id": "١٢"}, "give a whole number"),
        ({"id": "1_000"}, "give a whole number"),
        ({"id": " 5"}, "give a whole number"),
        ({"name": "\ud83d"}, "whole characters"),
        ({"name": "a\0b"}, "NUL"),
        ({"key": "x"}, "a GUID"),
        ({"end": "2024-05-14T12:00:00"}, "a date-time with its zone"),
        ({"media": "yes"}, "true or false"),
        ({"state.gt": "Faulted"}, "does not fit"),
        ({"name.like": "x"}, "compares in no known way"),
        ({"end.ge": ["2024-05-14T12:00:00Z"] * 2}, "given 2 times"),
        ({"id": ["1"] * 21}, "21 values and 20 are allowed"),
        ({"name": "x" * 501}, "at most 500 characters"),
        ({"sort": "state"}, "use end, id"),
        ({"size": "101"}, "from 1 to 100"),
        ({"size": "-1"}, "from 1 to 100"),
        ({"size": ["5", "7"]}, "from 1 to 100"),
        ({"sort": "end,-end"}, "names something twice"),
        ({"size": "²"}, "from 1 to 100"),
    ],
)
def test_what_is_not_allowed_is_an_error_that_may_be_shown(params, says):
    with pytest.raises(QueryError) as caught:
        read(params)
    assert says in str(caught.value)
    assert "Job" not in str(caught.value)


def test_what_the_program_reads_itself_is_not_looked_at():
    assert read({"after": "x" * 4_000, "total": 5}).options == {"$top": "100"}
    with pytest.raises(QueryError, match="'after' is not known"):
        query_from(Job, {"after": "x"}, filters={}, ignore=())
    filters = {"after": Job.state}  # a filter's name goes first
    assert query_from(Job, {"after": "Faulted"}, filters=filters).options["$filter"] == "State eq 'Faulted'"


def test_multi_dicts_are_taken():
    assert read(MultiDict([("state", "Faulted"), ("state", "Stopped")])).options["$filter"] == (
        "State in ('Faulted','Stopped')"
    )


def test_any_parameters_are_a_query_or_an_error():
    chance = Random(7)
    for _ in range(3_000):
        name = chance.choice([*FILTERS, "sort", "size", "x"]) + chance.choice(["", ".ge", ".contains", ".x"])
        text = "".join(chance.choices("0159-:.TZ'ae +é\0\ud800", k=chance.randrange(25)))
        with contextlib.suppress(QueryError):
            assert isinstance(read({name: chance.choice([text, [text, text]])}), Query)
