from __future__ import annotations

import re


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
