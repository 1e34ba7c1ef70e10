"""No connection is made, and no name is looked up, but of the configured origins: no telemetry, no update check."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

from uipath_odata.emulator import Emulator

PROGRAM = """
import asyncio, json, sys

seen = set()
sys.addaudithook(
    lambda event, facts: seen.add(json.dumps([event, facts[1 if event == "socket.connect" else 0]], default=str))
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
    else None
)

from uipath_odata import Orchestrator, Settings, Tracing, UserKey
from uipath_odata.entities import Bucket
from uipath_odata.errors import OrchestratorError


async def main(url, token_url, client_id, user_key):
    credentials = UserKey(client_id=client_id, user_key=user_key, token_url=token_url)
    async with Orchestrator(url, credentials, tracing=Tracing()) as orchestrator:
        await orchestrator.jobs.to_list()
        await orchestrator.robot_logs.top(5).to_list()
        finance = orchestrator.folder("Shared/Finance")
        bucket = await finance.buckets.create(Bucket(name="b", identifier="5a1b2c3d-0000-4000-8000-123456789abc"))
        await finance.buckets.upload(bucket.id, "a.txt", b"content")
        await finance.buckets.download(bucket.id, "a.txt", sys.argv[5])
        try:
            await orchestrator.robots.get(404)
        except OrchestratorError:
            pass


asyncio.run(main(*sys.argv[1:5]))
print(json.dumps(sorted(seen)))
"""


async def test_nothing_is_connected_to_but_what_is_configured(tmp_path):
    async with Emulator() as emulator:
        who = (emulator.tokens.client_id, emulator.tokens.user_key)
        arguments = [emulator.base_url, emulator.token_url, *who, str(tmp_path / "a.txt")]
        run = asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", PROGRAM, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        ended = await run
        assert (ended.returncode, ended.stderr) == (0, "")
        events = [json.loads(each) for each in json.loads(ended.stdout)]
        port = int(emulator.base_url.split(":")[2].split("/")[0])
    connected = [place for event, place in events if event == "socket.connect"]
    assert ["127.0.0.1", port] in connected
    assert {host for host, *_ in connected} == {"127.0.0.1"}
    assert {place for event, place in events if event != "socket.connect"} <= {"127.0.0.1"}
