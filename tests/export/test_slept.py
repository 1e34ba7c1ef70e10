"""A machine that sleeps in the middle of an export and wakes up after another one took it over."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).parents[2]

# It exports a tenant of its own, whose rows tell them apart; the first of the two stops before one of its requests.
EXPORTER = """
import asyncio, datetime as dt, os, signal, sys
sys.path.insert(0, sys.argv[1])
from tests.export.tenant import Tenant
from tests.export.test_churn import lists_of
import uipath_odata.export.places.holder as holder
import uipath_odata.export.places.lock as lock
from uipath_odata.errors import ExportLocked
from uipath_odata.export import export

lock.locked.__wrapped__.__kwdefaults__["silence"] = 1.5
place, name, stops_at = sys.argv[2], sys.argv[3], int(sys.argv[4])
if stops_at:
    import fcntl
    fcntl.flock = lambda *_: None
    holder._kernel = lambda: "another kernel"

class Sleeping(Tenant):
    asked = 0
    async def send(self, request, /, into=None):
        self.asked += 1
        if self.asked == stops_at:
            await asyncio.sleep(0.3)
            os.kill(os.getpid(), signal.SIGSTOP)
        return await super().send(request, into)

tenant = Sleeping(dt.datetime(2024, 5, 1, tzinfo=dt.UTC), page_cap=100)
tenant.sets = {"Releases": [{"Id": each, "Name": name * 200} for each in range(1, 2_001)]}
[releases] = [each for each in lists_of(tenant) if each.entity_set == "Releases"]
try:
    print(asyncio.run(export(releases, place)).rows)
except ExportLocked as error:
    print(error)
"""


async def started(place, name, stops_at):
    command = (sys.executable, "-c", EXPORTER, str(ROOT), str(place), name, str(stops_at))
    return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="nothing here tells that a process sleeps")
@pytest.mark.parametrize("place", ["lake", "rows.jsonl"])
@pytest.mark.parametrize("stops_at", [2, 12])
async def test_r98_it_writes_nothing_into_what_the_other_one_wrote(tmp_path, place, stops_at):
    first = await started(tmp_path / place, "a", stops_at)
    await asyncio.to_thread(os.waitid, os.P_PID, first.pid, os.WSTOPPED | os.WNOWAIT)
    second = await started(tmp_path / place, "b", 0)
    out, _ = await second.communicate()
    assert out == b"2000\n"
    there = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    first.send_signal(signal.SIGCONT)
    out, _ = await first.communicate()
    assert b"_job.lease was removed while this export ran" in out
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == there
    rows = [
        orjson.loads(line) for path in tmp_path.rglob("*.jsonl") for line in path.read_bytes().splitlines()
    ]
    assert [row["Name"][0] for row in rows] == ["b"] * 2_000
