"""Which row of an Id a lake has newest, wherever its parts were merged."""

from __future__ import annotations

import datetime as dt
import random

import orjson
import pytest

from uipath_odata.entities import Job
from uipath_odata.export.formats import Column, Shape, writer_of
from uipath_odata.export.incremental.mirror import LakeFiles
from uipath_odata.export.journal.records import MERGED, File, Part
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.parts.row_bytes import DELETED, READ_AT
from uipath_odata.export.places.disk import LocalDisk
from uipath_odata.export.places.file_store import LocalFileStore
from uipath_odata.odata.instant import Instant

SHAPE = Shape(Job, (Column("Id", "integer"), READ_AT, DELETED))


def night(number):
    return Instant.from_datetime(dt.datetime(2024, 5, number, 2, 3, 4, tzinfo=dt.UTC))


def part_of(root, form, key, run, rows, step):
    name = f"{key}-{run}.{form}"
    writer = writer_of(form, SHAPE)
    lines = [
        orjson.dumps({"Id": each, "_read_at": str(night(at)), "_deleted": None if is_there else True})
        for each, at, is_there in rows
    ]
    (root / name).write_bytes(b"".join([*writer.write(lines), writer.close()]))
    file = File(name=name, rows=len(rows), bytes=0, sha256="")
    return Part(entity_list=key, number=run, run=run, step=step, rows=len(rows), files=(file,))


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_rows_of_a_merged_part_are_as_old_as_they_say(tmp_path, form):
    one = [part_of(tmp_path, form, "Jobs-1", 3, [(7, 1, False), (8, 1, True), (9, 3, True)], MERGED)]
    two = [part_of(tmp_path, form, "Jobs-2", 2, [(7, 2, True), (8, 2, False), (9, 2, False)], "changed")]
    random.Random(form).shuffle(lists := [("Jobs-1", one), ("Jobs-2", two)])
    states = {
        key: ListState(
            run=3,
            parts={part.number: part for part in parts},
            read_at={number: night(number).ticks for number in (1, 2, 3)},
        )
        for key, parts in lists
    }
    newest = LakeFiles(LocalFileStore(LocalDisk(tmp_path)), form, ",").newest(states)
    assert {each: (found.key, found.is_there) for each, found in newest.items()} == {
        7: ("Jobs-2", True),
        8: ("Jobs-2", False),
        9: ("Jobs-1", True),
    }
