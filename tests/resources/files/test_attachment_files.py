"""Attachments of jobs and queue items go up and down."""

from __future__ import annotations

from uuid import uuid4

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.emulator.faults import LostAnswer, Status
from uipath_odata.errors import DecodeError, OutcomeUnknown, QueryError


@pytest.fixture
async def emulator():
    async with Emulator(seed=None, jobs="manual") as emulator:
        emulator.add.folder("Shared")
        yield emulator


@pytest.fixture
async def folder(emulator):
    async with emulator.client() as client:
        yield client.folder("Shared")


async def test_a_file_stands_in_a_queue_items_content_and_is_read_by_its_performer(
    emulator, folder, tmp_path
):
    emulator.add.queue("Invoices", folder="Shared")
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    stored = await folder.attachments.upload(tmp_path / "a.pdf")
    assert (stored.name, stored.content_type) == ("a.pdf", "application/pdf")
    await folder.queue("Invoices").add({"File": stored.reference})
    async for item in folder.queue("Invoices").work(until_empty=True, alive_every=None):
        async with item:
            done = await folder.attachments.download(item.content["File"], tmp_path / "got.pdf")
            assert done.path.read_bytes() == b"%PDF"
    assert item.ended == "successful"


async def test_a_file_is_linked_to_a_job_and_listed_there(emulator, folder):
    emulator.add.process("P", folder="Shared")
    job = emulator.add.job("P", folder="Shared")
    stored = await folder.attachments.upload(b"log", name="log.txt", job_key=job["Key"], category="logs")
    assert await folder.attachments.of_job(job["Key"]) == [stored]
    assert await folder.attachments.of_job(uuid4()) == []


async def test_a_link_whose_answer_is_lost_is_looked_for(emulator, folder):
    emulator.add.process("P", folder="Shared")
    job = emulator.add.job("P", folder="Shared")
    emulator.fail("JobAttachments.Post", LostAnswer())
    emulator.fail("Attachments.create", LostAnswer())
    await folder.attachments.upload(b"log", name="log.txt", job_key=job["Key"])
    assert len(await folder.attachments.of_job(job["Key"])) == 1
    emulator.fail("JobAttachments.Post", LostAnswer(performed=False))
    with pytest.raises(OutcomeUnknown):
        await folder.attachments.upload(b"log", name="log.txt", job_key=job["Key"])


async def test_what_has_no_name_or_key_is_refused_before_any_request(emulator, folder, tmp_path):
    with pytest.raises(QueryError, match="no name of their own"):
        await folder.attachments.upload(b"x")
    with pytest.raises(QueryError, match="is not the key"):
        await folder.attachments.download("a.pdf", tmp_path)
    with pytest.raises(QueryError, match="is not the key"):
        await folder.attachments.download({"FullName": "a.pdf"}, tmp_path)
    assert not emulator.requests


async def test_an_attachment_without_a_key_is_an_error(emulator, folder):
    emulator.fail("Attachments.create", Status(201, {"Name": "a"}))
    with pytest.raises(DecodeError, match="without its key"):
        await folder.attachments.upload(b"x", name="a")
