from __future__ import annotations

import aiohttp
import orjson
import pytest
from yarl import URL

FOLDER = {"OrganizationUnitId": "1"}
RULES = "/odata/BusinessRules"


@pytest.fixture
async def rules(empty):
    empty.emulator.insert("Folders", [{"Id": 1}])
    return empty


async def send(http, method, path, rule, file=None):
    form = aiohttp.FormData()
    form.add_field("businessRule", orjson.dumps(rule).decode(), content_type="application/json")
    if file is not None:
        form.add_field("file", file, filename="rule.dmn", content_type="application/octet-stream")
    token = {"Authorization": f"Bearer {http.emulator.tokens.issue()}", "X-UIPATH-OrganizationUnitId": "1"}
    url = http.emulator.base_url + path
    async with http.session.request(method, url, data=form, headers=token) as response:
        return response.status, await response.json() if "json" in response.content_type else None


async def read(http, name, number=None):
    query = f"?versionNumber={number}" if number else ""
    path = f"{RULES}/UiPath.Server.Configuration.OData.GetReadUri(name='{name}'){query}"
    reply = await http.get(path, **FOLDER)
    if reply.status != 200:
        return reply.status
    async with http.session.get(URL(reply.body["DownloadUri"]["Uri"], encoded=True)) as response:
        return reply.body["VersionNumber"], await response.read()


async def test_a_rule_has_a_file_for_each_version(rules):
    status, made = await send(rules, "POST", RULES, {"Name": "Discount"}, b"first")
    assert (status, made["Name"]) == (201, "Discount")
    assert await read(rules, "Discount") == ("1", b"first")
    path = f"{RULES}({made['Id']})"
    assert await send(rules, "PUT", path, {"Name": "Discount", "Description": "new"}, b"second") == (
        200,
        None,
    )
    assert await send(rules, "PUT", path, {"Name": "Rebate"}) == (200, None)
    assert await read(rules, "Rebate") == ("2", b"second")
    assert (await read(rules, "Rebate", "1"), await read(rules, "Rebate", "3")) == (("1", b"first"), 404)
    listed = f"{RULES}/UiPath.Server.Configuration.OData.GetVersionList(id={made['Id']})"
    rows = await rules.rows(listed, **FOLDER)
    assert [(row["VersionNumber"], row["IsActive"]) for row in rows] == [("1", False), ("2", True)]
    assert (await rules.send("DELETE", path, **FOLDER)).status == 204
    assert await read(rules, "Rebate") == 404


@pytest.mark.parametrize(
    ("rule", "file", "message"),
    [
        ({"Name": "A"}, None, "The file field is required."),
        ({"Name": "A", "Colour": "red"}, b"x", "businessRule must not be null"),
        ({"Description": "A"}, b"x", "The Name field is required."),
    ],
)
async def test_a_rule_without_its_parts_is_refused(rules, rule, file, message):
    status, body = await send(rules, "POST", RULES, rule, file)
    assert (status, body["message"]) == (400, message)
    assert await rules.rows(RULES, **FOLDER) == []


async def test_a_rule_comes_in_parts(rules):
    assert (await rules.send("POST", RULES, {"Name": "A"}, **FOLDER)).body["errorCode"] == 1000
