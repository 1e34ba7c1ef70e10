"""Which row of an Id a table gets, in whatever order the parts lie that have them."""

from __future__ import annotations

import datetime as dt
import hashlib
from itertools import permutations

import pyarrow as pa
import pytest
from pyarrow import parquet

from uipath_odata.export.journal.records import MERGED, File, Part
from uipath_odata.export.places.disk import LocalDisk
from uipath_odata.export.places.file_store import LocalFileStore
from uipath_odata.export.tables.lake_rows import LakeRows


def night(number):
    return dt.datetime(2024, 5, number, tzinfo=dt.UTC)


def part_of(root, name, rows, step):
    columns = {
        "Id": pa.array([key for key, *_ in rows], pa.int64()),
        "State": [state for _, state, _ in rows],
        "_read_at": pa.array([night(at) for *_, at in rows], pa.timestamp("us", "UTC")),
    }
    parquet.write_table(pa.table(columns), root / name)
    data = (root / name).read_bytes()
    file = File(name=name, rows=len(rows), bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    return Part(entity_list=name, number=1, run=1, step=step, rows=len(rows), files=(file,))


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_a_merged_part_hides_no_row_that_another_folder_was_read_with_later(tmp_path, order):
    parts = [
        part_of(tmp_path, "one", [(1, "old", 1), (2, "two", 1), (3, "a", 3)], MERGED),
        part_of(tmp_path, "two", [(1, "new", 2), (3, "b", 2)], "changed"),
        part_of(tmp_path, "three", [(2, "older", 1), (2, "newest", 4)], "changed"),
    ]
    rows = LakeRows(LocalFileStore(LocalDisk(tmp_path)), [parts[each] for each in order], merges=True)
    found = rows.batches(rows.schema).read_all()
    assert dict(zip(found["Id"].to_pylist(), found["State"].to_pylist(), strict=True)) == {
        1: "new",
        2: "newest",
        3: "a",
    }
    assert found.num_rows == 3
