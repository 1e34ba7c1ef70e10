from __future__ import annotations

import pytest


@pytest.fixture
def intake(emulator, finance):
    """Return the process Intake, whose jobs a test moves by hand."""
    emulator.add.process("Intake", folder="Shared/Finance")
    return finance.process("Intake")


@pytest.fixture
def after(orchestrator):
    """Do something when the poller has asked so many times."""

    plans = orchestrator.poller._pace.plans = {}
    return plans.__setitem__
