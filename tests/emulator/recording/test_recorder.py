"""What a recording keeps of a tenant, and what a proxy in front of one lets pass."""

from __future__ import annotations

import base64
import re
from contextlib import asynccontextmanager

import aiohttp
import orjson
import pytest
from aiohttp import web
from yarl import URL

from uipath_odata.emulator import Emulator
from uipath_odata.emulator.recording import Recorder
from uipath_odata.emulator.recording.pairs import FILE, read

SECRET = "Bearer tenant-token-1234"


@asynccontextmanager
async def tenant(answer):
    """Serve a tenant that answers by a function of the request."""
    seen = []

    async def handler(request):
        seen.append((request.method, str(request.rel_url), dict(request.headers), await request.read()))
        return answer(request)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/acme/Default", seen
    finally:
        await runner.cleanup()


async def ask(address, method="GET", **options):
    headers = {"Authorization": SECRET} | options.pop("headers", {})
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            method, URL(address, encoded=True), headers=headers, allow_redirects=False, **options
        ) as answer,
    ):
        return answer.status, await answer.read(), answer.headers


async def test_what_the_schema_does_not_know_to_be_harmless_is_not_kept(tmp_path):
    rows = [
        {
            "@odata.context": "https://cloud.uipath.com/acme/Default/$metadata#Jobs",
            "Id": 7,
            "Key": "11111111-2222-3333-4444-555555555555",
            "State": "Faulted",
            "StartTime": "2024-05-14T12:00:00.123Z",
            "ReleaseName": "Payroll of Jane Doe",
            "Info": "jane.doe@example.com could not log in",
            "InputArguments": '{"iban":"DE02120300000000202051"}',
            "BrandNew": {"Phone": 491701234567, "Mail": "jane.doe@example.com", "On": True},
            "Robot": {"Name": "Jane", "Password": "hunter2", "Id": 3},
        }
    ]
    body = {"@odata.context": "https://x/acme/Default/odata/$metadata#Jobs", "@odata.count": 1, "value": rows}
    sent = {"Set-Cookie": "a=b", "X-Jane": "doe"}
    async with (
        tenant(lambda _: web.json_response(body, headers=sent)) as (url, _),
        Recorder(url, tmp_path / "r") as recorder,
    ):
        query = "?$filter=ReleaseName%20eq%20'Payroll%20of%20Jane%20Doe'%20and%20State%20eq%20'Faulted'&$top=5&q=Jane"
        status, content, headers = await ask(
            f"{recorder.url}/odata/Jobs{query}", headers={"X-UIPATH-FolderPath": "Shared/Jane Doe"}
        )
        assert (status, orjson.loads(content), headers["X-Jane"]) == (200, body, "doe")
        assert "Set-Cookie" not in headers
    text = (tmp_path / "r" / FILE).read_text("utf-8")
    assert not re.search(
        r"(?i)jane|doe|hunter2|DE0212|49170|token-1234|payroll|11111111|cloud\.uipath|127\.0\.0\.1", text
    ), text
    (pair,) = read(tmp_path / "r")
    (row,) = pair.body["value"]
    assert (row["Id"], row["State"], row["StartTime"]) == (7, "Faulted", "2024-05-14T12:00:00.123Z")
    assert row["Robot"]["Id"] == 3
    assert list(row["BrandNew"].values()) == [0, row["BrandNew"][list(row["BrandNew"])[1]], False]
    assert pair.body["@odata.context"] == "{root}/odata/$metadata#Jobs"
    filtered = dict(pair.asked.query)["$filter"]
    assert filtered == f"ReleaseName eq '{row['ReleaseName']}' and State eq 'Faulted'"
    assert pair.asked.folder[0] == "path"
    assert re.fullmatch(r"text-\w{12}/text-\w{12}", pair.asked.folder[1])


async def test_no_text_of_a_whole_tenant_is_kept(tmp_path):
    """Every list and entity of the demo tenant passes; none of the texts in its tables may be in the file."""
    async with Emulator() as emulator, Recorder(emulator.url, tmp_path / "r") as recorder:
        folder, token = emulator.sql("SELECT Id FROM Folders")[0][0], emulator.tokens.issue()
        headers = {"Authorization": f"Bearer {token}", "X-UIPATH-OrganizationUnitId": str(folder)}
        texts = set()
        for name, entity_set in emulator._world.schema.sets.items():
            await ask(f"{recorder.base_url}/odata/{name}?$top=20", headers=headers)
            for each in entity_set.row.properties.values():
                if each.kind in {"string", "guid"}:
                    column = emulator.sql(f'SELECT DISTINCT "{each.name}" FROM "{name}" LIMIT 50')
                    texts |= {value for (value,) in column if isinstance(value, str) and len(value) > 4}
        words = {
            member
            for type_ in emulator._world.schema.types.values()
            for each in type_.properties.values()
            for member in each.members
        }
        kept = (tmp_path / "r" / FILE).read_text("utf-8")
        assert recorder.kept > 40
        assert len(texts) > 200
        values = set(re.findall(r'":"((?:[^"\\]|\\.)*)"', kept)) - words
        assert not values & texts, values & texts


async def test_the_same_text_has_the_same_pseudonym_and_another_one_in_another_recording(tmp_path):
    body = {"value": [{"DisplayName": "Jane", "FullyQualifiedName": "Shared/Jane", "Id": 1}]}
    names = []
    async with tenant(lambda _: web.json_response(body)) as (url, _):
        for number in range(2):
            async with Recorder(url, tmp_path / str(number)) as recorder:
                await ask(f"{recorder.url}/odata/Folders")
            (row,) = read(tmp_path / str(number))[0].body["value"]
            assert row["FullyQualifiedName"].endswith("/" + row["DisplayName"])
            names.append(row["DisplayName"])
    assert names[0] != names[1]


@pytest.mark.parametrize(("writes", "status"), [(False, 405), (True, 200)])
async def test_nothing_is_written_unless_told_so(tmp_path, writes, status):
    async with (
        tenant(lambda _: web.json_response({})) as (url, seen),
        Recorder(url, tmp_path / "r", writes=writes) as recorder,
    ):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer, _, _ = await ask(f"{recorder.url}/odata/Jobs(1)", method, json={"Name": "Jane"})
            assert answer == status
    assert len(seen) == (4 if writes else 0)
    assert "Jane" not in (tmp_path / "r" / FILE).read_text()


@pytest.mark.parametrize(
    "path",
    [
        "/identity_/connect/token",
        "/oauth/token",
        "/portal",
        "/acme/Default/odata/..%2f..%2f..%2fadmin",
        "/acme/Default/odata/%252e%252e/%252e%252e/admin",
        "/storage/x",
    ],
)
async def test_what_is_not_the_api_does_not_reach_the_tenant(tmp_path, path):
    async with (
        tenant(lambda _: web.json_response({})) as (url, seen),
        Recorder(url, tmp_path / "r") as recorder,
    ):
        status, content, _ = await ask(recorder._serving.origin + path)
        assert (status, b"passed on" in content) == (404, True)
        assert not seen


async def test_redirects_lead_nowhere(tmp_path):
    def answer(_):
        return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/elsewhere"})

    async with tenant(answer) as (url, _), Recorder(url, tmp_path / "r") as recorder:
        status, _, headers = await ask(f"{recorder.url}/odata/Jobs")
        assert (status, "Location" in headers) == (302, False)


async def test_requests_arrive_byte_for_byte_with_what_they_need(tmp_path):
    encoded = base64.b64encode("Shared/Ä".encode("utf-16-le")).decode()
    async with (
        tenant(lambda _: web.json_response({"value": []})) as (url, seen),
        Recorder(url, tmp_path / "r") as recorder,
    ):
        headers = {"X-UIPATH-FolderPath-Encoded": encoded, "X-Other": "x", "Cookie": "c=d"}
        await ask(f"{recorder.base_url}/odata/Assets('a%2Fb')?$filter=Name%20eq%20'a%2Bb'+x", headers=headers)
    ((_, path, sent, _),) = seen
    assert path == "/acme/Default/orchestrator_/odata/Assets('a%2Fb')?$filter=Name%20eq%20'a%2Bb'+x"
    assert (sent["Authorization"], sent["X-UIPATH-FolderPath-Encoded"]) == (SECRET, encoded)
    assert not {"X-Other", "Cookie"} & sent.keys()
    assert read(tmp_path / "r")[0].asked.folder[0] == "path"


async def test_a_tenant_that_does_not_answer_is_a_bad_gateway_and_no_pair(tmp_path):
    async with Recorder("http://127.0.0.1:9/acme/Default", tmp_path / "r") as recorder:
        status, content, _ = await ask(f"{recorder.url}/odata/Jobs")
        assert (status, b"did not answer" in content, recorder.kept) == (502, True, 0)


@pytest.mark.parametrize(
    "url",
    ["http://cloud.uipath.com/acme/Default", "https://me@x/a/b", "https://x/a/b?c=d", "cloud.uipath.com"],
)
def test_an_address_that_is_not_a_tenants_is_refused(tmp_path, url):
    with pytest.raises(ValueError, match="address"):
        Recorder(url, tmp_path / "r")


async def test_a_recording_is_not_continued_with_other_pseudonyms(tmp_path):
    async with Recorder("http://127.0.0.1:9/acme/Default", tmp_path / "r"):
        pass
    with pytest.raises(ValueError, match="has a recording"):
        Recorder("http://127.0.0.1:9/acme/Default", tmp_path / "r")
