from __future__ import annotations

import json
import re
import ssl

import aiohttp
import pytest
import trustme


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
        asked = f"{environ['UIPATH_URL']}/odata/Settings/UiPath.Server.Configuration.OData.GetUpdateSettings"
        async with session.get(asked, headers={"Authorization": f"Bearer {token}"}) as response:
            assert response.status == status
    assert (await interrupted(process)).code == 0


async def test_scripts_find_it_by_the_file_that_is_written_when_it_listens(command, interrupted, tmp_path):
    ready, state = tmp_path / "ready.json", tmp_path / "tenant.db"
    options = (
        "--seed",
        "none",
        "--print",
        "json",
        "--ready-file",
        ready,
        "--state",
        state,
        "--organization",
        "contoso",
    )
    process = await command.start("emulator", *options)
    printed = json.loads(await process.stdout.readline())
    assert json.loads(ready.read_text()) == printed
    assert "/contoso/Default" in printed["UIPATH_URL"]
    origin = printed["UIPATH_URL"].partition("/contoso")[0]
    rows = {"entity_set": "Robots", "rows": [{"Id": 1, "Name": "R1"}]}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{origin}/_emulator/insert", json=rows) as response,
    ):
        assert response.status == 204
    assert (await interrupted(process)).code == 0
    again = await command.start("emulator", "--print", "env", "--state", state)
    environ = dict(
        re.findall(
            r"export (UIPATH_\w+)=(\S+)",
            (await again.stdout.readline() + await again.stdout.readline()).decode(),
        )
    )
    headers = {"Authorization": f"Bearer {environ['UIPATH_ACCESS_TOKEN']}"}
    url = f"{environ['UIPATH_URL']}/odata/Robots"
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        assert [row["Name"] for row in (await response.json())["value"]] == ["R1"]
    assert (await interrupted(again)).code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--host", "0.0.0.0"), "beyond this machine"),
        (("--clock", "tomorrow"), "write a moment as 2026-01-31T12:00:00Z"),
        (("--clock", "2026-01-31T12:00:00"), "has no time zone"),
        (("--rate-limits", "Jobs.list"), "write NAME=N"),
        (("--cors", "localhost"), "is not an origin of web pages"),
        (("--state", "nowhere/tenant.db"), "the folder nowhere does not exist"),
        (("--state", "tenant.txt"), "name a .db"),
        (("--ready-file", "nowhere/ready.json"), "the folder nowhere does not exist"),
        (("--into", "recording"), "--into goes with --record URL"),
        (("--record-writes",), "--record-writes goes with --record URL"),
        (("--rate-limits", "Jobs.lists=5"), "no operation is named Jobs.lists"),
        (("--tls", __file__, __file__), "are not a certificate and its key"),
        (("--load", "."), "there are no rows"),
    ],
)
async def test_what_cannot_be_served_is_a_usage_error(command, options, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    finished = await command("emulator", "--seed", "none", *options)
    assert finished.code == 2
    assert said in finished.err


async def test_the_clock_the_limits_the_pages_and_https_are_options(command, interrupted, tmp_path):
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "c.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "k.pem")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    options = [
        "--clock",
        "2026-01-31T12:00:00Z",
        "--rate-limits",
        "Robots.list=1",
        "--cors",
        "http://localhost:5173",
    ]
    process = await command.start(
        *("emulator", "--seed", "none", "--print", "json", *options),
        *("--tls", tmp_path / "c.pem", tmp_path / "k.pem"),
    )
    environ = json.loads(await process.stdout.readline())
    origin = environ["UIPATH_URL"].partition("/acme")[0]
    assert origin.startswith("https://")
    connector = aiohttp.TCPConnector(ssl=trusting)
    headers = {"Authorization": f"Bearer {environ['UIPATH_ACCESS_TOKEN']}", "Origin": "http://localhost:5173"}
    async with aiohttp.ClientSession(connector=connector) as session:
        async with session.get(f"{origin}/_emulator/clock") as response:
            assert (await response.json())["now"] == "2026-01-31T12:00:00+00:00"
        answers = []
        for _ in range(2):
            async with session.get(f"{environ['UIPATH_URL']}/odata/Robots", headers=headers) as response:
                answers.append((response.status, response.headers["Access-Control-Allow-Origin"]))
        assert answers == [(200, "http://localhost:5173"), (429, "http://localhost:5173")]
    assert (await interrupted(process)).code == 0
