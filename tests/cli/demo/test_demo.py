from __future__ import annotations

import re

import aiohttp
import attrs
import orjson
import pytest
from rich.console import Console

from uipath_odata.cli.demo.demo import conclude
from uipath_odata.cli.demo.readers import CLIENT, READERS, Result, measure
from uipath_odata.emulator import Emulator
from uipath_odata.emulator.faults import Status

_ROW = re.compile(
    r"^ *(?P<reader>\$skip loop|TimeStamp loop|uipath-odata) +(?P<rows>[\d,]+) +(?P<lost>[\d,]+) +(?P<repeated>[\d,]+) +(?P<requests>[\d,]+) +(?P<refreshes>[\d,]+)",
    re.MULTILINE,
)


async def test_a_terminal_sees_the_table_grow(command, tmp_path):
    environ = {"TMPDIR": str(tmp_path), "FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "80"}
    finished = await command("demo", "--rows", "3000", **environ)
    assert finished.code == 0
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", finished.out)
    growing = [number(rows) for rows in re.findall(r"uipath-odata +([\d,]+)", plain)]
    assert growing == sorted(growing)
    assert set(growing) >= {0, 3_000}
    assert max(map(len, plain.splitlines())) <= 80


def rows_in(file):
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def number(text):
    return int(text.replace(",", ""))


async def test_the_demo_gets_every_row_once_where_the_usual_loops_do_not(command, tmp_path):
    file = tmp_path / "logs.jsonl"
    (tmp_path / "temporary").mkdir()
    finished = await command("demo", "--rows", "14000", "--output", file, TMPDIR=str(tmp_path / "temporary"))
    assert (finished.code, finished.err) == (0, "")
    found = {row["reader"]: row for row in _ROW.finditer(finished.out)}
    assert "It holds 14,000 RobotLogs" in finished.out
    assert "ended with HTTP 400 at $skip=10000" in finished.out
    assert found["$skip loop"]["rows"] == "10,000"
    assert number(found["$skip loop"]["lost"]) >= 4_000
    assert number(found["TimeStamp loop"]["lost"]) > 0
    client = found["uipath-odata"]
    assert (client["rows"], client["lost"], client["repeated"]) == ("14,000", "0", "0")
    assert f"Every row, once: {file}" in finished.out
    assert len(rows_in(file)) == 14_000


async def test_the_demo_leaves_nothing_in_the_temporary_folder(command, tmp_path):
    finished = await command("demo", "--rows", "1000", TMPDIR=str(tmp_path))
    assert finished.code == 0
    assert "Keep the file with --output" in finished.out
    assert [*tmp_path.iterdir()] == []


@pytest.fixture
async def emulator():
    async with Emulator(seed=None) as running:
        rows = [
            {"TimeStamp": f"2024-05-14T06:00:0{number // 2}.1234567Z", "Message": "same"}
            for number in range(8)
        ]
        running.insert("RobotLogs", rows)
        yield running


async def rows_of(emulator):
    async with emulator.client() as orchestrator:
        return await orchestrator.robot_logs.dicts().to_list()


async def test_lost_and_repeated_rows_are_counted_whole_row_by_whole_row(emulator, tmp_path):
    async def faulty(_emulator, _file, _seen):
        rows = await rows_of(emulator)
        changed = {**rows[2], "Message": "another"}
        return [*rows[3:], changed, rows[7], rows[7]], "a mistake"

    result = await measure(
        faulty, emulator, tmp_path / "x.jsonl", lambda _: None, clock=iter((10.0, 12.0)).__next__
    )
    assert (result.rows, result.existing) == (8, 8)
    assert (result.lost, result.repeated) == (3, 3)
    assert (result.seconds, result.rows_a_second) == (2.0, 4)
    assert not result.is_exact


@pytest.mark.parametrize("name", READERS)
async def test_every_reader_is_exact_where_one_page_holds_everything(emulator, tmp_path, name):
    seen = []
    result = await measure(READERS[name], emulator, tmp_path / "x.jsonl", seen.append)
    assert result.is_exact
    # Ours asks what time it is, and after the page, because an export must be settled and proven.
    assert (result.requests, result.refreshes) == (3 if name == "uipath-odata" else 1, 0)
    assert not seen or seen[-1] == 8


async def test_the_time_stamp_loop_does_not_hide_that_it_is_refused(emulator, tmp_path):
    emulator.fail("RobotLogs.*", Status(403))
    with pytest.raises(aiohttp.ClientResponseError, match="403"):
        await measure(READERS["TimeStamp loop"], emulator, tmp_path / "x.jsonl", lambda _: None)


@pytest.mark.parametrize("name", ["$skip loop", "TimeStamp loop"])
async def test_the_loops_get_a_new_token_when_theirs_is_refused(emulator, tmp_path, name):
    rows = (
        {"TimeStamp": f"2024-05-15T{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z"} for n in range(2_000)
    )
    emulator.insert("RobotLogs", rows)
    expire = lambda rows: emulator.tokens.expire() if rows <= 2_000 else None  # noqa: E731 - a hook
    result = await measure(READERS[name], emulator, tmp_path / "x.jsonl", expire)
    assert result.refreshes >= 1
    assert result.rows == 2_008


@pytest.mark.parametrize(("lost", "repeated", "code"), [(0, 0, 0), (1, 0, 1), (0, 1, 1)])
def test_the_demo_fails_unless_the_client_is_exact(lost, repeated, code, tmp_path):
    result = Result(
        rows=9, existing=9, lost=lost, repeated=repeated, requests=1, refreshes=0, seconds=1.0, ended="proven"
    )
    assert conclude({CLIENT: result}, tmp_path, Console(quiet=True)) == code
    assert attrs.evolve(result, seconds=0.0).rows_a_second == 0
