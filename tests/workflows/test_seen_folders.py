"""The folders that the account sees, whatever the server makes of its parameters."""

from __future__ import annotations

import re

from aiohttp import web
from aiohttp.test_utils import TestServer

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.workflows.seen_folders import seen_folders

FOLDERS = [{"Id": number, "FullyQualifiedName": f"Workspace {number}"} for number in range(1, 4)]


async def test_a_server_that_does_not_know_skip_shows_its_folders_once():
    asked = []

    async def answer(request):
        asked.append(request.path_qs)
        assert len(asked) < 9
        if request.path.endswith("/odata/Folders"):
            return web.json_response({"value": FOLDERS[:1]})
        return web.json_response({"PageItems": FOLDERS, "Count": 3})

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    async with (
        TestServer(application) as server,
        Orchestrator(server.make_url("/"), AccessToken("t")) as orchestrator,
    ):
        found = await seen_folders(orchestrator)
    assert [folder.path for folder in found] == ["Workspace 1", "Workspace 2", "Workspace 3"]
    assert any(re.search("skip=3", each) for each in asked)
