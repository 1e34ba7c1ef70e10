from __future__ import annotations

import re

import aiohttp
import pytest


async def test_what_the_emulator_prints_can_be_pasted(command, interrupted, tmp_path):
    process = await command.start("emulator")
    printed = ""
    while "export RobotLogs" not in printed:
        printed += (await process.stdout.readline()).decode()
    environ = dict(re.findall(r"\b(UIPATH_\w+)=(\S+)", printed))
    assert set(environ) == {"UIPATH_URL", "UIPATH_TOKEN_URL", "UIPATH_CLIENT_ID", "UIPATH_USER_KEY"}
    (line,) = [line.split() for line in printed.splitlines() if line.startswith("  uipath-odata ")]
    finished = await command(*line[1:-1], tmp_path / "logs.jsonl", "--filter", "Level eq 'Fatal'", **environ)
    assert (finished.code, finished.err) == (0, "")
    assert (tmp_path / "logs.jsonl").stat().st_size
    stopped = await interrupted(process)
    assert (stopped.code, stopped.err) == (0, "")


async def test_a_port_that_is_taken_is_one_line(emulator, command):
    port = re.search(r":(\d+)/", emulator.base_url)[1]
    finished = await command("emulator", "--port", port, "--seed", "none")
    assert finished.code == 1
    assert len(finished.err.splitlines()) == 1
    assert "another --port" in finished.err


@pytest.mark.parametrize(("options", "status"), [((), 501), (("--samples",), 200)])
async def test_samples_take_the_place_of_501_where_they_are_asked_for(command, interrupted, options, status):
    process = await command.start("emulator", "--seed", "none", *options)
    printed = ""
    while "export RobotLogs" not in printed:
        printed += (await process.stdout.readline()).decode()
    environ = dict(re.findall(r"\b(UIPATH_\w+)=(\S+)", printed))
    key = {"grant_type": "refresh_token", "client_id": environ["UIPATH_CLIENT_ID"]}
    key["refresh_token"] = environ["UIPATH_USER_KEY"]
    async with aiohttp.ClientSession() as session:
        async with session.post(environ["UIPATH_TOKEN_URL"], json=key) as response:
            token = (await response.json())["access_token"]
        asked = f"{environ['UIPATH_URL']}/api/DirectoryService/GetDomains"
        async with session.get(asked, headers={"Authorization": f"Bearer {token}"}) as response:
            assert response.status == status
    assert (await interrupted(process)).code == 0
