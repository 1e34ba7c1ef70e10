"""One exporter a directory, also where the machines of a network disk do not see each other's locks."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import pytest

from uipath_odata.errors import ExportError, ExportLocked
from uipath_odata.export.disk import LocalDisk
from uipath_odata.export.journal import Journal
from uipath_odata.export.lock import locked

SILENCE = 1.5

# Another machine has another name, and its lock of the operating system does not reach this one: both are taken away
# from a process here, the lease is the real one.
ELSEWHERE = """
import asyncio, fcntl, pathlib, socket, sys
socket.gethostname = lambda: "elsewhere"
fcntl.flock = lambda *_: None
from uipath_odata.export.lock import locked

async def hold():
    async with locked(pathlib.Path(sys.argv[1]), float(sys.argv[2])) as refuse_when_lost:
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        refuse_when_lost()
        print("still", flush=True)

asyncio.run(hold())
"""


@pytest.fixture
async def elsewhere(tmp_path):
    """A process that holds the directory as one on another machine would."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ELSEWHERE, str(tmp_path), str(SILENCE)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert await process.stdout.readline() == b"held\n"
    yield process
    if process.returncode is None:
        process.kill()
        await process.wait()


async def test_r98_an_exporter_on_another_machine_is_named_while_it_lives(tmp_path, elsewhere):
    with pytest.raises(ExportLocked, match=f"by process {elsewhere.pid} on elsewhere: wait for it"):
        async with locked(tmp_path, SILENCE):
            pytest.fail("two hold the directory")
    elsewhere.stdin.write(b"\n")
    assert await elsewhere.stdout.readline() == b"still\n"
    assert await elsewhere.wait() == 0
    async with locked(tmp_path, SILENCE):
        assert sorted(path.name for path in tmp_path.iterdir()) == ["job.lease", "job.lock"]


async def test_r98_what_a_dead_machine_left_is_taken_over_when_it_was_silent(tmp_path, elsewhere):
    elsewhere.kill()
    await elsewhere.wait()
    async with locked(tmp_path, SILENCE) as refuse_when_lost:
        refuse_when_lost()
        assert (tmp_path / "job.lock").read_text().startswith(f"process {os.getpid()} on ")
    assert [path.name for path in tmp_path.iterdir()] == ["job.lock"]


async def test_r98_a_machine_that_slept_writes_nothing_once_another_took_over(tmp_path, elsewhere):
    elsewhere.send_signal(signal.SIGSTOP)
    async with locked(tmp_path, SILENCE) as refuse_when_lost:
        elsewhere.send_signal(signal.SIGCONT)
        elsewhere.stdin.write(b"\n")
        assert await elsewhere.stdout.read() == b""
        assert await elsewhere.wait() == 1
        refuse_when_lost()


async def test_a_journal_that_another_exporter_holds_is_not_written(tmp_path):
    async with locked(tmp_path, SILENCE) as refuse_when_lost:
        journal = Journal.open(LocalDisk(tmp_path), refuse_when_lost)
        journal.append({"record": "begin"})
        (tmp_path / "job.lease").write_text("filelock/2\ntoken=of-another\n")
        before = (tmp_path / "journal").read_bytes()
        with pytest.raises(ExportLocked, match=r"was taken over by .*: this export goes on there"):
            journal.append({"record": "end"})
        journal.close()
    assert (tmp_path / "journal").read_bytes() == before
    assert (journal.is_sound, journal.is_lost) == (False, True)


async def test_waiting_for_another_machine_can_be_cancelled_and_holds_nothing(tmp_path, elsewhere):
    async def hold():
        async with locked(tmp_path, SILENCE):
            pytest.fail("two hold the directory")

    waiting = asyncio.create_task(hold())
    await asyncio.sleep(0.2)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(ExportError):
        await hold()
