from __future__ import annotations

import pytest
from aiohttp import web

from uipath_odata import AccessToken, Orchestrator, Settings
from uipath_odata.emulator.faults import LostAnswer, Status
from uipath_odata.errors import BadRequest, NotFound, OutcomeUnknown, QueryError


class Server:
    """Answers all paths and keeps what it was asked."""

    def __init__(self):
        self.asked = []

    async def handle(self, request):
        self.asked.append((request.method, request.raw_path, dict(request.headers), await request.read()))
        return web.json_response({"value": [{"Id": "x"}]}, headers={"X-Own": "1"})


@pytest.fixture
async def server():
    server, application = Server(), web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/acme/Default/orchestrator_"
    yield server
    await runner.cleanup()


@pytest.fixture
async def client(server):
    async with Orchestrator(server.url, AccessToken("a-token")) as client:
        yield client


async def test_any_path_is_asked_with_token_and_folder(server, client):
    answer = await client.folder("Shared/Finance").request(
        "get", "/odata/HttpTriggers", params={"$top": 5, "$skip": None}
    )
    method, path, headers, _ = server.asked[0]
    assert (method, path) == ("GET", "/acme/Default/orchestrator_/odata/HttpTriggers?$top=5")
    assert headers["Authorization"] == "Bearer a-token"
    assert headers["X-UIPATH-FolderPath"] == "Shared/Finance"
    assert (answer.status, answer.headers["x-own"], answer.json()) == (200, "1", {"value": [{"Id": "x"}]})


async def test_a_body_is_json_and_own_headers_go_along(server, client):
    await client.request("POST", "/api/X", json=[{"a": None}], headers={"X-UIPATH-Own": "7"})
    _, _, headers, body = server.asked[0]
    assert body == b'[{"a":null}]'
    assert headers["Content-Type"] == "application/json"
    assert headers["X-UIPATH-Own"] == "7"


async def test_head_has_no_body(client):
    assert (await client.request("HEAD", "/odata/HttpTriggers")).body == b""


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("/odata/X('a b')", "/odata/X('a%20b')"),
        ("/odata/X(%27a%27)", "/odata/X(%27a%27)"),
        ("/odata/Jobs?$filter=Id eq 1&$top=2", "/odata/Jobs?$filter=Id%20eq%201&$top=2"),
        ("/odata/Büro", "/odata/B%C3%BCro"),
    ],
)
async def test_what_is_not_encoded_yet_is(server, client, given, sent):
    await client.request("GET", given)
    assert server.asked[0][1] == f"/acme/Default/orchestrator_{sent}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "odata/Jobs"),
        ("GET", "https://elsewhere.example/odata/Jobs"),
        ("GET", "//elsewhere.example/odata/Jobs"),
        ("GET", "/odata/../../../other/tenant"),
        ("GET", "/odata/%2e%2E/x"),
        ("GET", "/odata/%252e%252e/x"),
        ("GET", "/odata\\..\\x"),
        ("GET", "/odata/Jobs#x"),
        ("GET", "/odata/\ud800"),
        ("GET", "/odata/Jobs?a=\udfff"),
        ("GET", "/odata/Jobs\r\nX-Mine: a"),
        ("GET", None),
        ("CONNECT", "/odata/Jobs"),
        (None, "/odata/Jobs"),
    ],
)
async def test_what_leads_elsewhere_is_refused_before_anything_is_sent(server, client, method, path):
    with pytest.raises(QueryError):
        await client.request(method, path)
    assert not server.asked


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_read_only_client_sends_get_and_head_alone(server, method):
    async with Orchestrator(server.url, AccessToken("a-token"), read_only=True) as client:
        with pytest.raises(QueryError, match="read_only"):
            await client.request(method, "/odata/X")
        assert not server.asked
        await client.request("GET", "/odata/X")
        await client.request("HEAD", "/odata/X")


async def test_errors_are_those_of_every_call(emulator, finance):
    with pytest.raises(NotFound):
        await finance.request("GET", "/odata/NoSuchSet")
    with pytest.raises(BadRequest):
        await finance.request("GET", "/odata/Jobs", params={"$top": 5000})


async def test_a_get_is_repeated_and_a_post_is_not(emulator, finance):
    emulator.add.process("Intake", folder="Shared/Finance")
    emulator.fail("Jobs.list", Status(503))
    assert (await finance.request("GET", "/odata/Jobs")).json()["value"] == []
    emulator.fail("Jobs.start_jobs", LostAnswer(performed=True))
    body = {"startInfo": {"ReleaseName": "Intake", "JobsCount": 1}}
    with pytest.raises(OutcomeUnknown):
        await finance.request("POST", "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs", json=body)
    assert len((await finance.request("GET", "/odata/Jobs")).json()["value"]) == 1


@pytest.mark.parametrize("path", ["/odata/Jobs", "/odata/jobs", "/odata/JOBS/?$top=1"])
async def test_a_list_with_a_limit_is_counted_against_it(server, path):
    async with Orchestrator(server.url, AccessToken("a"), settings=Settings(requests_a_minute=100)) as client:
        await client.request("GET", path)
        assert client.budget["Jobs.list"].used == 1


async def test_writes_are_in_the_write_log(client, caplog):
    caplog.set_level("INFO", "uipath_odata.writes")
    await client.request("POST", "/api/X", json={})
    assert [record.event.operation for record in caplog.records] == ["POST /api/X"] * 2
