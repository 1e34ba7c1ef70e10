"""What a user's own tests do: aioresponses in the place of the network."""

from __future__ import annotations

import re
from unittest.mock import Mock

from aiohttp import ClientResponse
from aioresponses import aioresponses

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.entities import Session


class Answer(ClientResponse):
    """aioresponses 0.7.9 does not pass what aiohttp 3.14 asks for."""

    def __init__(self, *args, stream_writer=None, **options):
        super().__init__(*args, stream_writer=stream_writer or Mock(), **options)


async def test_one_request_and_its_reply_can_be_mocked():
    rows = {"value": [{"State": "Available"}]}
    with aioresponses() as mocked:
        mocked.get(re.compile(r".*/odata/Sessions.*"), payload=rows, response_class=Answer)
        client = Orchestrator.cloud(organization="acme", tenant="Default", credentials=AccessToken("a-token"))
        async with client as orchestrator:
            query = orchestrator.sessions.filter(Session.state == "Available").select(Session.state).top(10)
            assert await query.to_list() == [Session(state="Available")]
        ((method, url),) = mocked.requests
    assert method == "GET"
    assert str(url.origin()) == "https://cloud.uipath.com"
    assert url.path == "/acme/Default/orchestrator_/odata/Sessions"
    assert dict(url.query) == {"$filter": "State eq 'Available'", "$select": "State", "$top": "10"}


async def test_a_write_that_is_mocked_carries_its_body():
    with aioresponses() as mocked:
        mocked.post(re.compile(r".*DeleteBulk"), status=204, response_class=Answer)
        client = Orchestrator.cloud(organization="acme", tenant="Default", credentials=AccessToken("a-token"))
        async with client as orchestrator:
            await orchestrator.robots.delete_bulk(robot_ids=[119, 120])
        ((call,),) = mocked.requests.values()
    assert call.kwargs["data"] == b'{"robotIds":[119,120]}'
    assert call.kwargs["allow_redirects"] is False
