from __future__ import annotations

import asyncio
import contextlib
import resource
import stat

import duckdb
import orjson
import pandas as pd
import pyarrow.dataset
import pytest

from uipath_odata.emulator.faults import Slow, Status
from uipath_odata.entities import Job, RobotLog
from uipath_odata.errors import ExportError, Forbidden, NotProven, QueryError
from uipath_odata.export import export, exporting, verify


def second_page(call):
    """The plan asks for everything after the first page by TimeStamp."""
    return "TimeStamp gt" in call.query.get("$filter", "")


def rows_in(file):
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


async def watched(query, file, watch):
    async with exporting(query, file) as run:
        async for report in run:
            watch(report)


async def test_every_row_is_written_as_it_was_sent(emulator, orchestrator, tmp_path):
    file = tmp_path / "logs.jsonl"
    report = await export(orchestrator.robot_logs.exact(), file)
    sent = await orchestrator.robot_logs.dicts().to_list()
    assert sorted(map(orjson.dumps, rows_in(file))) == sorted(map(orjson.dumps, sent))
    assert (report.rows, report.proven) == (2_500, True)
    stamps = {row["TimeStamp"] for row in rows_in(file)}
    assert "2024-05-14T00:00:00.0000001Z" in stamps
    assert len(stamps) == 2_500


async def test_each_row_is_a_line_even_where_its_text_has_line_breaks(emulator, orchestrator, tmp_path):
    file = tmp_path / "logs.jsonl"
    emulator.insert("RobotLogs", [{"TimeStamp": "2024-05-15T00:00:00Z", "Message": "one\r\ntwo\u2028three"}])
    await export(orchestrator.robot_logs.filter(RobotLog.message.contains("two")), file)
    (line,) = file.read_bytes().split(b"\n")[:-1]
    assert orjson.loads(line)["Message"] == "one\r\ntwo\u2028three"


async def test_the_file_is_for_its_owner_alone_and_nothing_lies_beside_it(orchestrator, tmp_path):
    file = tmp_path / "logs.jsonl"
    await export(orchestrator.robot_logs, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


async def test_nothing_has_the_final_name_while_the_export_runs(orchestrator, tmp_path):
    file = tmp_path / "logs.jsonl"
    async with exporting(orchestrator.robot_logs, file) as run:
        async for _ in run:
            assert not file.exists()
        assert run.is_complete
        assert not file.exists()
    assert file.exists()


async def test_an_existing_file_is_refused_before_any_request(emulator, orchestrator, tmp_path):
    file = tmp_path / "logs.jsonl"
    file.write_text("precious")
    with pytest.raises(ExportError, match="exists already"):
        await export(orchestrator.robot_logs, file)
    assert file.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [file]
    assert not emulator.requests


async def test_a_file_that_appears_meanwhile_is_not_replaced_and_nothing_is_read_again(
    emulator, orchestrator, tmp_path
):
    file = tmp_path / "logs.jsonl"
    with pytest.raises(ExportError, match="exists already"):
        await watched(orchestrator.robot_logs, file, lambda _: file.write_text("precious"))
    assert file.read_text() == "precious"
    before = emulator.requests.total()
    await export(orchestrator.robot_logs, file, overwrite=True)
    assert len(rows_in(file)) == 2_500
    assert emulator.requests.total() == before
    assert list(tmp_path.iterdir()) == [file]


async def test_an_existing_file_is_replaced_when_asked_to(orchestrator, tmp_path):
    file = tmp_path / "logs.jsonl"
    file.write_text("old")
    await export(orchestrator.robot_logs, file, overwrite=True)
    assert len(rows_in(file)) == 2_500


async def test_rows_before_an_error_are_kept_as_partial(emulator, orchestrator, tmp_path):
    file = tmp_path / "logs.jsonl"
    file.write_text("old")
    emulator.fail("RobotLogs.list", Status(403), when=second_page)
    with pytest.raises(Forbidden) as raised:
        await export(orchestrator.robot_logs, file, overwrite=True)
    partial = tmp_path / "logs.jsonl.partial" / "rows.jsonl"
    kept = [row["TimeStamp"] for row in rows_in(partial)]
    everything = sorted(row["TimeStamp"] for row in await orchestrator.robot_logs.dicts().to_list())
    assert kept
    assert sorted(kept) == everything[: len(kept)]
    assert any(str(partial.parent) in note for note in raised.value.__notes__)
    assert file.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == [file, partial.parent]


async def test_an_error_before_the_first_row_leaves_nothing(emulator, orchestrator, tmp_path):
    emulator.fail("RobotLogs.*", Status(403))
    with pytest.raises(Forbidden):
        await export(orchestrator.robot_logs, tmp_path / "logs.jsonl")
    assert not list(tmp_path.iterdir())


async def test_rows_that_cannot_be_proven_never_get_the_final_name(emulator, orchestrator, tmp_path):
    file = tmp_path / "logs.jsonl"
    with pytest.raises(NotProven):
        await export(orchestrator.robot_logs.order_by(RobotLog.message).exact(), file)
    assert not file.exists()


async def test_an_error_of_the_consumer_leaves_nothing(orchestrator, tmp_path):
    with pytest.raises(ZeroDivisionError):
        await watched(orchestrator.robot_logs, tmp_path / "logs.jsonl", lambda report: report.rows / 0)
    assert not list(tmp_path.iterdir())


async def test_leaving_before_the_last_page_leaves_nothing(orchestrator, tmp_path):
    async with exporting(orchestrator.robot_logs, tmp_path / "logs.jsonl") as run:
        async for _ in run:
            break
    assert not run.is_complete
    assert not list(tmp_path.iterdir())


async def test_a_cancelled_export_leaves_nothing(emulator, orchestrator, tmp_path):
    asked, never = asyncio.Event(), asyncio.Event()

    async def hang():
        asked.set()
        await never.wait()

    emulator.fail("RobotLogs.list", Slow(hang), when=second_page)
    running = asyncio.create_task(export(orchestrator.robot_logs, tmp_path / "logs.jsonl"))
    await asked.wait()
    assert list(tmp_path.iterdir())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    never.set()
    assert not list(tmp_path.iterdir())


async def test_r95_a_full_disk_is_named_and_leaves_nothing(orchestrator, tmp_path):
    with (
        _largest_file(100_000),
        pytest.raises(ExportError, match=r"logs\.jsonl\S* cannot be written, File too large"),
    ):
        await export(orchestrator.robot_logs, tmp_path / "logs.jsonl")
    assert not list(tmp_path.iterdir())


@contextlib.contextmanager
def _largest_file(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("missing/logs.jsonl", "missing is not a directory: make it, or name another place"),
        ("file/logs.jsonl", "file is not a directory: make it, or name another place"),
        ("file/lake", "Not a directory"),
    ],
)
async def test_a_place_that_cannot_be_written_is_refused_before_any_request(
    emulator, orchestrator, tmp_path, place, reason
):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match=reason):
        await export(orchestrator.robot_logs, tmp_path / place)
    assert not emulator.requests
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
async def test_a_list_without_rows_has_a_file_that_shows_its_columns(orchestrator, tmp_path, kind):
    for _ in range(2):
        summary = await export(orchestrator.robots, tmp_path / "lake", kind, since="last")
        assert (summary.rows, summary.proven) == (0, True)
    (file,) = (tmp_path / "lake" / "Robots").iterdir()
    found = duckdb.sql(f"select * from '{file}'")
    assert {"Id", "Name", "_read_at"} <= {*found.columns}
    assert not found.fetchall()
    assert verify(tmp_path / "lake").is_sound


@pytest.mark.parametrize("given", ["Jobs", ["Jobs"], Job, None])
async def test_what_is_no_query_is_refused(tmp_path, given):
    with pytest.raises(QueryError, match="is not a query of a client: name one"):
        await export(given, tmp_path / "lake")
    assert not list(tmp_path.iterdir())


async def test_an_unknown_format_is_refused(orchestrator, tmp_path):
    with pytest.raises(QueryError, match="jsonl"):
        await export(orchestrator.robot_logs, tmp_path / "logs.xml", "xml")
    assert not list(tmp_path.iterdir())


async def test_page_size_reaches_the_wire(emulator, orchestrator, tmp_path):
    report = await export(orchestrator.robot_logs, tmp_path / "logs.jsonl", page_size=250)
    assert report.rows == 2_500
    assert report.requests >= 10


async def test_readers_take_a_whole_lake_by_its_name(emulator, orchestrator, tmp_path):
    await export(orchestrator.robot_logs, tmp_path / "lake", "parquet", part_rows=900)
    assert len(pd.read_parquet(tmp_path / "lake")) == 2_500
    assert pyarrow.dataset.dataset(tmp_path / "lake").count_rows() == 2_500
