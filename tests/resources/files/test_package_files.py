from __future__ import annotations

import io
import zipfile

import pytest

from uipath_odata.emulator.faults import Html, Status
from uipath_odata.errors import DecodeError, ItemsFailed, NotFound, QueryError
from uipath_odata.resources.files.download import Downloaded


def package(name="Bot", version="1.0.0"):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        metadata = f"<id>{name}</id><version>{version}</version>"
        namespace = 'xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"'
        entry = zipfile.ZipInfo(f"{name}.nuspec")  # whose time is always the same
        archive.writestr(entry, f"<package {namespace}><metadata>{metadata}</metadata></package>")
    return content.getvalue()


@pytest.fixture(params=["processes", "libraries"])
def packages(request, orchestrator):
    return getattr(orchestrator, request.param)


@pytest.mark.parametrize("name", ["Bot.1.0.0.nupkg", 'B"ö;t.nupkg'])
async def test_a_package_is_uploaded_from_a_file_and_downloaded_byte_by_byte(packages, tmp_path, name):
    file = tmp_path / name
    file.write_bytes(package())
    assert await packages.upload_package(file) == ["Bot:1.0.0"]
    target = tmp_path / "copy.nupkg"
    found = await packages.download_package("Bot:1.0.0", target)
    assert found == Downloaded(target, len(package()), verified=True)
    assert target.read_bytes() == package()
    assert await packages.download_package("Bot:1.0.0") == package()


async def test_bytes_are_a_package_too(packages):
    assert await packages.upload_package(package("Tool", "2.1.0-beta")) == ["Tool:2.1.0-beta"]


async def test_in_a_directory_a_package_gets_its_own_name(packages, tmp_path):
    await packages.upload_package(package())
    found = await packages.download_package("Bot:1.0.0", tmp_path)
    assert found.path == tmp_path / "Bot.1.0.0.nupkg"


async def test_a_package_that_is_refused_says_so(packages):
    with pytest.raises(ItemsFailed) as caught:
        await packages.upload_package(b"no archive")
    assert len(caught.value.failed_items) == 1


async def test_a_package_that_is_not_there_leaves_nothing(packages, tmp_path):
    with pytest.raises(NotFound):
        await packages.download_package("Nothing:1.0.0", tmp_path)
    assert not list(tmp_path.iterdir())


async def test_r20_a_web_page_is_no_package(packages, emulator, tmp_path):
    emulator.fail("*.DownloadPackage", Html(), times=None)
    with pytest.raises(DecodeError, match="web page came in the place of a file"):
        await packages.download_package("Bot:1.0.0", tmp_path)
    assert not list(tmp_path.iterdir())


async def test_a_client_that_only_reads_uploads_nothing(emulator):
    async with emulator.client(read_only=True) as client:
        with pytest.raises(QueryError, match="read_only"):
            await client.processes.upload_package(package())
    assert not emulator.requests


async def test_r37_a_package_is_sent_whole_again_with_a_newer_token(packages, emulator, tmp_path):
    file = tmp_path / "big.nupkg"
    file.write_bytes(package())
    await packages.first()
    emulator.tokens.expire()
    assert await packages.upload_package(file) == ["Bot:1.0.0"]
    assert emulator.token_requests == 2


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        (b'{"value":[{"Key":"a:1","Status":"Created"},{"Key":"b:1","Status":"OK"}]}', ["a:1", "b:1"]),
        (b'{"value":[{"Key":"a:1","Status":201}]}', ["a:1"]),
        (
            b'{"value":[{"Key":"a.nupkg","Status":"OK","Body":"{\\"Id\\":\\"a\\",\\"Version\\":\\"1.0\\"}"}]}',
            ["a:1.0"],
        ),
        (b'{"value":[{"Key":"a:1","Status":"OK","Body":"done"}]}', ["a:1"]),
        (b'{"value":[]}', []),
    ],
)
async def test_every_form_of_success_is_read(orchestrator, emulator, body, keys):
    emulator.fail("Processes.UploadPackage", Status(207, body))
    assert await orchestrator.processes.upload_package(package()) == keys


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            b'{"Key":"a:1","Status":"Conflict","Body":"Package already exists."}',
            "Package already exists: see",
        ),
        (b'{"Key":"a:1","Status":409}', "a:1: see failed_items"),
        (b'{"Key":"a:1"}', "a:1: see failed_items"),
        (b"5", "a package was not taken: see failed_items"),
    ],
)
async def test_every_form_of_failure_is_an_error(orchestrator, emulator, item, said):
    body = b'{"value":[{"Key":"b:1","Status":"OK"},' + item + b"]}"
    emulator.fail("Processes.UploadPackage", Status(207, body))
    with pytest.raises(ItemsFailed, match=said):
        await orchestrator.processes.upload_package(package())


async def test_what_is_no_list_is_no_answer(orchestrator, emulator):
    emulator.fail("Processes.UploadPackage", Status(200, b"{}"))
    with pytest.raises(DecodeError, match="not a list of packages"):
        await orchestrator.processes.upload_package(package())
