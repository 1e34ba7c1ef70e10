"""Verification reads any lake in little memory, and names what does not belong."""

from __future__ import annotations

import datetime as dt
import tracemalloc

import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.export import export, verify
from uipath_odata.export.formats.row_count import rows_in
from uipath_odata.operations.jobs import Jobs
from uipath_odata.settings import Settings

from .tenant import Tenant

LONG = 17_000_000
LITTLE = 16_000_000
"""Less than the file; a piece of nothing but quotes takes the most."""


def jobs(*infos):
    tenant = Tenant(dt.datetime(2024, 5, 2, tzinfo=dt.UTC))
    tenant.sets = {
        "Jobs": [{"Id": number, "State": "Running", "Info": info} for number, info in enumerate(infos, 1)]
    }
    return Jobs._of(TenantChannel(tenant, URL("https://orchestrator.test/acme/Default"), Settings()))


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("length", [LONG, 2 * LONG])
async def test_memory_does_not_grow_with_the_file_or_its_texts(tmp_path, kind, length):
    text = 'a "quoted"\nline, ' * (length // 17)
    await export(jobs(text, "short"), tmp_path / "lake", kind)
    del text
    verify(tmp_path / "lake")  # what it imports is not part of the measure
    tracemalloc.start()
    try:
        found = verify(tmp_path / "lake")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (found.is_sound, found.rows) == (True, 2)
    assert peak < LITTLE


@pytest.mark.parametrize("kind", ["jsonl.gz", "csv.gz", "jsonl.zst", "csv.zst"])
async def test_rows_of_compressed_files_are_counted(tmp_path, kind):
    file = tmp_path / f"jobs.{kind}"
    await export(jobs("one", 'two\n"lines"', "three"), file)
    data = file.read_bytes()
    size = len(data)

    def pieces(start=0):
        return (data[at : at + 7] for at in range(start, size, 7))

    is_csv = kind.startswith("csv")
    assert rows_in(pieces, size, kind.split(".")[0], file.name, header=is_csv) == 3
    data = data[: size // 2]
    assert rows_in(pieces, size // 2, kind.split(".")[0], file.name, header=is_csv) != 3


@pytest.mark.parametrize("name", ["theirs.jsonl", "date=2024-05-01/part-00000.jsonl", "notes"])
async def test_a_foreign_file_among_the_rows_of_a_set_is_named(tmp_path, name):
    lake = tmp_path / "lake"
    await export(jobs("one"), lake)
    (lake / "Jobs" / name).parent.mkdir(exist_ok=True)
    (lake / "Jobs" / name).write_bytes(b"{}\n")
    (problem,) = verify(lake).problems
    assert problem.startswith(f"Jobs/{name} is not a part that the journal counts")


async def test_files_that_readers_pass_over_are_nobodys_fault(tmp_path):
    lake = tmp_path / "lake"
    await export(jobs("one"), lake)
    for name in ("Jobs/_delta_log/0.json", "Jobs/.crc", "Jobs/_notes", "README.md"):
        (lake / name).parent.mkdir(exist_ok=True)
        (lake / name).write_bytes(b"{}\n")
    assert verify(lake).is_sound
