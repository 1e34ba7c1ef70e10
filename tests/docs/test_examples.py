"""The example programs do what they say, each in a process of its own against the emulator."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from importlib.resources import files

import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.entities import Job

EXAMPLES = {each.name: each for each in (files("uipath_odata.docs") / "examples").iterdir()}


@pytest.fixture
async def tenant():
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
def run(tenant, tmp_path):
    """Run an example as its reader does; return what it printed."""

    async def run(name, *arguments):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(EXAMPLES[name]),
            *arguments,
            stdout=PIPE,
            stderr=PIPE,
            cwd=tmp_path,
            env={"PYTHONPATH": ":".join(sys.path), **tenant.environ},
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    return run


async def test_a_process_is_started_once_and_its_output_is_printed(run, tenant):
    out = await run("start_and_wait.py", "Shared/Finance", "InvoiceIntake", '{"in_Name": "x"}', "batch-7")
    assert json.loads(out) == {"in_Name": "x"}
    tenant.calls.of("Jobs.start_jobs").once(reference="batch-7")


async def test_a_queue_is_filled_once_and_worked_off(run, tmp_path):
    (tmp_path / "invoices.csv").write_text("Invoice,Amount\nA,5\nB,\nA,7\n")
    fill = ("fill_queue.py", "Shared/Finance", "Receipts", "invoices.csv", "Invoice")
    first = await run(*fill)
    assert "added=2, duplicates=0, rejected=1" in first
    assert "row 3: " in first
    assert "added=0, duplicates=2" in await run(*fill)
    worked = await run("perform.py", "Shared/Finance", "Receipts")
    assert "successful=1" in worked
    assert "business_failures=1" in worked


async def test_faulted_jobs_are_counted_by_process(run, tenant):
    async with tenant.client() as orchestrator:
        expected = await orchestrator.jobs.filter(Job.state == "Faulted").count()
    lines = (await run("faulted_jobs.py", "100000")).splitlines()
    assert sum(int(line.split()[0]) for line in lines[:-1]) == expected == int(lines[-1].split()[0])


async def test_the_errors_of_today_are_lines_of_json(run):
    assert all(
        json.loads(line)["level"] in ("Error", "Fatal")
        for line in (await run("errors_of_today.py")).splitlines()
    )


async def test_a_lake_is_filled_and_then_unchanged(run, tmp_path):
    assert int((await run("nightly.py", "lake")).split()[0]) > 0
    assert (tmp_path / "lake/_SUCCESS").exists()


def test_the_guide_lists_each_of_them():
    guide = (files("uipath_odata.docs") / "examples.md").read_text("utf-8")
    assert EXAMPLES
    assert {name for name in EXAMPLES if f"`{name}`" not in guide} == set()
