from __future__ import annotations

import uuid

import pytest

SHARED = {"OrganizationUnitId": "36885"}


@pytest.fixture
def attach(demo):
    """Add an attachment with a file, as UiPath's SDKs do; no folder is named."""

    async def add(name, content=b"content"):
        made = (await demo.send("POST", "/odata/Attachments", {"Name": name})).body
        access = made["BlobFileAccess"]
        headers = dict(zip(access["Headers"]["Keys"], access["Headers"]["Values"], strict=True))
        async with demo.session.put(access["Uri"], data=content, headers=headers) as response:
            assert response.status == 201
        return made["Id"]

    return add


async def test_what_is_written_to_the_address_is_read_from_the_other(demo, attach):
    key = await attach("a+b c.txt")
    found = (await demo.get(f"/odata/Attachments({key})")).body
    assert (found["Name"], found["BlobFileAccess"]["Verb"]) == ("a+b c.txt", "GET")
    async with demo.session.get(found["BlobFileAccess"]["Uri"]) as response:
        assert await response.read() == b"content"
    (listed,) = await demo.rows("/odata/Attachments")
    assert listed["BlobFileAccess"]["Uri"].startswith("http://127.0.0.1")


async def test_a_removed_attachment_takes_its_file_and_links_along(demo, attach):
    key, job = await attach("a.txt"), str(uuid.uuid4())
    await demo.send("POST", "/api/JobAttachments/Post", {"attachmentId": key, "jobKey": job})
    uri = (await demo.get(f"/odata/Attachments({key})")).body["BlobFileAccess"]["Uri"]
    assert (await demo.send("DELETE", f"/odata/Attachments({key})", **SHARED)).status == 204
    async with demo.session.get(uri) as response:
        assert response.status == 404
    assert (await demo.get(f"/api/JobAttachments/GetByJobKey?jobKey={job}")).body == []


async def test_jobs_have_attachments(demo, attach):
    job = str(uuid.uuid4())
    first, other = await attach("a.txt"), await attach("b.txt")
    for key in (first, other):
        body = {"attachmentId": key.upper(), "jobKey": job, "category": "x", "unknown": 1}
        assert (await demo.send("POST", "/api/JobAttachments/Post", body)).status == 201
    found = (await demo.get(f"/api/JobAttachments/GetByJobKey?jobKey={job.upper()}")).body
    assert {(each["attachmentId"], each["attachmentName"], each["category"]) for each in found} == {
        (first, "a.txt", "x"),
        (other, "b.txt", "x"),
    }
    missing = {"attachmentId": str(uuid.uuid4()), "jobKey": job}
    assert (await demo.send("POST", "/api/JobAttachments/Post", missing)).status == 404


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, b"cont"),
        ("bytes=4-", 206, b"ent"),
        ("bytes=-2", 206, b"nt"),
        ("bytes=5-99", 206, b"nt"),
        ("bytes=7-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=3-1", 200, b"content"),
        ("bytes=0-1,3-4", 200, b"content"),
        ("lines=1-2", 200, b"content"),
    ],
)
@pytest.mark.parametrize("header", ["Range", "x-ms-range"])
async def test_a_part_of_a_file_is_read_by_its_bytes(demo, attach, asked, status, part, header):
    key = await attach("a.txt")
    uri = (await demo.get(f"/odata/Attachments({key})")).body["BlobFileAccess"]["Uri"]
    async with demo.session.get(uri, headers={header: asked}) as response:
        assert response.status == status
        assert part is None or await response.read() == part
        if status != 200:
            assert response.headers["Content-Range"].endswith("/7")
    async with demo.session.head(uri, headers={header: asked}) as response:
        assert response.status == status
        assert part is None or response.content_length == len(part)


async def test_a_job_takes_its_arguments_from_a_file_and_has_what_it_was_started_with(demo, attach):
    text = b'{"text":"' + b"x" * 20_000 + b'"}'
    given, other = await attach("in.json", text), await attach("b.txt")
    name = (await demo.rows("/odata/Releases?$top=1", **SHARED))[0]["Name"]
    info = {"ReleaseName": name, "InputFile": given, "Attachments": [{"attachmentId": other}]}
    start = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
    (job,) = (await demo.send("POST", start, {"startInfo": info}, **SHARED)).rows
    demo.emulator.clock.advance(minutes=1)
    ended = (await demo.get(f"/odata/Jobs({job['Id']})", **SHARED)).body
    assert (ended["State"], ended["InputFile"], ended["OutputArguments"]) == ("Successful", given, None)
    found = (await demo.get(f"/odata/Attachments({ended['OutputFile']})")).body
    async with demo.session.get(found["BlobFileAccess"]["Uri"]) as response:
        assert await response.read() == text
    (linked,) = (await demo.get(f"/api/JobAttachments/GetByJobKey?jobKey={job['Key']}")).body
    assert linked["attachmentId"] == other
