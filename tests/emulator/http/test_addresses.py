from __future__ import annotations

import pytest

from uipath_odata.emulator.http.addresses import Address, address


@pytest.mark.parametrize("root", ["", "/orchestrator_", "/acme/Default", "/Contoso/T 1/orchestrator_"])
@pytest.mark.parametrize(
    "path",
    [
        "/odata/Jobs",
        "/odata/Buckets(1)/UiPath.Server.Configuration.OData.GetFile",
        "/API/Stats",
        "/tasks/x",
        "/odata",
    ],
)
def test_a_path_is_split_at_its_root_whatever_the_tenant(root, path):
    assert address(root + path) == Address(root, path)


@pytest.mark.parametrize(
    "path", ["/", "/acme/odata/Jobs", "/acme/Default/portal_/api/Jobs", "/odatax", "/a/b/c/odata/Jobs"]
)
def test_other_paths_are_not_orchestrators(path):
    assert address(path) is None


@pytest.mark.parametrize("root", ["", "/acme/Default", "/Contoso/Test/orchestrator_"])
async def test_every_root_is_answered_and_named_in_the_context(demo, root):
    origin = demo.emulator.base_url.partition("/acme")[0]
    headers = {"Authorization": f"Bearer {demo.emulator.tokens.issue()}"}
    async with demo.session.get(f"{origin}{root}/odata/Robots?$top=1", headers=headers) as response:
        assert (await response.json())["@odata.context"] == f"{origin}{root}/odata/$metadata#Robots"


@pytest.mark.parametrize("root", ["/orchestrator_", "/acme/Default/orchestrator_", ""])
async def test_the_version_is_told_without_a_token(empty, root):
    origin = empty.emulator.base_url.partition("/acme")[0]
    async with empty.session.get(f"{origin}{root}/api/status/version") as response:
        assert (response.status, (await response.json())["version"]) == (200, "20.0")


async def test_spaces_are_read_as_forms_write_them(demo):
    token = {"Authorization": f"Bearer {demo.emulator.tokens.issue()}"}
    url = f"{demo.emulator.base_url}/odata/Robots"
    async with demo.session.get(url, params={"$filter": "Name eq 'DocBot'"}, headers=token) as response:
        assert "+eq+" in str(response.request_info.url.raw_query_string)
        assert [row["Id"] for row in (await response.json())["value"]] == [749]
