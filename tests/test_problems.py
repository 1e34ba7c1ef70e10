"""Errors as strangers may see them."""

from __future__ import annotations

import inspect

import orjson
import pytest

from uipath_odata import errors
from uipath_odata.errors import OrchestratorError, OutcomeUnknown, QueryError, RateLimited, ResponseError

SECRET = "canary"
CLASSES = [
    each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, OrchestratorError)
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
    assert QueryError("x").to_problem()["status"] == 400
    assert ResponseError("x", status=401).to_problem()["status"] == 502
    assert errors.NotFound("x", status=404).to_problem()["status"] == 404
    assert "may have happened" in OutcomeUnknown("x").public_message
