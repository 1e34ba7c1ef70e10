"""Packages are published once, whatever shape the answer has or however it is lost."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from uipath_odata.emulator.data.demo.packages import package
from uipath_odata.emulator.faults import LostAnswer, Status
from uipath_odata.errors import ItemsFailed, OutcomeUnknown, QueryError
from uipath_odata.transport.clock import Clock

UPLOAD = "Processes.UploadPackage"


@pytest.fixture
def packages(orchestrator):
    orchestrator._channel.memory[Clock] = Clock(sleep=lambda _: asyncio.sleep(0))
    return orchestrator.packages


async def versions(orchestrator):
    return {each.version async for each in orchestrator.processes.get_process_versions("Invoices")}


async def test_a_package_is_published_from_the_disk_and_as_bytes(packages, orchestrator, tmp_path):
    (tmp_path / "a.nupkg").write_bytes(package("Invoices", "1.0.0"))
    first = await packages.publish(tmp_path / "a.nupkg")
    second = await packages.publish(package("Invoices", "1.0.1"))
    assert (first.key, second.version) == ("Invoices:1.0.0", "1.0.1")
    assert await versions(orchestrator) == {"1.0.0", "1.0.1"}
    with pytest.raises(ItemsFailed, match=r"^The package Invoices:1\.0\.0 already exists: see"):
        await packages.publish(tmp_path / "a.nupkg")


@pytest.mark.parametrize(
    "answer",
    [
        {"value": [{"Key": "a.nupkg", "Status": "OK", "Body": '{"Id": "Invoices", "Version": "1.0.0"}'}]},
        {"value": [{"Key": "Invoices:1.0.0", "Status": "Created", "Body": None}]},
        {"value": [{"Key": "a.nupkg", "Status": 200}]},
        {"value": []},
    ],
)
async def test_every_shape_of_the_answer_names_the_package(packages, emulator, answer):
    emulator.fail(UPLOAD, Status(207, answer))
    assert (await packages.publish(package("Invoices", "1.0.0"))).key == "Invoices:1.0.0"


@pytest.mark.parametrize("fault", [LostAnswer(), LostAnswer(performed=False), Status(200, b""), Status(502)])
async def test_a_lost_answer_leaves_one_package(packages, orchestrator, emulator, fault):
    emulator.fail(UPLOAD, fault)
    assert (await packages.publish(package("Invoices", "1.0.0"))).key == "Invoices:1.0.0"
    assert await versions(orchestrator) == {"1.0.0"}


async def test_another_package_of_the_same_version_is_not_taken_for_ours(packages, emulator):
    await packages.publish(package("Invoices", "1.0.0"))
    emulator.fail(UPLOAD, LostAnswer())
    with pytest.raises(OutcomeUnknown, match="other bytes"):
        await packages.publish(package("Invoices", "1.0.0") + b" ")


async def test_a_package_that_never_arrives_is_unknown(packages, emulator):
    emulator.fail(UPLOAD, LostAnswer(performed=False), times=None)
    with pytest.raises(OutcomeUnknown, match="does not show it"):
        await packages.publish(package("Invoices", "1.0.0"))


async def test_what_is_not_a_package_is_refused_before_any_request(packages, emulator, tmp_path):
    (tmp_path / "a.nupkg").write_bytes(orjson.dumps({}))
    for file in (b"", b"PK\x03\x04", tmp_path / "a.nupkg"):
        with pytest.raises(QueryError, match="not a package"):
            await packages.publish(file)
    assert not emulator.requests
