"""What an error of one request means for its stream."""

from __future__ import annotations

import pytest

from uipath_odata.errors import BadRequest, ConnectionFailed, DecodeError, NotFound, ServerError, Unauthorized
from uipath_odata.execution.prefetch import Setback, classify


def _answered(kind):
    return kind("No.", status=400, method="GET", url="https://localhost", attempts=1)


@pytest.mark.parametrize(
    ("error", "dispensable"),
    [
        (_answered(BadRequest), True),
        (_answered(NotFound), True),
        (_answered(ServerError), True),
        (_answered(Unauthorized), False),
        (ConnectionFailed("No."), False),
    ],
)
def test_a_plan_does_without_what_the_server_will_not_give_where_it_can(error, dispensable):
    wanted = Setback.DISPENSABLE if dispensable else Setback.REFUSED
    assert classify(error, refusable=True, repeated=False) is wanted
    assert classify(error, refusable=False, repeated=False) is Setback.REFUSED


@pytest.mark.parametrize("refusable", [True, False])
def test_an_answer_that_cannot_be_read_is_asked_for_once_more(refusable):
    garbled = DecodeError("The body is cut.")
    assert classify(garbled, refusable=refusable, repeated=False) is Setback.GARBLED
    assert classify(garbled, refusable=refusable, repeated=True) is Setback.REFUSED
