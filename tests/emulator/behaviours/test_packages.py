from __future__ import annotations

import io
import zipfile

import aiohttp
import orjson
import pytest

FINANCE = {"OrganizationUnitId": "36886"}
FUNCTION = "/odata/{}/UiPath.Server.Configuration.OData."
RELEASES = "/odata/Releases"


def package(name="Bot", version="1.0.0", arguments=None):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        metadata = f"<id>{name}</id><version>{version}</version><description>It's</description>"
        namespace = 'xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"'
        archive.writestr(f"{name}.nuspec", f"<package {namespace}><metadata>{metadata}</metadata></package>")
        if arguments:
            archive.writestr("lib/net45/project.json", orjson.dumps({"arguments": arguments}))
    return content.getvalue()


async def upload(http, *files, feed="Processes"):
    form = aiohttp.FormData()
    for number, content in enumerate(files):
        form.add_field(
            f"file{number or ''}",
            content,
            filename=f"{number}.nupkg",
            content_type="application/octet-stream",
        )
    token = {"Authorization": f"Bearer {http.emulator.tokens.issue()}"}
    url = http.emulator.base_url + FUNCTION.format(feed) + "UploadPackage"
    async with http.session.post(url, data=form, headers=token) as response:
        return response.status, (await response.json())


async def download(http, key, feed="Processes"):
    token = {"Authorization": f"Bearer {http.emulator.tokens.issue()}"}
    url = f"{http.emulator.base_url}{FUNCTION.format(feed)}DownloadPackage(key='{key}')"
    async with http.session.get(url, headers=token) as response:
        return response.status, await response.read(), response.headers


@pytest.mark.parametrize(("feed", "status"), [("Processes", 200), ("Libraries", 207)])
async def test_what_is_uploaded_is_listed_and_downloaded_byte_by_byte(empty, feed, status):
    content = package()
    got, body = await upload(empty, content, feed=feed)
    (result,) = body["value"]
    assert (got, result["Key"], result["Status"]) == (status, "0.nupkg", "OK")
    (row,) = await empty.rows(f"/odata/{feed}")
    assert (row["Key"], row["Id"], row["Version"], row["Title"], row["Description"]) == (
        *("Bot:1.0.0", "Bot", "1.0.0", "Bot", "It's"),
    )
    assert row["IsLatestVersion"] is True
    code, downloaded, headers = await download(empty, "Bot:1.0.0", feed)
    assert (code, downloaded) == (200, content)
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"] == 'attachment; filename="Bot.1.0.0.nupkg"'
    assert (await download(empty, "Bot:2.0.0", feed))[0] == 404


async def test_each_file_has_its_own_outcome(empty):
    await upload(empty, package())
    status, body = await upload(empty, package(), b"no zip", package(version="2.0.0"), package(version=""))
    assert status == 207
    assert [(result["Key"], result["Status"]) for result in body["value"]] == [
        *(
            ("Bot:1.0.0", "Conflict"),
            ("1.nupkg", "BadRequest"),
            ("2.nupkg", "OK"),
            ("3.nupkg", "BadRequest"),
        ),
    ]
    assert orjson.loads(body["value"][0]["Body"])["errorCode"] == 1004
    refused, _ = await upload(empty)
    assert refused == 400


async def test_the_latest_version_is_the_highest_and_not_the_last(empty):
    versions = ["1.9.0", "1.10.0", "2.0.0-beta.2", "2.0.0-beta.11", "1.2.0"]
    for version in versions:
        await upload(empty, package(version=version))
    await upload(empty, package("Other"))
    latest = await empty.rows("/odata/Processes?$orderby=Id&$select=Id,Version")
    assert latest == [{"Version": "2.0.0-beta.11", "Id": "Bot"}, {"Version": "1.0.0", "Id": "Other"}]
    listed = FUNCTION.format("Processes") + "GetProcessVersions(processId='bot')?$select=Version"
    assert [row["Version"] for row in await empty.rows(listed)] == versions
    await upload(empty, package(version="2.0.0"))
    assert (await empty.rows("/odata/Processes?searchTerm=BO&$select=Version")) == [{"Version": "2.0.0"}]
    assert (await empty.send("DELETE", "/odata/Processes('Bot:2.0.0')")).status == 204
    assert (await empty.rows("/odata/Processes?searchTerm=bot&$select=Version"))[0][
        "Version"
    ] == "2.0.0-beta.11"
    assert (await empty.send("DELETE", "/odata/Processes('Bot')")).status == 204
    assert [row["Id"] for row in await empty.rows("/odata/Processes")] == ["Other"]
    assert (await empty.send("DELETE", "/odata/Processes('Bot')")).status == 404
    assert (await download(empty, "Bot:1.9.0"))[0] == 404


async def test_arguments_are_those_of_the_project(empty):
    given = {"input": [{"name": "in_File", "type": "System.String"}], "output": []}
    await upload(empty, package(arguments=given), package("Plain"))
    path = FUNCTION.format("Processes") + "GetArguments(key='{}')"
    known = (await empty.get(path.format("Bot:1.0.0"))).body
    assert (orjson.loads(known["Input"]), known["Output"]) == (given["input"], None)
    assert (await empty.get(path.format("Plain:1.0.0"))).body["Input"] is None
    assert (await empty.get(path.format("None:1.0.0"))).status == 404


async def test_no_folder_has_a_feed_of_its_own(demo):
    reply = await demo.get("/api/PackageFeeds/GetFolderFeed?folderId=36886")
    assert (reply.status, reply.body) == (200, None)
    assert reply.headers["Content-Length"] == "4"


async def release(http, key):
    row = (await http.get(f"{RELEASES}({key})?$expand=CurrentVersion,ReleaseVersions", **FINANCE)).body
    assert row["CurrentVersion"]["VersionNumber"] == row["ProcessVersion"]
    return row["ProcessVersion"], [each["VersionNumber"] for each in row["ReleaseVersions"]]


async def test_a_process_is_made_of_a_package_that_there_is(demo):
    body = {"Name": "Second", "ProcessKey": "InvoiceIntake", "ProcessVersion": "1.0.0"}
    created = await demo.send("POST", RELEASES, body, **FINANCE)
    assert created.status == 201
    assert created.body["Key"]
    assert await release(demo, created.body["Id"]) == ("1.0.0", ["1.0.0"])
    unknown = await demo.send(
        "POST", RELEASES, body | {"Name": "Third", "ProcessVersion": "9.0.0"}, **FINANCE
    )
    assert (unknown.status, unknown.body["errorCode"]) == (404, 1002)
    taken = await demo.send("POST", RELEASES, body, **FINANCE)
    assert (taken.status, taken.body["errorCode"]) == (409, 1001)
    used = await demo.send("DELETE", "/odata/Processes('InvoiceIntake:1.0.0')")
    assert (used.status, used.body["errorCode"]) == (409, 1013)
    assert (
        await demo.send("DELETE", f"/api/Releases/DeleteByKey?key={created.body['Key']}", **FINANCE)
    ).status == 204
    assert (await demo.send("DELETE", "/odata/Processes('InvoiceIntake:1.0.0')")).status == 204


async def test_a_process_goes_to_other_versions_and_back(demo):
    await upload(demo, package("InvoiceIntake", "2.0.0"))
    action = f"{RELEASES}(503)/UiPath.Server.Configuration.OData."
    latest = await demo.send("POST", f"{action}UpdateToLatestPackageVersion", **FINANCE)
    assert (latest.status, latest.body["value"]) == (200, 503)
    assert await release(demo, 503) == ("2.0.0", ["2.0.0", "1.1.0", "1.0.0"])
    await demo.send("POST", f"{action}RollbackToPreviousReleaseVersion", **FINANCE)
    assert await release(demo, 503) == ("1.1.0", ["1.1.0", "1.0.0"])
    await demo.send("POST", f"{action}RollbackToPreviousReleaseVersion", **FINANCE)
    assert (await demo.send("POST", f"{action}RollbackToPreviousReleaseVersion", **FINANCE)).status == 409
    specific = f"{action}UpdateToSpecificPackageVersion"
    assert (await demo.send("POST", specific, {"packageVersion": "2.0.0"}, **FINANCE)).status == 200
    assert (await demo.send("POST", specific, {"packageVersion": "3.0.0"}, **FINANCE)).status == 404
    assert await release(demo, 503) == ("2.0.0", ["2.0.0", "1.0.0"])


async def test_processes_go_to_other_versions_by_key_and_in_bulk(demo):
    await upload(demo, package("InvoiceIntake", "2.0.0"))
    key = demo.emulator.sql('SELECT "Key" FROM Releases WHERE Id = 503')[0][0]
    function = FUNCTION.format("Releases")
    by_key = await demo.send(
        "POST", f"{function}UpdateToLatestPackageVersionByKey(identifier={key})", **FINANCE
    )
    assert (by_key.status, by_key.body["value"]) == (200, key)
    update = {"releaseKey": key, "processVersion": "1.0.0", "inputArgs": '{"a":1}'}
    assert (await demo.send("POST", f"{function}UpdateByKey", update, **FINANCE)).status == 200
    assert (await release(demo, 503))[0] == "1.0.0"
    assert (await demo.get(f"{RELEASES}(503)", **FINANCE)).body["InputArguments"] == '{"a":1}'
    bulk = f"{function}UpdateToLatestPackageVersionBulk"
    reply = await demo.send("POST", bulk, {"releaseIds": [503, 9], "mergePackageTags": False}, **FINANCE)
    assert (reply.status, reply.body["Success"], reply.body["FailedItems"]) == (200, False, [9])
    assert (await release(demo, 503))[0] == "2.0.0"
    keys = await demo.send("POST", f"{bulk}ByKey", {"releaseKeys": [key]}, **FINANCE)
    assert (keys.body["Success"], keys.body["FailedItems"]) == (True, [])


async def test_the_demo_s_packages_can_be_downloaded(demo):
    status, content, _ = await download(demo, "BerichteÜbersicht:1.1.0")
    assert status == 200
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["package.nuspec"]


async def test_an_upload_needs_a_file_and_a_process_its_package(demo):
    form = aiohttp.FormData()
    form.add_field("note", "text", content_type="text/plain")
    token = {"Authorization": f"Bearer {demo.emulator.tokens.issue()}"}
    url = demo.emulator.base_url + FUNCTION.format("Processes") + "UploadPackage"
    async with demo.session.post(url, data=form, headers=token) as response:
        assert (response.status, (await response.json())["message"]) == (400, "The request has no file.")
    demo.emulator.insert(
        "Releases", [{"Id": 9, "Name": "Lost", "ProcessKey": "Lost", "Key": "k"}], folder=36886
    )
    action = f"{RELEASES}(9)/UiPath.Server.Configuration.OData.UpdateToLatestPackageVersion"
    lost = await demo.send("POST", action, **FINANCE)
    assert (lost.status, lost.body["errorCode"]) == (404, 1002)
