"""The API version that a server speaks, and operations that it lacks."""

from __future__ import annotations

import attrs
import pytest
from multidict import CIMultiDict
from yarl import URL

from uipath_odata.errors import NotFound, ResponseError
from uipath_odata.transport.errors.status import raise_for_status
from uipath_odata.transport.headers.api_version import api_version
from uipath_odata.transport.request import Request, Response

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
    assert api_version({"api-supported-versions": header}) == version


def error_of(request, status, body=b"", version=13.0):
    url = URL(f"https://o.example.com{request.path}", encoded=True)
    answer = Response(status, CIMultiDict(), body)
    with pytest.raises(ResponseError) as caught:
        raise_for_status(request, url, answer, maybe_done_before=False, now=1_000.0, version=version)
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
    assert ". Check the base URL, organization and tenant; or else this Orchestrator seems to lack" in said


def test_a_request_of_no_operation_lacks_nothing():
    assert "lack" not in str(error_of(attrs.evolve(GET, operation=""), 404))
