from __future__ import annotations

import asyncio
import os
import sys

import pytest

from uipath_odata.emulator import Emulator


async def run(emulator, *arguments):
    environ = {
        "PATH": os.environ["PATH"],
        "UIPATH_URL": str(emulator.base_url),
        "UIPATH_ACCESS_TOKEN": emulator.tokens.issue(),
    }
    command = [sys.executable, "-m", "uipath_odata.cli", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_the_command_prints_what_it_found_and_saves_what_export_reads(tmp_path):
    file = tmp_path / "settings.json"
    async with Emulator() as emulator:
        code, out, err = await run(emulator, "doctor", "--save", str(file))
        assert (code, err) == (0, "")
        assert "Id is 0 in every row" in out
        assert "'window': 10000" in out
        assert (
            file.read_text()
            == '{\n  "window": 10000,\n  "upper_bound": true,\n  "queue_items_page": 100\n}\n'
        )
        logs = str(tmp_path / "robots.jsonl")
        code, _, err = await run(emulator, "export", "Robots", "--output", logs, "--settings", str(file))
        assert code == 0, err


async def test_a_reversed_interval_is_refused(tmp_path):
    async with Emulator(seed=None) as emulator:
        target = str(tmp_path / "logs.jsonl")
        interval = ("--since", "2024-01-02", "--until", "2024-01-01")
        code, _, err = await run(emulator, "export", "RobotLogs", "--output", target, *interval)
    assert (code, "exchange them" in err) == (2, True)
    assert not (tmp_path / "logs.jsonl").exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/settings.json", "No such file or directory"),
        (".", "it is not a file"),
        ("pipe", "it is not a file"),
    ],
)
async def test_settings_that_cannot_be_saved_are_found_before_any_request(tmp_path, name, reason):
    os.mkfifo(tmp_path / "pipe")
    async with Emulator(seed=None) as emulator:
        code, out, err = await run(emulator, "doctor", "--save", str(tmp_path / name))
        assert (code, out) == (2, "")
        assert (
            err == f"uipath-odata: --save {tmp_path / name} cannot be written, {reason}: name another file\n"
        )
        assert not emulator.requests
