"""A file is read, written and deleted under its own name, or not at all."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.errors import QueryError
from uipath_odata.resources.files.object_name import refuse_misread

NAMES = ["a&b.pdf", "a+b.pdf", "a%20b.pdf", "100%.pdf", "what?.pdf", "no#1.pdf", "x/a&b.pdf"]
FOREIGN = "https://store.blob.core.windows.net/bucket"


@pytest.mark.parametrize("path", NAMES)
def test_only_an_address_that_names_that_very_object_is_gone_to(path):
    parameters = {"path": path}
    refuse_misread(parameters, f"{FOREIGN}/{quote(path)}?sig=1")
    for address in (None, FOREIGN, f"{FOREIGN}/y{quote(path)}?sig=1", f"{FOREIGN}/a?path={quote(path)}", 5):
        with pytest.raises(QueryError, match=r"decodes paths twice .* nothing was read or written"):
            refuse_misread(parameters, address)


@pytest.mark.parametrize("path", ["a b.pdf", "2024/Mai/Söhne (1).pdf", "a'b=c;d@e!$,~.pdf", "日本.pdf"])
def test_other_names_pass(path):
    refuse_misread({"path": path, "directory": path, "contentType": "a+b"})


@pytest.mark.parametrize("path", NAMES)
async def test_nothing_is_read_written_listed_or_deleted_under_another_name(
    buckets, emulator, tmp_path, path
):
    """The emulator decodes a path once, as its addresses show; a server that signs another object is below."""
    for call in (
        lambda: buckets.delete_file(1, path=path),
        lambda: buckets.get_file(1, path=path),
    ):
        with pytest.raises(QueryError, match="nothing was read or written"):
            await call()
    for listing in (buckets.get_files, buckets.get_directories):
        with pytest.raises(QueryError, match="nothing was read or written"):
            listing(1, directory=path)
    assert not emulator.requests


@pytest.mark.parametrize("path", NAMES)
async def test_a_server_that_signs_another_object_moves_no_byte(path, tmp_path):
    seen = []

    async def answer(request):
        seen.append((request.method, request.path))
        verb = "PUT" if "GetWriteUri" in request.path else "GET"
        return web.json_response({"Uri": f"{FOREIGN}/a?sig=1", "Verb": verb, "RequiresAuth": False})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server, Orchestrator(server.make_url("/"), AccessToken("t")) as client:
        finance = client.folder(path="Shared").buckets
        with pytest.raises(QueryError, match="nothing was read or written"):
            await finance.download(1, path, tmp_path / "x")
        with pytest.raises(QueryError, match="nothing was read or written"):
            await finance.upload(1, path, b"x")
        with pytest.raises(QueryError, match="nothing was read or written"):
            await finance.get_read_uri(1, path=path)
    assert [method for method, _ in seen] == ["GET"] * 3
    assert not [*tmp_path.iterdir()]
