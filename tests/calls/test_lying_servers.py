"""Servers that answer single calls with a status of success and something else than was asked: nothing of it is believed."""

from __future__ import annotations

import json

import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.client import FolderClient
from uipath_odata.entities import Robot
from uipath_odata.errors import DecodeError, ItemsFailed
from uipath_odata.transport.request import Response


class Liar:
    """Answer everything with one body."""

    def __init__(self, body, status):
        self.body, self.status, self.asked = body, status, 0

    async def send(self, _request):
        self.asked += 1
        return Response(self.status, {}, self.body)


@pytest.fixture
def folder_of():
    def make(body, status=200):
        liar = Liar(body if isinstance(body, bytes) else json.dumps(body).encode(), status)
        return FolderClient(TenantChannel(liar, URL("https://o.example.com/acme/Default"))), liar

    return make


ERROR = {"error": {"code": "1", "message": "no"}}
OWN_ERROR = {"message": "no", "errorCode": 1002, "traceId": "x"}
CALLS = {
    "get": lambda folder: folder.robots.get(216),
    "create": lambda folder: folder.robots.create(Robot(name="a")),
    "replace": lambda folder: folder.robots.replace(216, Robot(name="a")),
    "update": lambda folder: folder.robots.update(216, name="a"),
    "item": lambda folder: folder.queues.add_queue_item(name="q"),
    "texts": lambda folder: folder.robots.get_usernames(),
    "jobs": lambda folder: folder.jobs.start_jobs(release_key="k"),
    "nothing": lambda folder: folder.robots.delete(216),
    "nothing in bulk": lambda folder: folder.robots.delete_bulk(robot_ids=[1]),
    "flag": lambda folder: folder.calendars.calendar_exists(calendar_name="a"),
}
LIES = [
    *[(call, {}) for call in ("get", "create", "replace", "update", "item", "texts", "flag")],
    *[(call, {"Id": 999, "Name": "a"}) for call in ("get", "replace", "update")],
    *[(call, ERROR) for call in CALLS],
    *[(call, OWN_ERROR) for call in CALLS if call != "item"],
    *[(call, {"value": None}) for call in ("get", "create", "item", "texts", "jobs", "flag")],
    *[(call, [{"Id": 216}]) for call in ("get", "create", "replace", "update", "item")],
    ("texts", {"value": ["a"], "@odata.nextLink": "GetUsernames?$skip=1"}),
    ("texts", {"value": ["a"], "@odata.count": 2}),
    ("texts", {"value": ["a", None]}),
    ("jobs", {"value": [{"Id": 5}], "@odata.nextLink": "x?$skip=1"}),
    ("jobs", {"value": [{}]}),
    ("jobs", {"value": [{"Id": 5}, None]}),
    ("get", {"Id": 216, "Enabled": 1}),
    ("get", {"Id": 216, "Enabled": "no"}),
    ("flag", {"value": "true"}),
    ("flag", {"value": 1}),
    *[(call, b"") for call in ("get", "create", "item", "texts", "jobs", "flag")],
    *[(call, b"<html>") for call in CALLS],
]


@pytest.mark.parametrize(("call", "body"), LIES)
async def test_what_was_not_asked_is_an_error_and_a_write_is_not_sent_again(folder_of, call, body):
    folder, liar = folder_of(body)
    with pytest.raises(DecodeError) as caught:
        await CALLS[call](folder)
    # Reads, and writes that change nothing when they are done again, are tried once more.
    once = {"create", "update", "item", "jobs", "nothing in bulk"}
    assert liar.asked == (1 if call in once else 2)
    assert caught.value.may_have_happened is (call not in ("get", "texts", "flag"))


@pytest.mark.parametrize("call", ["nothing", "nothing in bulk"])
@pytest.mark.parametrize("body", [{"Success": False}, {"success": "False"}, {"FailedItems": [{"Id": 1}]}])
async def test_items_that_failed_are_an_error_whatever_the_status(folder_of, call, body):
    folder, liar = folder_of(body)
    with pytest.raises(ItemsFailed):
        await CALLS[call](folder)
    assert liar.asked == 1


@pytest.mark.parametrize(("sent", "read"), [(True, True), ("False", False), ("true", True), (None, None)])
async def test_a_flag_that_comes_as_a_text_is_read_as_a_flag(folder_of, sent, read):
    folder, _ = folder_of({"Id": 216, "Enabled": sent})
    assert (await folder.robots.get(216)).enabled is read
    folder, _ = folder_of({"value": [{"Id": 216, "Enabled": sent}]})
    assert (await folder.robots.first()).enabled is read


async def test_the_entity_that_was_asked_for_is_taken(folder_of):
    for body in ({"Id": 216}, {"Id": "216"}, {"id": 216, "NAME": "a"}, {"Name": "a"}):
        folder, _ = folder_of(body)
        assert (await folder.robots.get(216)).id in {216, None}
