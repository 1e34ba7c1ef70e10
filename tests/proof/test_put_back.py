"""Each fault that the code had once is found when it is put back, by the world that is known to show it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .put_back import FAULTS, WORLDS

pytestmark = pytest.mark.simulation


def test_every_fault_that_is_put_back_is_found():
    """In a process that has loaded nothing of the package, so that its modules can be changed."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.proof.put_back", "--quick"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "NOT FOUND" not in ran.stdout
    assert len(ran.stdout.splitlines()) == len(FAULTS)


def test_the_worlds_that_show_them_are_among_those_of_the_quick_size():
    assert {fault.name.partition(":")[0] for fault in FAULTS} == {*"12345678"}
    assert all(fault.seed < WORLDS for fault in FAULTS)
