"""Files of buckets by name."""

from __future__ import annotations

import pytest

from uipath_odata.emulator.faults import Status
from uipath_odata.errors import DecodeError, NotFound, QueryError


@pytest.fixture
def bucket(emulator, finance):
    emulator.add.bucket("files", folder="Shared/Finance")
    return finance.bucket("files")


async def test_files_go_up_and_down_and_are_listed_and_deleted(bucket, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"from the disk")
    await bucket.upload("2026/a.txt", tmp_path / "a.txt")
    await bucket.upload("2026/b/c.pdf", b"bytes")
    await bucket.upload("2025/a.txt", b"old")
    listed = [file async for file in bucket.files("2026/")]
    assert [(file.name, file.size) for file in listed] == [("2026/a.txt", 13), ("2026/b/c.pdf", 5)]
    assert listed[1].content_type == "application/pdf"
    done = await bucket.download("2026/b/c.pdf", tmp_path)
    assert (done.path, done.path.read_bytes()) == (tmp_path / "c.pdf", b"bytes")
    await bucket.delete("2026/a.txt")
    assert [file.name async for file in bucket.files()] == ["2025/a.txt", "2026/b/c.pdf"]
    with pytest.raises(NotFound):
        await bucket.download("2026/a.txt", tmp_path / "gone.txt")


@pytest.mark.parametrize("name", ["", " ", "/", None, 3])
async def test_what_is_not_a_name_is_refused_before_any_request(bucket, emulator, tmp_path, name):
    for call in (bucket.upload(name, b"x"), bucket.download(name, tmp_path), bucket.delete(name)):
        with pytest.raises(QueryError, match="not the name of a file"):
            await call
    with pytest.raises(QueryError, match="beginning of a name"):
        await anext(bucket.files(None))
    assert not emulator.requests


async def test_all_chunks_of_a_long_list_are_read(bucket, emulator):
    pages = iter(
        [
            {"items": [{"fullPath": "/a/1"}], "continuationToken": "one"},
            {"items": [], "continuationToken": "two"},
            {"items": [{"fullPath": "a/2"}, {"fullPath": "b/3"}], "continuationToken": None},
        ]
    )
    for page in pages:
        emulator.fail("Buckets.ListFiles", Status(200, page))
    assert [file.name async for file in bucket.files("/a/")] == ["a/1", "a/2"]
    asked = [dict(call.query) for call in emulator.calls.of("Buckets.ListFiles")]
    assert [each.get("continuationToken") for each in asked] == [None, "one", "two"]
    assert {each["prefix"] for each in asked} == {"a/"}


async def test_a_list_that_goes_in_a_circle_is_an_error(bucket, emulator):
    emulator.fail("Buckets.ListFiles", Status(200, {"items": [], "continuationToken": "one"}), times=None)
    with pytest.raises(DecodeError, match="does not advance"):
        _ = [file async for file in bucket.files()]


@pytest.mark.parametrize("name", ["a&b.pdf", "a+b.pdf", "a%20b.pdf", "a?b.pdf", "a#b.pdf"])
async def test_a_name_that_is_read_as_another_is_refused_before_a_byte_moves(
    bucket, emulator, tmp_path, name
):
    with pytest.raises(QueryError, match="takes it for another file"):
        await bucket.delete(name)
    with pytest.raises(QueryError):
        _ = [file async for file in bucket.files(name)]
    elsewhere = {"Uri": f"{emulator.base_url}/files/other", "Verb": "PUT", "RequiresAuth": True}
    emulator.fail("Buckets.GetWriteUri", Status(200, elsewhere))
    with pytest.raises(QueryError, match="takes it for another file"):
        await bucket.upload(name, b"x")
    assert not emulator.calls.of("Storage.Put")
