"""One exporter a directory, also where the machines of a network disk do not see each other's locks."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import sys
import threading

import pytest

from uipath_odata.errors import ExportError, ExportLocked
from uipath_odata.export.places.lease import Lease
from uipath_odata.export.places.lock import locked
from uipath_odata.local.log_line import LogPlace

SILENCE = 1.5
WHOM = LogPlace("acme", "Shared")

# Another machine has another kernel, whose locks this one does not see: both are taken away from a process here.
ELSEWHERE = """
import asyncio, fcntl, pathlib, sys
fcntl.flock = lambda *_: None
import uipath_odata.export.places.holder as holder
holder._kernel = lambda: "another kernel"
from uipath_odata.export.places.disk import LocalDisk
from uipath_odata.export.places.fenced_disk import FencedDisk
from uipath_odata.export.places.lock import locked
from uipath_odata.local.log_line import LogPlace

async def hold(directory, silence):
    async with locked(directory, is_ours=True, whom=LogPlace("acme"), silence=silence) as check_fence:
        disk = FencedDisk(LocalDisk(directory), check_fence)
        file = disk.open("rows")
        file.write(b"first ")
        print("held", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            match line.strip():
                case "write": file.write(b"more ")
                case "rename": disk.rename("rows", "part")
                case "end": break
            print("done", flush=True)

asyncio.run(hold(pathlib.Path(sys.argv[1]), float(sys.argv[2])))
"""
HERE = ELSEWHERE.replace("fcntl.flock =", "_ =").replace("holder._kernel =", "_ =")


class Elsewhere:
    """An exporter on another machine."""

    def __init__(self, process):
        self.process = process

    async def tell(self, command):
        """Return its answer, nothing where it ended with an error."""
        self.process.stdin.write(f"{command}\n".encode())
        return await self.process.stdout.readline()


async def started(code, directory, silence=SILENCE):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, str(directory), str(silence)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert await process.stdout.readline() == b"held\n", await process.stderr.read()
    return process


@pytest.fixture
async def elsewhere(tmp_path):
    process = await started(ELSEWHERE, tmp_path)
    yield Elsewhere(process)
    if process.returncode is None:
        process.kill()
    await process.communicate()


def names(directory):
    return sorted(path.name for path in directory.iterdir())


async def hold(directory):
    async with locked(directory, is_ours=True, whom=WHOM, silence=SILENCE):
        return


async def never(seconds):
    pytest.fail(f"waits {seconds} s for nobody")


async def test_r98_an_exporter_on_another_machine_is_named_while_it_lives(tmp_path, elsewhere):
    pid, host = elsewhere.process.pid, socket.gethostname()
    with pytest.raises(ExportLocked, match=f"by process {pid} on {host}: wait for it"):
        await hold(tmp_path)
    assert await elsewhere.tell("write") == b"done\n"
    await elsewhere.tell("end")
    assert await elsewhere.process.wait() == 0
    assert (tmp_path / "rows").read_bytes() == b"first more "
    async with locked(tmp_path, is_ours=True, whom=WHOM, sleep=never):
        assert names(tmp_path) == ["_job.lease", "_job.lock", "rows"]


async def test_r98_what_a_dead_machine_left_is_taken_over_when_it_was_silent(tmp_path, elsewhere):
    elsewhere.process.kill()
    await elsewhere.process.wait()
    (tmp_path / "_journal").touch()
    async with locked(tmp_path, is_ours=True, whom=WHOM, silence=SILENCE) as check_fence:
        check_fence()
        assert (tmp_path / "_job.lock").read_text().startswith(f"process {os.getpid()} on ")
    assert names(tmp_path) == ["_job.lock", "_journal", "rows"]


@pytest.mark.parametrize("change", ["write", "rename"])
async def test_r98_a_machine_that_slept_changes_nothing_once_another_took_over(tmp_path, elsewhere, change):
    elsewhere.process.send_signal(signal.SIGSTOP)
    async with locked(tmp_path, is_ours=True, whom=WHOM, silence=SILENCE) as check_fence:
        (tmp_path / "rows").write_bytes(b"of the second")
        elsewhere.process.send_signal(signal.SIGCONT)
        assert await elsewhere.tell(change) == b""
        _, error = await elsewhere.process.communicate()
        assert f"was taken over by process {os.getpid()} on ".encode() in error
        check_fence()
        assert (tmp_path / "rows").read_bytes() == b"of the second"
        assert names(tmp_path) == ["_job.lease", "_job.lock", "rows"]


async def test_r98_a_process_that_was_killed_here_is_not_waited_for(tmp_path):
    process = await started(HERE, tmp_path)
    process.kill()
    await process.communicate()
    async with locked(tmp_path, is_ours=True, whom=WHOM, sleep=never):
        assert f'"process":{os.getpid()}' in (tmp_path / "_job.lease").read_text()


@pytest.mark.parametrize("left", [b"", b"garbage", b'000000000001\n{"kernel":1}\n'])
async def test_a_lease_that_was_cut_by_a_loss_of_power_locks_nothing_for_long(tmp_path, left):
    (tmp_path / "_job.lease").write_bytes(left)
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    async with locked(tmp_path, is_ours=True, whom=WHOM, silence=30, sleep=sleep) as check_fence:
        check_fence()
    assert sum(waited) == pytest.approx(36)


async def test_the_lease_is_renewed_by_its_holder_alone(tmp_path):
    lease = tmp_path / "_job.lease"
    async with locked(tmp_path, is_ours=True, whom=WHOM, silence=0.03):
        beats = set()
        for _ in range(50):
            beats.add(lease.read_bytes())
            await asyncio.sleep(0.01)
        assert len(beats) > 3
        lease.unlink()
        lease.write_bytes(b"of another")
        await asyncio.sleep(0.1)
        assert lease.read_bytes() == b"of another"
    assert lease.read_bytes() == b"of another"


async def test_a_lease_that_somebody_removed_is_named(tmp_path):
    async with locked(tmp_path, is_ours=True, whom=WHOM) as check_fence:
        (tmp_path / "_job.lease").unlink()
        with pytest.raises(ExportLocked, match=r"job\.lease was removed while this export ran: run the same"):
            check_fence()


@pytest.mark.parametrize("failure", ["ENOSYS", "ENOLCK", "EOPNOTSUPP"])
async def test_a_disk_without_locks_is_held_by_the_lease_alone(tmp_path, failure):
    flock = f"import errno\ndef flock(*_): raise OSError(errno.{failure}, 'no locks')\nfcntl.flock = flock"
    process = await started(ELSEWHERE.replace("fcntl.flock = lambda *_: None", flock), tmp_path)
    with pytest.raises(ExportLocked, match=f"by process {process.pid} on "):
        await hold(tmp_path)
    await process.communicate(b"end\n")
    assert process.returncode == 0


async def test_waiting_for_another_machine_can_be_cancelled_and_holds_nothing(tmp_path, elsewhere):
    elsewhere.process.send_signal(signal.SIGSTOP)
    waits = asyncio.Event()

    async def sleep(seconds):
        waits.set()
        await asyncio.Event().wait()

    async def waiter():
        async with locked(tmp_path, is_ours=True, whom=WHOM, silence=SILENCE, sleep=sleep):
            pytest.fail("took a directory that another exporter holds")

    waiting = asyncio.create_task(waiter())
    async with asyncio.timeout(30):
        await waits.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await hold(tmp_path)


async def test_a_directory_that_cannot_be_locked_stays(tmp_path):
    (tmp_path / "lake" / "_job.lock").mkdir(parents=True)
    with pytest.raises(ExportError, match=r"job\.lock cannot be written, Is a directory"):
        await hold(tmp_path / "lake")
    assert names(tmp_path / "lake") == ["_job.lock"]


@pytest.mark.parametrize("is_ours", [True, False])
async def test_an_export_that_left_nothing_leaves_no_directory_of_its_own(tmp_path, is_ours):
    (tmp_path / "lake").mkdir()
    async with locked(tmp_path / "lake", is_ours=is_ours, whom=WHOM):
        (tmp_path / "lake" / "_job.lock").unlink()
    assert names(tmp_path) == ([] if is_ours else ["lake"])


async def test_a_full_disk_leaves_no_lease_that_the_next_run_waits_for(tmp_path):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40, limit[1]))  # enough for the lock, not for the lease
        with pytest.raises(ExportError, match=r"job\.lease cannot be written, File too large"):
            await hold(tmp_path / "lake")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    assert names(tmp_path) == []


async def test_of_two_that_find_no_lease_one_is_told_of_the_other(tmp_path):
    first = Lease.take(tmp_path / "_job.lease", 30, replaces=False)
    with pytest.raises(ExportLocked, match=f"by process {os.getpid()} on "):
        Lease.take(tmp_path / "_job.lease", 30, replaces=False)
    first.check_fence()
    first.end()
    assert names(tmp_path) == []


async def test_r83_cancelled_while_the_lease_begins_nothing_is_held_and_nobody_renews_it(tmp_path):
    lease = tmp_path / "lake" / "_job.lease"
    for _ in range(20):
        task = asyncio.create_task(hold(tmp_path / "lake"))
        while not lease.exists() and not task.done():  # noqa: ASYNC110 - a file tells nobody that it is there
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert not lease.exists()
    assert "uipath-odata lease" not in {thread.name for thread in threading.enumerate()}
    async with locked(tmp_path / "lake", is_ours=True, whom=WHOM, sleep=never):
        assert "uipath-odata lease" in {thread.name for thread in threading.enumerate()}
