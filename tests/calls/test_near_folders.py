from __future__ import annotations

import orjson
import pytest
from multidict import CIMultiDict
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import BadRequest, NotFound
from uipath_odata.transport.folder_header import folder_headers
from uipath_odata.transport.request import Request, Response

JOBS = Request(path="/odata/Jobs", repeatable=True, operation="Jobs.list")
NAMES = ["Shared", "Shared/Finance", "Shared/Finance/Archive", "Shared/Human Resources", None]


class Server:
    """Knows no folder that a header names, and lists those that there are."""

    def __init__(self, names=NAMES, lists=200):
        self.names, self.lists, self.asked = names, lists, []

    async def send(self, request, /, into=None):
        self.asked.append(request.operation)
        if request.operation != "Folders.list":
            raise BadRequest("No access. Check the folder", status=400, error_code=1100)
        if self.lists != 200:
            raise NotFound("?", status=self.lists)
        rows = [{"FullyQualifiedName": name} for name in self.names]
        return Response(200, CIMultiDict(), orjson.dumps({"value": rows}))


def channel(server, **folder):
    return TenantChannel(server, URL("https://o.example.com"), headers=folder_headers(**folder))


@pytest.mark.parametrize(
    ("path", "similar"),
    [
        ("Shared/Finanse", "Shared/Finance, Shared/Finance/Archive"),
        ("shared/finance", "Shared/Finance"),
        ("Finance", "Shared/Finance"),
        ("Shared/Füinance", "Shared/Finance"),
    ],
)
async def test_an_unknown_folder_is_told_with_those_that_are_like_it(path, similar):
    with pytest.raises(BadRequest, match=r"Check the folder\. Similar: ") as caught:
        await channel(Server(), path=path).send(JOBS)
    assert similar in str(caught.value)
    assert caught.value.error_code == 1100


@pytest.mark.parametrize(
    ("server", "folder"),
    [(Server(lists=403), {"path": "Shared/Finanse"}), (Server([]), {"path": "x"}), (Server(), {"id": 7})],
    ids=["no list", "no folders", "by id"],
)
async def test_where_nothing_is_like_it_the_error_stands_alone(server, folder):
    with pytest.raises(BadRequest) as caught:
        await channel(server, **folder).send(JOBS)
    assert "Similar" not in str(caught.value)


async def test_the_folders_are_listed_once_for_each_unknown_one():
    server = Server()
    client = channel(server, path="Shared/Finanse")
    for _ in range(5):
        with pytest.raises(BadRequest, match="Similar"):
            await client.send(JOBS)
    assert server.asked.count("Folders.list") == 1
