"""The API version that a server speaks, and operations that it lacks."""

from __future__ import annotations

from random import Random

import attrs
import pytest
from multidict import CIMultiDict
from yarl import URL

from uipath_odata.errors import NotFound, ResponseError
from uipath_odata.local.log_line import LogPlace
from uipath_odata.transport.clock import Clock
from uipath_odata.transport.errors.advice import Knowledge
from uipath_odata.transport.errors.status import raise_for_status
from uipath_odata.transport.request import Request, Response
from uipath_odata.transport.retry.policy import RetryPolicy
from uipath_odata.transport.retry.progress import Progress, RetryContext

GET = Request(path="/odata/QueueRetention(5)", repeatable=True, operation="QueueRetention.get")
LIST = attrs.evolve(GET, path="/odata/QueueRetention", operation="QueueRetention.list")
ACTION = Request(method="POST", path="/odata/Jobs/~Resume", repeatable=False, operation="Jobs.ResumeJob")
ADVICE = "this Orchestrator has API version 13 and seems to lack "


@pytest.mark.parametrize(
    ("header", "version"),
    [
        ("20.0", 20.0),
        ("1.0, 2.0,11.0 , 9.0", 11.0),
        ("13", 13.0),
        ("", None),
        ("latest", None),
        ("19.0, preview", 19.0),
        ("99999999999", None),
        ("nan, inf, -3.0", None),
    ],
)
def test_the_newest_version_counts(header, version):
    assert Response(200, CIMultiDict({"Api-Supported-Versions": header}), b"").api_version == version


def error_of(request, status, body=b"", version=13.0, *, has_answered=True):
    url = URL(f"https://o.example.com{request.path}", encoded=True)
    answer = Response(status, CIMultiDict(), body)
    with pytest.raises(ResponseError) as caught:
        raise_for_status(
            Progress(request, url, RetryContext(RetryPolicy(), Clock(), Random(1)), LogPlace("acme")),
            answer,
            Knowledge(version=version, has_answered=has_answered),
        )
    return caught.value


@pytest.mark.parametrize("body", [b"", b"<h1>404</h1>", b'{"message":"No HTTP resource was found"}'])
@pytest.mark.parametrize("request_", [LIST, ACTION], ids=["list", "action"])
def test_a_path_that_nothing_answers_to_is_an_operation_that_is_lacking(request_, body):
    error = error_of(request_, 404, body)
    assert type(error) is NotFound
    assert f". T{ADVICE[1:]}{request_.operation}: do without it" in str(error)
    assert "Check the key" not in str(error)


def test_one_entity_may_be_missing_too():
    assert f"Check the key, and the folder that it is in; or else {ADVICE}QueueRetention.get" in str(
        error_of(GET, 404)
    )


@pytest.mark.parametrize("request_", [GET, ACTION], ids=["get", "action"])
def test_what_orchestrator_itself_does_not_find_is_not_lacking(request_):
    assert "lack" not in str(error_of(request_, 404, b'{"message":"It does not exist.","errorCode":1002}'))


@pytest.mark.parametrize("status", [405, 501])
@pytest.mark.parametrize("request_", [LIST, ACTION], ids=["list", "action"])
def test_a_method_that_is_not_known_is_lacking(request_, status):
    error = error_of(request_, status)
    assert type(error) is ResponseError
    assert f". T{ADVICE[1:]}{request_.operation}: do without it" in str(error)
    assert not error.may_have_happened
    assert "lack" not in str(error_of(request_, 400))


def test_a_server_that_names_no_version_may_lack_operations_too():
    said = str(error_of(ACTION, 404, version=None))
    assert "This Orchestrator seems to lack Jobs.ResumeJob" in said


@pytest.mark.parametrize("body", [b"", b"<h1>Not Found</h1>", b'{"message":"No HTTP resource was found"}'])
def test_an_address_that_has_answered_nothing_yet_is_wrong_and_lacks_nothing(body):
    known = attrs.evolve(LIST, scopes=("OR.Settings",))
    said = str(error_of(known, 404, body, version=None, has_answered=False))
    assert "There is no Orchestrator at https://o.example.com, or no such tenant: check the base URL" in said
    assert "lack" not in said
    assert "/odata/QueueRetention (" not in said
    said = str(error_of(attrs.evolve(LIST, path="/odata/Jobz"), 404, body, version=None, has_answered=False))
    assert "organization and tenant, and that it has /odata/Jobz (" in said


def test_a_request_of_no_operation_lacks_nothing():
    assert "lack" not in str(error_of(attrs.evolve(GET, operation=""), 404))
