"""Disks that are full, read-only or broken: R95 and R96."""

from __future__ import annotations

import datetime as dt
import errno
import os
from pathlib import Path

import attrs
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import ExportError
from uipath_odata.export import verify
from uipath_odata.export.exporting import running
from uipath_odata.export.lists import ExportList
from uipath_odata.export.open_export import OpenExport
from uipath_odata.export.options import Options
from uipath_odata.export.places.disk import LocalDisk, file_errors
from uipath_odata.export.places.place import place_of
from uipath_odata.operations.jobs import Jobs
from uipath_odata.operations.robot_logs import RobotLogs
from uipath_odata.settings import Settings

from ..tenant import Tenant


@attrs.define
class Broken:
    """Fails from one operation on, at it alone or at all that bring bytes to the disk."""

    number: int
    error: int
    stays: bool
    done: int = 0
    failed: list = attrs.field(factory=list)

    def at(self, path, deed, size=0):
        self.done += 1
        if self.done == self.number or (self.stays and self.done > self.number and deed != "remove"):
            self.failed.append((deed, path.name))
            with file_errors(path, size):
                raise OSError(self.error, os.strerror(self.error))


@attrs.define
class BrokenFile:
    broken: Broken
    path: object
    file: object
    unsynced: int = 0

    def write(self, data):
        self.unsynced += len(data)
        self.broken.at(self.path, "write", self.unsynced)
        self.file.write(data)

    def sync(self):
        assert ("sync", self.path.name) not in self.broken.failed or self.broken.stays, "R96: never again"
        self.broken.at(self.path, "sync", self.unsynced)
        self.file.sync()

    def close(self):
        self.file.close()


@attrs.frozen
class BrokenDisk(LocalDisk):
    broken: Broken

    def open(self, name, size=0):
        self.broken.at(self.root / name, "open")
        return BrokenFile(self.broken, self.root / name, super().open(name, size))

    def rename(self, name, to):
        self.broken.at(self.root / to, "rename")
        super().rename(name, to)

    def remove(self, name):
        self.broken.at(self.root / name, "remove")
        super().remove(name)

    def sync_directory_of(self, name):
        self.broken.at(self.root / name, "sync directory")
        super().sync_directory_of(name)


def tenant():
    made = Tenant(dt.datetime(2024, 5, 2, tzinfo=dt.UTC), page_cap=5)
    made.sets = {
        "Jobs": [{"Id": number, "State": "Running"} for number in range(1, 13)],
        "RobotLogs": [{"TimeStamp": f"2024-05-01T10:00:{number:02d}Z"} for number in range(9)],
    }
    return made


async def exported(target, broken=None):
    channel = TenantChannel(tenant(), URL("https://orchestrator.test/acme/Default"), Settings())
    lists = [ExportList("RobotLogs", RobotLogs._of(channel))]
    place = place_of(target, "jsonl")
    if place.file is None:
        lists.append(ExportList("Jobs", Jobs._of(channel)))
    disk = LocalDisk(place.state) if broken is None else BrokenDisk(place.state, broken)
    options = Options(part_rows=5, parallel=1, concurrency=1)
    async with running(OpenExport(place, lists, options, False, disk)) as run:
        async for _ in run:
            pass


async def failure_of(export):
    try:
        await export
    except ExportError as error:
        return str(error)
    return None


def contents(root):
    return {
        str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*.jsonl") if not file.is_dir()
    }


def temporary(root):
    return [str(file) for file in root.rglob("_tmp-*")]


@pytest.mark.parametrize("name", ["lake", "logs.jsonl"])
@pytest.mark.parametrize(
    ("error", "stays"),
    [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EROFS, True), (errno.EIO, False), (errno.EIO, True)],
)
async def test_r95_r96_an_error_at_any_operation_ends_it_and_the_same_export_goes_on(
    tmp_path, name, error, stays
):
    (tmp_path / "calm").mkdir()
    counting = Broken(0, 0, False)
    await exported(tmp_path / "calm" / name, counting)
    wanted = contents(tmp_path / "calm")
    for number in range(1, counting.done + 1, 4 if stays else 1):
        root = tmp_path / str(number)
        root.mkdir()
        broken = Broken(number, error, stays)
        said = await failure_of(exported(root / name, broken))
        assert said or broken.failed[0][0] in {"remove", "sync directory"}, number
        assert not said or "the same export again" in said, number
        assert (
            not said or error not in {errno.ENOSPC, errno.EDQUOT} or "bytes more were to be written" in said
        )
        assert stays or broken.failed[0][0] == "remove" or not temporary(root), number
        assert "exists already" in (await failure_of(exported(root / name)) or "exists already"), number
        assert contents(root) == wanted, number
        assert not temporary(root), number
        if name == "lake":
            assert verify(root / name).is_sound, number


async def test_r95_the_message_says_how_many_bytes_were_to_be_written(tmp_path):
    counting = Broken(0, 0, False)
    await exported(tmp_path / "calm", counting)
    said = set()
    for number in range(1, counting.done):
        broken = Broken(number, errno.ENOSPC, True)
        with pytest.raises(ExportError) as failed:
            await exported(tmp_path / str(number), broken)
        if broken.failed[0][0] == "sync" and broken.failed[0][1].startswith("_tmp-RobotLogs"):
            said.add(str(failed.value))
    assert said
    assert not any("(0 bytes" in each for each in said)


async def test_r103_a_name_that_no_file_system_takes_is_one_reason(tmp_path):
    with pytest.raises(ExportError, match="File name too long"):
        await exported(tmp_path / ("x" * 300))
    assert not list(tmp_path.iterdir())


async def test_r103_parts_on_another_file_system_are_refused_rather_than_copied(tmp_path):
    broken = Broken(0, 0, False)
    await exported(tmp_path / "calm", broken)
    renames = [number for number in range(1, broken.done) if await _renames_a_part(tmp_path, number)]
    assert renames


async def _renames_a_part(tmp_path, number):
    broken = Broken(number, errno.EXDEV, False)
    said = await failure_of(exported(tmp_path / str(number), broken))
    is_part = broken.failed[0][0] == "rename" and broken.failed[0][1].startswith("part-")
    assert not is_part or ("cross-device" in said and not temporary(tmp_path / str(number)))
    return is_part


@attrs.define
class Held:
    """The working directory, in which nobody may rename a file until somebody has waited ``times`` times."""

    times: int
    waited: list = attrs.field(factory=list)

    def __enter__(self):
        Path("_tmp-1").write_bytes(b"new")
        Path().chmod(0o555)
        if os.getuid() == 0:  # to whom nothing is forbidden
            os.seteuid(65_534)
        return LocalDisk(Path(), moments=(0.1, 0.2), sleep=self.sleep)

    def __exit__(self, *_):
        os.seteuid(os.getuid())
        Path().chmod(0o700)

    def sleep(self, seconds):
        self.waited.append(seconds)
        if len(self.waited) == self.times:
            self.__exit__()


posix = pytest.mark.skipif(os.name == "nt", reason="its permissions stand for the open handles of Windows")


@posix
@pytest.mark.parametrize("times", [1, 2])
def test_r103_a_file_that_somebody_has_open_for_a_moment_is_replaced_behind_it(tmp_path, monkeypatch, times):
    monkeypatch.chdir(tmp_path)
    with (held := Held(times)) as disk:
        disk.rename("_tmp-1", "part-1")
    assert held.waited == [0.1, 0.2][:times]
    assert Path("part-1").read_bytes() == b"new"


@posix
def test_r103_a_file_that_stays_open_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Held(3) as disk, pytest.raises(ExportError, match="part-1 cannot be written, Permission denied"):
        disk.rename("_tmp-1", "part-1")
    assert Path("_tmp-1").exists()
