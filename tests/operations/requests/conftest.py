"""Requests as the validator of an OpenAPI document takes them."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

import attrs
import pytest
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict
from yarl import URL

from ...openapi_document import BASE, document


@attrs.define
class Described:
    """A request as openapi-core takes it."""

    method: str
    path: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None
    host_url: str = BASE


def _described(request):
    # Strict: every name and value as it is after one decoding.
    query = parse_qsl(request.query, keep_blank_values=True, strict_parsing=True) if request.query else []
    return Described(
        method=request.method.lower(),
        path=URL(BASE).path + unquote(request.path),
        parameters=RequestParameters(query=ImmutableMultiDict(query), header=Headers(dict(request.headers))),
        content_type="" if request.body is None else request.content_type or "application/json",
        body=request.body,
    )


@pytest.fixture(scope="session")
def openapi(facts):
    return OpenAPI.from_dict(document(facts))


@pytest.fixture
def described():
    return _described
