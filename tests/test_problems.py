"""Errors as strangers may see them."""

from __future__ import annotations

import inspect

import orjson
import pytest

from uipath_odata import errors, parse_filter, query_from
from uipath_odata.entities import Job
from uipath_odata.errors import (
    InvalidInput,
    OrchestratorError,
    OutcomeUnknown,
    QueryError,
    RateLimited,
    ResponseError,
)
from uipath_odata.execution.cursor.seal import CursorSeal, Position

SECRET = "canary"
CLASSES = [
    each
    for each in vars(errors).values()
    if inspect.isclass(each) and issubclass(each, OrchestratorError) and each is not InvalidInput
]


@pytest.mark.parametrize("kind", CLASSES)
def test_the_public_text_of_every_error_has_nothing_internal(kind):
    error = kind.__new__(kind, SECRET)
    error.args = (SECRET,)
    vars(error).update(message=SECRET, url=SECRET, retry_after=None)
    problem = error.to_problem()
    assert SECRET not in error.public_message
    assert SECRET.encode() not in orjson.dumps(problem)
    assert problem["status"] == error.public_status
    assert 400 <= problem["status"] <= 599
    assert problem["detail"].endswith(".")
    assert {"type", "title", "status", "detail"} <= set(problem)


def test_statuses_are_those_that_a_caller_can_act_on():
    limited = RateLimited("x", status=429, retry_after=1.2)
    assert limited.to_problem() == {
        "type": "about:blank",
        "title": "Too many requests",
        "status": 429,
        "detail": "Too many requests. Try again later.",
        "retry_after": 2,
    }
    for wait, told in ((0, 1), (1e30, 86_400), (float("inf"), 86_400)):
        assert RateLimited("x", status=429, retry_after=wait).to_problem()["retry_after"] == told
    assert QueryError("x").to_problem()["status"] == 400
    assert ResponseError("x", status=401).to_problem()["status"] == 502
    assert errors.NotFound("x", status=404).to_problem()["status"] == 404
    assert "may have happened" in OutcomeUnknown("x").public_message


FOREIGN = CursorSeal.of("jobs", (b"k" * 16,)).text(Position("offset", "after", 1))


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda: query_from(Job, {"sate": "Faulted"}, filters={"state": Job.state}), "'sate' is not known"),
        (lambda: query_from(Job, {"size": "0"}, filters={}), "from 1 to 100"),
        (lambda: parse_filter(Job, "Key eq 1", allow=[Job.state]), "'Key eq 1' at character 1"),
        (lambda: parse_filter(Job, "x" * 3_000, allow=[Job.state]), "3000 characters"),
        (lambda: CursorSeal.of("jobs").position("x"), "the cursor is not one of this list"),
        (lambda: CursorSeal.of("jobs").position(FOREIGN), "a key that is not known"),
    ],
)
def test_whoever_sent_what_cannot_be_used_is_told_why(read, said):
    with pytest.raises(InvalidInput) as caught:
        read()
    problem = caught.value.to_problem()
    assert problem["status"] == 400
    assert said in problem["detail"]
    assert problem["detail"] == f"{caught.value}."
