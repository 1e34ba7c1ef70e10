"""Files of buckets through real HTTP: the emulator's storage refuses a token and wants what Azure wants."""

from __future__ import annotations

import os
from typing import ClassVar

import pytest
from aiohttp import web

from uipath_odata import entities
from uipath_odata.emulator.faults import Cut, Status
from uipath_odata.errors import ConnectionFailed, DecodeError, ExportError, Forbidden, NotFound, QueryError
from uipath_odata.operations import buckets as operations
from uipath_odata.resources.files.bucket_files import BucketFiles
from uipath_odata.resources.files.download import Downloaded

CONTENT = os.urandom(300_000)


async def test_what_is_uploaded_is_downloaded_byte_by_byte(buckets, tmp_path):
    source = tmp_path / "report.pdf"
    source.write_bytes(CONTENT)
    await buckets.upload(1, "2024/May/report.pdf", source)
    seen = []
    target = tmp_path / "copy.pdf"
    found = await buckets.download(
        1, "2024/May/report.pdf", target, progress=lambda come, total: seen.append((come, total))
    )
    assert found == Downloaded(target, len(CONTENT), verified=True)
    assert target.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [come for come, _ in seen] == sorted({come for come, _ in seen})


@pytest.mark.parametrize("content", [b"", b"x", CONTENT * 10])
async def test_bytes_are_uploaded_too(buckets, tmp_path, content):
    await buckets.upload(1, "data.bin", content)
    found = await buckets.download(1, "data.bin", tmp_path / "data.bin")
    assert (found.size, (tmp_path / "data.bin").read_bytes()) == (len(content), content)


async def test_an_upload_takes_the_place_of_what_is_there(buckets, tmp_path):
    for content in (b"first", b"second, longer"):
        await buckets.upload(1, "a.txt", content)
    await buckets.download(1, "a.txt", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == b"second, longer"


@pytest.mark.parametrize(
    ("path", "given", "kind"),
    [
        ("a.json", None, "application/json"),
        ("a.unknown-suffix", None, "application/octet-stream"),
        ("a.json", "text/plain", "text/plain"),
    ],
)
async def test_the_type_is_guessed_or_given(buckets, emulator, path, given, kind):
    await buckets.upload(1, path, b"{}", content_type=given)
    assert emulator.sql("SELECT type FROM _files") == [(kind,)]


async def test_in_a_directory_a_file_gets_its_own_name(buckets, tmp_path):
    await buckets.upload(1, "2024/r e:port.pdf", b"x")
    found = await buckets.download(1, "2024/r e:port.pdf", tmp_path)
    assert found.path == tmp_path / "r e_port.pdf"
    assert [each.name for each in tmp_path.iterdir()] == ["r e_port.pdf"]


async def test_an_existing_file_is_refused_before_anything_is_asked(buckets, emulator, tmp_path):
    target = tmp_path / "a.txt"
    target.write_bytes(b"mine")
    with pytest.raises(ExportError, match="exists already: name another file, or give overwrite=True"):
        await buckets.download(1, "a.txt", target)
    assert not emulator.requests
    await buckets.upload(1, "a.txt", b"theirs")
    await buckets.download(1, "a.txt", target, overwrite=True)
    assert target.read_bytes() == b"theirs"


async def test_a_file_that_is_not_there_leaves_nothing(buckets, tmp_path):
    with pytest.raises(NotFound):
        await buckets.download(1, "missing.txt", tmp_path / "a.txt")
    assert not list(tmp_path.iterdir())


async def test_r10_a_storage_in_trouble_is_asked_again(buckets, emulator, tmp_path):
    emulator.fail("Storage.Put", Status(503))
    await buckets.upload(1, "a.bin", CONTENT)
    emulator.fail("Storage.Get", Cut(), times=2)
    await buckets.download(1, "a.bin", tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert not emulator.faults


async def test_r12_a_file_that_stays_cut_is_an_error_and_leaves_nothing(buckets, emulator, tmp_path):
    await buckets.upload(1, "a.bin", CONTENT)
    emulator.fail("Storage.Get", Cut(), times=None)
    with pytest.raises(ConnectionFailed, match="is cut"):
        await buckets.download(1, "a.bin", tmp_path / "a.bin")
    assert not list(tmp_path.iterdir())


def unframed(content):
    """Answer with a body that only the end of the connection ends."""

    async def answer(request, _proceed):
        request.transport.write(b"HTTP/1.1 200 OK\r\n\r\n" + content)
        request.transport.close()
        return web.Response()

    return answer


async def test_r15_a_length_that_the_storage_does_not_say_is_asked_for(buckets, emulator, tmp_path):
    await buckets.upload(1, "a.bin", b"content")
    emulator.fail("Storage.*", unframed(b"content"))
    found = await buckets.download(1, "a.bin", tmp_path / "a.bin")
    assert (found.size, found.verified) == (7, True)
    assert emulator.requests["GET /odata/Buckets({key})/UiPath.Server.Configuration.OData.GetFile"] == 1


async def test_r15_a_file_that_is_shorter_than_orchestrator_says_is_an_error(buckets, emulator, tmp_path):
    await buckets.upload(1, "a.bin", b"content")
    emulator.fail("Storage.*", unframed(b"cont"))
    with pytest.raises(ConnectionFailed, match="came with 4 bytes of 7: try again"):
        await buckets.download(1, "a.bin", tmp_path / "a.bin")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("answer", [b'{"Size":null}', b'{"Size":"7"}', b"[]"])
async def test_r15_a_length_that_nobody_says_is_told(buckets, emulator, tmp_path, answer):
    await buckets.upload(1, "a.bin", b"content")
    emulator.fail("Storage.*", unframed(b"content"))
    emulator.fail("Buckets.GetFile", Status(200, answer))
    assert not (await buckets.download(1, "a.bin", tmp_path / "a.bin")).verified


async def test_an_older_api_without_the_operation_says_so(emulator, tmp_path):
    class Buckets(BucketFiles):
        __operations__: ClassVar = {"list": operations.Buckets.__operations__["list"]}
        __entity__ = entities.Bucket

    async with emulator.client() as client:
        with pytest.raises(QueryError, match="Buckets have no operation get_read_uri in the API version"):
            await Buckets._of(client._channel).download(1, "a", tmp_path / "a")


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_of_the_storage_is_not_one_of_the_token(buckets, emulator, tmp_path, status):
    await buckets.upload(1, "a.bin", b"x")
    body = b"<Error><Code>AuthenticationFailed</Code><StringToSign>canary</StringToSign></Error>"
    emulator.fail("Storage.*", Status(status, body), times=None)
    with pytest.raises(Forbidden, match="refused the file AuthenticationFailed: its signature") as caught:
        await buckets.download(1, "a.bin", tmp_path / "a.bin")
    assert "canary" not in str(caught.value)
    assert "sig" not in caught.value.url
    assert emulator.token_requests == 1


async def test_a_client_that_only_reads_uploads_nothing(emulator):
    async with emulator.client(read_only=True) as client:
        with pytest.raises(QueryError, match=r"Buckets\.upload writes and this client is read_only"):
            await client.folder("Shared").buckets.upload(1, "a.txt", b"x")
    assert not emulator.requests


async def test_a_missing_source_is_told_before_anything_is_asked(buckets, emulator, tmp_path):
    with pytest.raises(FileNotFoundError):
        await buckets.upload(1, "a.txt", tmp_path / "missing.txt")
    assert not emulator.requests


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (b'{"Uri":null,"Verb":"GET"}', ConnectionFailed, "no address that can be used"),
        (b'{"Uri":"https://x y/","Verb":"GET"}', ConnectionFailed, "no address that can be used"),
        (b"[]", ConnectionFailed, "no address that can be used"),
        (b'{"Uri":"http://files.example.com/a?sig=canary"}', QueryError, "without TLS"),
        (b'{"Uri":"https://169.254.169.254/latest?sig=canary"}', QueryError, "in a private network"),
        (b'{"Uri":"https://files.example.com/a?sig=canary","Verb":"DELETE"}', DecodeError, "the verb DELETE"),
        (
            b'{"Uri":"https://f.example.com/a","Headers":{"Keys":["a"],"Values":[]}}',
            DecodeError,
            "no value each",
        ),
        (
            b'{"Uri":"https://files.example.com/a?sig=canary","RequiresAuth":true}',
            QueryError,
            "token sent to files.example.com",
        ),
    ],
)
async def test_r68_an_address_that_must_not_be_gone_to_is_not(
    buckets, emulator, tmp_path, answer, error, said
):
    headers = {"Content-Type": "application/json"}
    emulator.fail("Buckets.GetReadUri", Status(200, answer, headers), times=None)
    with pytest.raises(error, match=said) as caught:
        await buckets.download(1, "a.txt", tmp_path / "a.txt")
    assert "canary" not in str(caught.value)
    assert not list(tmp_path.iterdir())


async def test_r68_a_file_at_orchestrator_itself_is_asked_for_with_the_token(buckets, emulator, tmp_path):
    answer = f'{{"Uri":"{emulator.base_url}/api/Files/1?x=1%2B1","RequiresAuth":true}}'.encode()
    emulator.fail("Buckets.GetReadUri", Status(200, answer))
    seen = []

    async def file(request, _proceed):
        seen.append((request.raw_path, request.headers.copy()))
        return await Status(200, b"content")(request, _proceed)

    emulator.fail("*", file, when=lambda call: "/api/Files" in call.path)
    await buckets.download(1, "a.txt", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == b"content"
    [(path, headers)] = seen
    assert path.endswith("/api/Files/1?x=1%2B1")
    assert headers["Authorization"].startswith("Bearer ")
    assert (headers["Accept-Encoding"], headers["X-UIPATH-FolderPath"]) == ("identity", "Shared")
