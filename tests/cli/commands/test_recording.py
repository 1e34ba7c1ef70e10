from __future__ import annotations

import json

import aiohttp
import pytest


async def get(address, token):
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session, session.get(address, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_recording_is_made_and_replayed(emulator, command, interrupted, tmp_path):
    options = ("--print", "json", "--record", emulator.url, "--into", tmp_path / "r")
    process = await command.start("emulator", *options)
    address = json.loads(await process.stdout.readline())["UIPATH_URL"]
    status, real = await get(f"{address}/odata/Robots?$top=2", emulator.tokens.personal_access_token)
    assert status == 200
    stopped = await interrupted(process)
    assert (stopped.code, "1 answers were kept" in stopped.err) == (0, True)
    process = await command.start("emulator", "--print", "json", "--replay", tmp_path / "r")
    found = json.loads(await process.stdout.readline())
    status, played = await get(f"{found['UIPATH_URL']}/odata/Robots?$top=2", found["UIPATH_ACCESS_TOKEN"])
    assert [row["Id"] for row in played["value"]] == [row["Id"] for row in real["value"]]
    assert played["value"][0]["Name"] != real["value"][0]["Name"]
    stopped = await interrupted(process)
    assert (stopped.code, "0 answers differ" in stopped.err) == (0, True), stopped.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--record", "http://cloud.uipath.com/a/b"), "is not an https address"),
        (("--record", "https://x/a/b", "--seed", "none"), "--seed does not go with --record"),
        (("--replay", ".", "--jobs", "manual"), "--jobs does not go with --replay"),
        (("--replay", "."), "has no pairs.jsonl"),
    ],
)
async def test_what_cannot_be_recorded_or_replayed_is_a_usage_error(
    command, options, said, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    finished = await command("emulator", *options)
    assert finished.code == 2
    assert said in finished.err
