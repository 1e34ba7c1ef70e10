"""Rows on their way into parts: where they are written, so that a slow disk holds up nobody else."""

from __future__ import annotations

import threading

import attrs
import pytest

from uipath_odata.export.incremental.scan_steps import ScanStep
from uipath_odata.export.incremental.shrinking import Shrinking
from uipath_odata.export.journal.journal import Journal
from uipath_odata.export.journal.records import File
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.parts.part_writer import PartWriter
from uipath_odata.export.parts.row_bytes import RowBytes
from uipath_odata.export.places.disk import LocalDisk
from uipath_odata.odata.rows.raw_row import read_raw_page

from ..life import START
from ..tenant import Tenant
from ..test_nightly import logs_of


@attrs.define
class Watched:
    """A part that tells in which thread each of its writes was made, on a disk as slow as it is told."""

    seconds: float = 0.001
    now: float = 0.0
    threads: list = attrs.field(factory=list)

    def write(self, groups):
        self.now += self.seconds
        self.threads.append("loop" if threading.current_thread() is threading.main_thread() else "beside")

    def commit(self):
        return (File(name="part", rows=0, bytes=0, sha256=""),)

    def discard(self):
        self.threads.append("discarded")


@pytest.fixture
def part():
    return Watched()


@pytest.fixture
def parts_of(tmp_path, part):
    journal = Journal.open(LocalDisk(tmp_path))

    def made(copies):
        [logs] = logs_of(Tenant(START))
        return PartWriter(
            each=logs,
            step=ScanStep(name="new", query=logs.query),
            state=ListState(),
            journal=journal,
            open_part=lambda number, generation: part,
            row_bytes=RowBytes(),
            files_of=lambda rows: {"": rows},
            shrinking=Shrinking("RobotLogs", "RobotLogs"),
            follows=None,
            merges=False,
            replaces=False,
            copies=copies,
            clock=lambda: part.now,
        )

    yield made
    journal.close()


ROWS = read_raw_page(b'{"value":[{"TimeStamp":"2024-05-14T00:00:00Z"}]}', ("TimeStamp",))[0]


async def test_rows_that_are_copied_are_written_at_once_while_the_disk_is_quick(part, parts_of):
    parts = parts_of(copies=True)
    for _ in range(3):
        await parts.write(ROWS)
    part.seconds = 0.2
    await parts.write(ROWS)
    part.seconds = 0.001
    for _ in range(2):
        await parts.write(ROWS)
    assert part.threads == ["beside", "loop", "loop", "loop", "beside", "loop"]
    assert parts.rows == 6


async def test_a_slow_disk_never_holds_up_the_loop_twice_and_each_part_begins_beside_it(part, parts_of):
    parts = parts_of(copies=True)
    part.seconds = 0.2
    for _ in range(3):
        await parts.write(ROWS)
    await parts.commit({"plan": "window", "from": "2024-05-14T00:00:01Z"})
    part.seconds = 0.001
    for _ in range(2):
        await parts.write(ROWS)
    assert part.threads == ["beside", "beside", "beside", "beside", "loop"]


async def test_rows_that_are_encoded_never_hold_up_the_loop(part, parts_of):
    parts = parts_of(copies=False)
    for _ in range(3):
        await parts.write(ROWS)
    assert part.threads == ["beside"] * 3
