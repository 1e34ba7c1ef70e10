"""Processes move to another version of their package, and back once."""

from __future__ import annotations

import asyncio

import pytest

from uipath_odata.emulator.faults import LostAnswer
from uipath_odata.errors import OutcomeUnknown, ResponseError
from uipath_odata.transport.clock import Clock


@pytest.fixture
def process(emulator, orchestrator, finance):
    orchestrator._channel.memory[Clock] = Clock(sleep=lambda _: asyncio.sleep(0))
    emulator.add.process("Intake", folder="Shared/Finance")
    for version in ("1.1.0", "1.2.0"):
        emulator.add.package("Intake", version)
    return finance.process("Intake")


async def test_a_process_is_updated_and_rolled_back(process):
    await process.update_to("1.1.0")
    await process.update_to("1.2.0")
    assert await process.version() == "1.2.0"
    assert await process.rollback() == "1.1.0"
    with pytest.raises(ResponseError):
        await process.update_to("9.9.9")


@pytest.mark.parametrize("performed", [True, False])
async def test_an_update_whose_answer_is_lost_is_done(process, emulator, performed):
    emulator.fail("Releases.UpdateToSpecificPackageVersion", LostAnswer(performed=performed), times=2)
    await process.update_to("1.1.0")
    assert await process.version() == "1.1.0"


async def test_a_rollback_is_sent_once(process, emulator):
    for version in ("1.1.0", "1.2.0"):
        await process.update_to(version)
    emulator.fail("Releases.RollbackToPreviousReleaseVersion", LostAnswer())
    assert await process.rollback() == "1.1.0"
    emulator.fail("Releases.RollbackToPreviousReleaseVersion", LostAnswer(performed=False))
    with pytest.raises(OutcomeUnknown, match="still ran"):
        await process.rollback()
    assert len(emulator.calls.of("Releases.RollbackToPreviousReleaseVersion")) == 2
