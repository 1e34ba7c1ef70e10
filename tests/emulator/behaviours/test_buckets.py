from __future__ import annotations

import attrs
import pytest
from yarl import URL

FOLDER = {"OrganizationUnitId": "1"}
BUCKET = {"Name": "B", "Identifier": "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"}


@attrs.frozen
class Bucket:
    http: object
    key: int

    def path(self, function, query=""):
        return f"/odata/Buckets({self.key})/UiPath.Server.Configuration.OData.{function}?{query}"

    async def ask(self, function, query=""):
        return await self.http.get(self.path(function, query), **FOLDER)

    async def write(self, path, content=b"content", content_type="text/plain"):
        access = (await self.ask("GetWriteUri", f"path={path}&contentType={content_type}")).body
        headers = dict(zip(access["Headers"]["Keys"], access["Headers"]["Values"], strict=True))
        return await self.raw("PUT", access["Uri"], content, **headers, **{"Content-Type": content_type})

    async def raw(self, method, uri, content=None, **headers):
        url = URL(uri, encoded=True)
        async with self.http.session.request(method, url, data=content, headers=headers) as response:
            return response.status, await response.read(), response.headers

    async def listed(self, function, query=""):
        return [row["FullPath"] for row in (await self.ask(function, query)).rows]


@pytest.fixture
async def bucket(emulators, clock):
    async with emulators(seed=None, clock=clock) as http:
        http.emulator.insert("Folders", [{"Id": 1}])
        created = await http.send("POST", "/odata/Buckets", BUCKET, **FOLDER)
        yield Bucket(http, created.body["Id"])


async def test_what_is_written_to_an_address_is_read_from_another(bucket):
    access = (await bucket.ask("GetWriteUri", "path=/dir/report ü.txt")).body
    assert (access["Verb"], access["RequiresAuth"]) == ("PUT", False)
    assert access["Headers"] == {"Keys": ["x-ms-blob-type"], "Values": ["BlockBlob"]}
    assert access["Uri"].startswith("http://127.0.0.1:")
    assert "/orchestrator_/" not in access["Uri"]
    assert (await bucket.write("/dir/report ü.txt", b"\x00bytes"))[0] == 201
    reading = (await bucket.ask("GetReadUri", "path=dir/report ü.txt")).body
    assert (reading["Verb"], reading["RequiresAuth"]) == ("GET", False)
    assert reading["Headers"] == {"Keys": [], "Values": []}
    status, content, headers = await bucket.raw("GET", reading["Uri"])
    assert (status, content, headers["Content-Type"]) == (200, b"\x00bytes", "text/plain")
    assert headers["Content-Length"] == "6"
    assert (await bucket.write("/dir/report ü.txt", b""))[0] == 201
    assert (await bucket.raw("GET", reading["Uri"]))[1] == b""


@pytest.mark.parametrize(
    ("change", "headers", "status", "code"),
    [
        ({}, {"Authorization": "Bearer x"}, 400, b"InvalidAuthenticationInfo"),
        ({}, {"x-ms-blob-type": ""}, 400, b"MissingRequiredHeader"),
        ({"sig": "0" * 64}, {}, 403, b"AuthenticationFailed"),
        ({"se": "9999999999"}, {}, 403, b"AuthenticationFailed"),
        ({"se": "soon"}, {}, 403, b"AuthenticationFailed"),
        ({"sp": "GET"}, {}, 403, b"AuthenticationFailed"),
    ],
)
async def test_a_write_that_is_not_as_signed_is_refused_in_xml(bucket, change, headers, status, code):
    uri = URL((await bucket.ask("GetWriteUri", "path=a")).body["Uri"]).update_query(change)
    refused = await bucket.raw("PUT", str(uri), b"x", **{"x-ms-blob-type": "BlockBlob"} | headers)
    assert (refused[0], refused[2]["Content-Type"]) == (status, "application/xml")
    assert b"<Error><Code>" + code in refused[1]
    assert await bucket.listed("GetFiles") == []


async def test_a_write_needs_its_length(bucket):
    """R15: blob stores refuse chunked bodies."""

    async def chunks():
        yield b"x"

    uri = (await bucket.ask("GetWriteUri", "path=a")).body["Uri"]
    refused = await bucket.raw("PUT", uri, chunks(), **{"x-ms-blob-type": "BlockBlob"})
    assert refused[0] == 411


async def test_an_address_is_good_for_one_file_and_for_a_while(bucket, clock):
    await bucket.write("a")
    await bucket.write("b")
    uri = (await bucket.ask("GetReadUri", "path=a&expiryInMinutes=5")).body["Uri"]
    clock.now += 300
    assert (await bucket.raw("GET", uri))[0] == 200
    assert (await bucket.raw("GET", uri.replace("/a?", "/b?")))[0] == 403
    clock.now += 1
    assert (await bucket.raw("GET", uri))[0] == 403


@pytest.mark.parametrize("by", ["setting", "option of the bucket"])
async def test_files_may_be_behind_orchestrator_s_token(emulators, by):
    async with emulators(seed=None, storage_requires_auth=by == "setting") as http:
        http.emulator.insert("Folders", [{"Id": 1}])
        options = {} if by == "setting" else {"Options": "AccessDataThroughOrchestrator"}
        created = await http.send("POST", "/odata/Buckets", BUCKET | options, **FOLDER)
        bucket = Bucket(http, created.body["Id"])
        access = (await bucket.ask("GetWriteUri", "path=a")).body
        assert access["RequiresAuth"] is True
        assert access["Uri"].startswith(http.emulator.base_url)
        block = {"x-ms-blob-type": "BlockBlob"}
        assert (await bucket.raw("PUT", access["Uri"], b"x", **block))[0] == 401
        token = {"Authorization": f"Bearer {http.emulator.tokens.issue()}"}
        assert (await bucket.raw("PUT", access["Uri"], b"x", **block, **token))[0] == 201
        reading = (await bucket.ask("GetReadUri", "path=a")).body["Uri"]
        assert (await bucket.raw("GET", reading))[0] == 401
        assert (await bucket.raw("GET", reading, **token))[1] == b"x"


async def test_files_are_listed_by_directory_pattern_and_options(bucket):
    for path in ("a.txt", "b.csv", "dir/c.txt", "dir/sub/d.txt", "other/e.txt"):
        await bucket.write(path, path.encode())
    assert await bucket.listed("GetFiles") == ["a.txt", "b.csv"]
    assert await bucket.listed("GetFiles", "directory=/dir") == ["dir/c.txt"]
    assert await bucket.listed("GetFiles", "directory=dir&recursive=true") == ["dir/c.txt", "dir/sub/d.txt"]
    assert await bucket.listed("GetFiles", "fileNameGlob=*.txt") == ["a.txt"]
    assert await bucket.listed("GetFiles", "recursive=true&$orderby=FullPath desc&$top=1") == ["other/e.txt"]
    assert await bucket.listed("GetFiles", "recursive=true&$filter=Size gt 11") == ["dir/sub/d.txt"]
    assert await bucket.listed("GetDirectories") == ["dir", "other"]
    assert await bucket.listed("GetDirectories", "directory=dir") == ["dir/sub"]
    assert await bucket.listed("GetDirectories", "fileNameGlob=o*") == ["other"]
    assert (await bucket.ask("GetFiles", "recursive=true&$top=2")).body["@odata.count"] == 5


async def test_one_file_is_described_and_deleted(bucket):
    await bucket.write("dir/a.txt", b"12345")
    described = (await bucket.ask("GetFile", "path=/dir/a.txt")).body
    expected = {"FullPath": "dir/a.txt", "ContentType": "text/plain", "Size": 5, "IsDirectory": False}
    assert {name: described[name] for name in expected} == expected
    uri = (await bucket.ask("GetReadUri", "path=dir/a.txt")).body["Uri"]
    gone = bucket.path("DeleteFile", "path=dir/a.txt")
    assert (await bucket.http.send("DELETE", gone, **FOLDER)).status == 204
    assert (await bucket.http.send("DELETE", gone, **FOLDER)).status == 404
    assert (await bucket.raw("GET", uri))[0] == 404
    for function in ("GetFile", "GetReadUri"):
        missing = await bucket.ask(function, "path=dir/a.txt")
        assert (missing.status, missing.body["errorCode"]) == (404, 1002)
        assert (await bucket.ask(function)).status == 400


async def test_files_are_listed_page_by_page_with_their_addresses(bucket):
    for path in ("a/1", "a/2", "a/3", "b/1"):
        await bucket.write(path, b"xy")
    seen, token = [], ""
    while token is not None:
        listed = f"/api/Buckets/{bucket.key}/ListFiles?prefix=/a/&takeHint=2&continuationToken={token}"
        page = (await bucket.http.get(listed, **FOLDER)).body
        seen.append([item["fullPath"] for item in page["items"]])
        token = page["continuationToken"]
    assert seen == [["/a/1", "/a/2"], ["/a/3"]]
    item = page["items"][0]
    assert (item["size"], item["lastModified"]) == (2, "2024-05-14T12:00:00Z")
    assert (await bucket.raw("GET", item["accessInfo"]["Uri"]))[1] == b"xy"


async def test_a_read_only_bucket_is_not_written_to(bucket):
    await bucket.http.send("PUT", f"/odata/Buckets({bucket.key})", BUCKET | {"Options": "ReadOnly"}, **FOLDER)
    assert (await bucket.ask("GetWriteUri", "path=a")).status == 403
    assert (await bucket.http.send("DELETE", bucket.path("DeleteFile", "path=a"), **FOLDER)).status == 403


async def test_a_bucket_is_deleted_with_its_files(bucket):
    await bucket.write("a")
    uri = (await bucket.ask("GetReadUri", "path=a")).body["Uri"]
    assert (await bucket.http.send("DELETE", f"/odata/Buckets({bucket.key})", **FOLDER)).status == 204
    assert (await bucket.raw("GET", uri))[0] == 404
    assert (await bucket.ask("GetFiles")).status == 404


async def test_lists_that_are_worked_out_take_select_and_refuse_what_is_unknown(bucket):
    await bucket.write("a", b"xy")
    chosen = await bucket.ask("GetFiles", "$select=size,FullPath&$count=false")
    assert (chosen.rows, "@odata.count" in chosen.body) == ([{"FullPath": "a", "Size": 2}], False)
    assert (await bucket.ask("GetFiles", "$select=*")).rows[0]["Size"] == 2
    for option in ("$select=Colour", "$select=Size/x", "$filter=Colour eq 1", "$orderby=Colour", "$top=x"):
        assert (await bucket.ask("GetFiles", option)).status == 400
