"""R60: a write whose answer is lost says by what its effect is found."""

from __future__ import annotations

import json
import pickle

import pytest
from yarl import URL

from uipath_odata import entities
from uipath_odata.errors import OutcomeUnknown
from uipath_odata.transport.errors.status import outcome_unknown
from uipath_odata.transport.request import Request

CONTENT = {"Reference": "of the content"}


def error_of(operation, body, **facts):
    sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(method="POST", path="/x", repeatable=False, operation=operation, body=sent, **facts)
    return outcome_unknown(request, URL("https://o.example.com/x"), "the answer is lost")


@pytest.mark.parametrize(
    ("operation", "body", "found"),
    [
        (
            "Queues.AddQueueItem",
            {"itemData": {"Name": "q", "Reference": "r", "SpecificContent": CONTENT}},
            {"Reference": ("r",)},
        ),
        (
            "Queues.BulkAddQueueItems",
            {"queueName": "q", "queueItems": [{"Reference": "r"}, {"Name": "q"}, {"Reference": "s"}]},
            {"Reference": ("r", "s")},
        ),
        (
            "Jobs.StartJobs",
            {"startInfo": {"ReleaseKey": "k", "Reference": "r", "BatchExecutionKey": "b"}},
            {"Reference": ("r",), "BatchExecutionKey": ("b",)},
        ),
    ],
)
def test_r60_an_effect_is_found_by_what_the_request_carried(operation, body, found):
    error = error_of(operation, body)
    assert error.find_by == found
    assert "look for it by what find_by holds before you repeat it, with orchestrator." in str(error)
    assert "'r'" not in str(error)
    assert pickle.loads(pickle.dumps(error)).find_by == found


@pytest.mark.parametrize("operation", ["Queues.AddQueueItem", "Jobs.StartJobs"])
@pytest.mark.parametrize("body", [{"itemData": {"SpecificContent": CONTENT}}, {}, [1], None])
def test_r60_what_carried_nothing_says_how_the_next_is_found(operation, body):
    error = error_of(operation, body)
    assert error.find_by == {}
    assert "with a reference= of its own it is found by orchestrator." in str(error)


def test_r60_other_writes_are_looked_for_by_their_effect():
    error = error_of("Robots.create", {"Reference": "r"})
    assert (type(error), error.find_by) == (OutcomeUnknown, {})
    assert str(error).endswith("look for its effect before you repeat it")


def test_r60_the_names_in_the_advice_exist():
    names = (entities.Job.reference, entities.Job.batch_execution_key, entities.QueueItem.reference)
    assert [str(each) for each in names] == ["Reference", "BatchExecutionKey", "Reference"]
