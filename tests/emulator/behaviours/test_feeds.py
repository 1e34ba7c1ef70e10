"""Feeds of packages beside the tenant's: those of personal workspaces and of folders."""

from __future__ import annotations

import aiohttp

from .test_packages import FUNCTION, RELEASES, package

FEEDS = "/api/PackageFeeds/"
UPLOAD = FUNCTION.format("Processes") + "UploadPackage"


async def upload(http, feed, content):
    form = aiohttp.FormData()
    form.add_field("file", content, filename="a.nupkg", content_type="application/octet-stream")
    reply = await http.send("POST", f"{UPLOAD}?feedId={feed}", form)
    return reply.status, [each["Status"] for each in reply.rows] if reply.status < 300 else reply.body


async def own(http):
    path = "/odata/Users/UiPath.Server.Configuration.OData.GetCurrentUserExtended?$expand=PersonalWorkspace"
    body = (await http.get(path)).body
    return body["PersonalWorskpaceFeedId"], body["PersonalWorkspace"]


async def test_a_package_in_a_workspace_is_a_process_at_once_and_moves_with_each_version(empty):
    made = empty.emulator.add.workspace("ada")
    feed, workspace = await own(empty)
    assert workspace == {"Id": made["Id"], "Key": made["Key"], "FullyQualifiedName": "ada's workspace"}
    here = {"OrganizationUnitId": str(workspace["Id"])}
    for version in ("1.0.0", "1.1.0"):
        assert await upload(empty, feed, package(version=version)) == (200, ["OK"])
        listed = "UiPath.Server.Configuration.OData.ListReleases?$filter=ProcessKey eq 'Bot'"
        (process,) = await empty.rows(f"{RELEASES}/{listed}", **here)
        assert (process["Name"], process["ProcessVersion"]) == ("Bot", version)
    assert process["FeedId"] == feed
    info = {"startInfo": {"ReleaseKey": process["Key"], "JobsCount": 1}}
    started = await empty.send(
        "POST", "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs", info, **here
    )
    assert (started.status, started.rows[0]["ReleaseName"]) == (201, "Bot")


async def test_each_feed_has_its_own_packages_and_files(empty):
    workspace = empty.emulator.add.workspace("ada")
    feed = workspace["Key"]
    tenants, workspaces = package(), package(arguments={"input": []})
    tenant = (await empty.get(f"{FEEDS}GetFeeds")).body[0]["id"]
    assert await upload(empty, feed, workspaces) == (200, ["OK"])
    assert await empty.rows("/odata/Processes") == []
    assert await upload(empty, tenant, tenants) == (200, ["OK"])
    assert await upload(empty, feed, workspaces) == (207, ["Conflict"])
    function = FUNCTION.format("Processes")
    for identifier, content in ((feed, workspaces), (tenant, tenants)):
        (row,) = await empty.rows(f"/odata/Processes?feedId={identifier}")
        assert row["Key"] == "Bot:1.0.0"
        found = await empty.raw("GET", f"{function}DownloadPackage(key='Bot:1.0.0')?feedId={identifier}")
        assert found.data == content
    here = {"OrganizationUnitId": str(workspace["Id"])}
    (process,) = await empty.rows(RELEASES, **here)
    await empty.send("DELETE", f"{RELEASES}({process['Id']})", **here)
    assert (await empty.send("DELETE", f"/odata/Processes('Bot:1.0.0')?feedId={feed}")).status == 204
    assert await empty.rows(f"/odata/Processes?feedId={feed}") == []
    assert len(await empty.rows("/odata/Processes")) == 1


async def test_a_folder_at_the_top_may_have_a_feed_for_all_below_it(empty):
    add = empty.emulator.add
    top = add.folder("Finance", FeedType="FolderHierarchy")
    inner, other = add.folder("Finance/Books"), add.folder("Other")
    assert await upload(empty, top["Key"], package()) == (200, ["OK"])
    feeds = (await empty.get(f"{FEEDS}GetFeeds")).body
    assert [feed["name"] for feed in feeds] == ["Orchestrator", "Orchestrator Finance Feed"]
    found = [
        (await empty.get(f"{FEEDS}GetFolderFeed?folderId={each['Id']}")).body for each in (top, inner, other)
    ]
    assert found == [top["Key"], top["Key"], None]
    body = {"Name": "Bot", "ProcessKey": "Bot", "ProcessVersion": "1.0.0"}
    made = [
        (await empty.send("POST", RELEASES, body, OrganizationUnitId=str(each["Id"]))).status
        for each in (inner, other)
    ]
    assert made == [201, 404]


async def test_an_unknown_feed_is_named_in_the_refusal(empty):
    unknown = "99999999-0000-0000-0000-000000000001"
    status, body = await upload(empty, unknown, package())
    assert status == 404
    assert unknown in body["message"]
    assert (await empty.get(f"/odata/Processes?feedId={unknown}")).status == 404


async def test_a_workspace_that_became_a_folder_keeps_its_feed(empty):
    made = empty.emulator.add.workspace("ada")
    await upload(empty, made["Key"], package())
    convert = f"/odata/PersonalWorkspaces({made['Id']})/UiPath.Server.Configuration.OData.ConvertToFolder"
    assert (await empty.send("POST", convert, {"folderName": "Team"})).status == 204
    assert len(await empty.rows(f"/odata/Processes?feedId={made['Key']}")) == 1
    assert [feed["name"] for feed in (await empty.get(f"{FEEDS}GetFeeds")).body][1:] == [
        "Orchestrator Team Feed"
    ]
