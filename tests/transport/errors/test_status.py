from __future__ import annotations

import pickle
from random import Random

import attrs
import pytest
from multidict import CIMultiDict
from yarl import URL

from uipath_odata.errors import (
    BadRequest,
    Conflict,
    ConnectionFailed,
    FolderRequired,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    ResponseError,
    ServerError,
    Unauthorized,
)
from uipath_odata.local.log_line import LogPlace
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.errors.status import raise_for_status
from uipath_odata.transport.request import Request, Response
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.retry.progress import Progress, RetryContext

URL_OF_JOBS = URL("https://o.example.com/odata/Jobs(5)?$filter=Name%20eq%20%27secret%27", encoded=True)
READ = Request(path="/odata/Jobs(5)", repeatable=True, operation="Jobs.get")
WRITE = Request(method="POST", path="/odata/Jobs", repeatable=False)


def outcome(status, body=b"", *, request=READ, headers=(), before=False, attempts=1):
    answer = Response(status, CIMultiDict(headers), body, attempts)
    context = RetryContext(RetryPolicy(), Clock(wall=lambda: 1_000.0), Random(1))
    return raise_for_status(
        Progress(request, URL_OF_JOBS, context, LogPlace("acme"), maybe_done=before), answer
    )


def error_of(status, body=b"", **facts):
    with pytest.raises(ResponseError) as caught:
        outcome(status, body, **facts)
    return caught.value


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207])
def test_success_is_the_answer_itself(status):
    assert outcome(status, b"{}").status == status


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (402, ResponseError),
        (403, Forbidden),
        (404, NotFound),
        (405, ResponseError),
        (408, ServerError),
        (409, Conflict),
        (412, Conflict),
        (415, ResponseError),
        (428, Conflict),
        (429, RateLimited),
        (500, ServerError),
        (501, ResponseError),
        (503, ServerError),
        (599, ServerError),
        (600, ServerError),
    ],
)
def test_the_table(status, kind):
    """R51, R52."""
    error = error_of(status, b'{"message":"Said so","errorCode":7,"traceId":"t"}', attempts=2)
    assert type(error) is kind
    assert (error.status, error.error_code, error.trace_id, error.attempts) == (status, 7, "t", 2)
    assert (error.method, error.url) == ("GET", "https://o.example.com/odata/Jobs(5)")
    assert "Said so. " in str(error)
    assert "secret" not in str(error)


def test_a_missing_folder_says_how_to_give_one():
    error = error_of(400, b'{"message":"A folder is required for this action.","errorCode":1101}')
    assert type(error) is FolderRequired
    assert 'orchestrator.folder("Shared/Finance")' in str(error)


def test_the_code_counts_and_not_the_words():
    assert (
        type(error_of(400, b'{"message":"A folder is required for this action.","errorCode":1}'))
        is BadRequest
    )
    assert type(error_of(404, b'{"message":"?","errorCode":1101}')) is NotFound


def test_an_unknown_folder_is_to_be_checked():
    assert "Check the folder" in str(error_of(400, b'{"message":"No access.","errorCode":1100}'))


@pytest.mark.parametrize("status", [401, 403])
def test_r35_the_missing_scope_is_named(status):
    challenge = {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="OR.Jobs OR.Jobs.Read"'}
    assert "Grant the scope OR.Jobs OR.Jobs.Read" in str(error_of(status, headers=challenge))
    assert "Grant the scope" not in str(error_of(404, headers=challenge))


def test_r35_a_refused_operation_names_the_scopes_that_it_needs():
    request = attrs.evolve(READ, scopes=("OR.Jobs", "OR.Jobs.Read"))
    assert "the scope OR.Jobs or OR.Jobs.Read" in str(error_of(403, request=request))
    assert "the token has the scope OR.Jobs or OR.Jobs.Read" in str(error_of(401, request=request))
    assert "OR.Jobs" not in str(error_of(404, request=request))


def test_a_refused_operation_names_the_permissions_that_it_needs():
    request = attrs.evolve(READ, permissions=("Jobs.View", "Jobs.Edit"), scopes=("OR.Jobs",))
    said = str(error_of(403, request=request))
    assert "the permission Jobs.View and Jobs.Edit and the scope OR.Jobs" in said


@pytest.mark.parametrize("status", [413, 414, 431])
def test_what_is_too_long_says_what_to_shorten(status):
    error = error_of(status)
    assert type(error) is ResponseError
    assert "than the server takes: " in str(error)


def test_a_start_that_is_refused_is_no_entity_that_changed():
    request = attrs.evolve(WRITE, operation="Jobs.StartJobs")
    error = error_of(409, b'{"message":"No robot.","errorCode":1670}', request=request)
    assert type(error) is Conflict
    assert "Nothing was started: " in str(error)
    assert "Read the entity again" not in str(error)


def test_a_reference_that_the_queue_has_had_is_named_as_such():
    error = error_of(409, b'{"message":"Error creating Transaction.","errorCode":1016}', request=WRITE)
    assert "QueueItem.reference == …" in str(error)


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({"X-UIPATH-FolderPath": "Shared/Finance"}, 'the folder "Shared/Finance"'),
        ({"X-UIPATH-FolderPath-Encoded": "ANYA/Q=="}, 'the folder "'),
        ({"X-UIPATH-OrganizationUnitId": "7"}, "the folder with the id 7"),
        ({"X-UIPATH-FolderKey": "k"}, "the folder with the key k"),
    ],
)
def test_an_unknown_folder_is_named(headers, named):
    request = attrs.evolve(READ, headers=headers)
    assert f"Check {named}" in str(error_of(400, b'{"errorCode":1100}', request=request))


@pytest.mark.parametrize(("header", "seconds"), [({"Retry-After": "301"}, 301), ({}, None)])
def test_r55_the_time_to_wait_is_told(header, seconds):
    assert error_of(429, headers=header).retry_after == seconds


def test_an_empty_body_still_gives_a_sentence():
    assert str(error_of(404)).startswith("GET https://o.example.com/odata/Jobs(5): No message. Check the key")


@pytest.mark.parametrize("status", [408, 500, 503])
def test_r60_a_write_ends_unknown(status):
    with pytest.raises(OutcomeUnknown) as caught:
        outcome(status, request=WRITE)
    assert caught.value.response.status == status
    assert "POST https://o.example.com/odata/Jobs(5) may or may not have happened" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 404, 429, 501])
def test_a_write_that_was_refused_is_not_unknown(status):
    error = error_of(status, request=WRITE)
    assert not error.may_have_happened
    assert error.retryable is (status == 429)


def test_a_put_refused_after_a_lost_answer_may_have_happened():
    put = attrs.evolve(READ, method="PUT")
    assert error_of(409, request=put, before=True).may_have_happened
    assert not error_of(409, request=put).may_have_happened


@pytest.mark.parametrize("status", [302, 407])
@pytest.mark.parametrize("before", [True, False])
def test_a_put_led_elsewhere_after_a_lost_answer_may_have_happened(status, before):
    with pytest.raises(ConnectionFailed) as caught:
        outcome(status, request=attrs.evolve(READ, method="PUT"), before=before)
    assert caught.value.may_have_happened is (before or status == 302)


@pytest.mark.parametrize(("method", "before"), [("DELETE", False), ("PUT", True), ("GET", True)])
def test_only_a_repeated_delete_may_find_nothing(method, before):
    request = attrs.evolve(READ, method=method)
    assert type(error_of(404, request=request, before=before)) is NotFound


def test_a_status_that_http_does_not_know_is_no_success():
    with pytest.raises(ConnectionFailed):
        outcome(199)


def test_errors_survive_a_process_border():
    error = error_of(429, b'{"message":"Slow"}', headers={"Retry-After": "400"})
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.retry_after) == (str(error), 400)
