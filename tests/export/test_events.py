"""What an export tells: its own rows and all rows that it has, the same in every mode, and why it waits."""

from __future__ import annotations

import pytest

from uipath_odata.emulator.faults import RateLimited, Status
from uipath_odata.errors import Forbidden
from uipath_odata.export import exporting


@pytest.fixture(autouse=True)
def rows(emulator):
    emulator.insert("Robots", [{"Id": number, "Name": "R"} for number in range(9_000, 9_050)])


async def counts_of(query, lake, **options):
    async with exporting(query, lake, since="last", **options) as run:
        seen = [(event.new_rows, event.rows) async for event in run]
        return seen, run.summary


@pytest.mark.parametrize("name", ["robot_logs", "robots"])
async def test_the_first_run_wrote_all_rows_that_are_there(orchestrator, tmp_path, name):
    query = getattr(orchestrator, name)
    _, summary = await counts_of(query, tmp_path / "lake")
    assert summary.new_rows == summary.rows == await query.count()
    files = [file for file in (tmp_path / "lake").glob("*/*") if file.is_file()]
    assert (summary.files, summary.bytes) == (len(files), sum(file.stat().st_size for file in files))


async def test_a_night_of_a_set_that_grows_counts_what_came(emulator, orchestrator, tmp_path):
    logs = orchestrator.robot_logs
    _, first = await counts_of(logs, tmp_path / "lake")
    emulator.insert("RobotLogs", [{"TimeStamp": "2024-05-14T01:00:00Z", "Message": "late"}])
    seen, second = await counts_of(logs, tmp_path / "lake")
    assert all(new <= second.new_rows and rows <= second.rows for new, rows in seen)
    assert second.rows == first.rows + 1


async def test_a_night_of_a_set_that_is_replaced_counts_no_row_twice(orchestrator, tmp_path):
    robots = orchestrator.robots
    _, first = await counts_of(robots, tmp_path / "lake")
    seen, second = await counts_of(robots, tmp_path / "lake", page_size=10)
    assert (second.new_rows, second.rows) == (first.rows, first.rows)
    assert all(new == rows <= first.rows for new, rows in seen)


async def test_a_replaced_set_that_fails_says_what_stays(emulator, orchestrator, tmp_path):
    robots = orchestrator.robots
    _, first = await counts_of(robots, tmp_path / "lake")
    emulator.fail("Robots.list", Status(403), times=None)
    async with exporting(robots, tmp_path / "lake", since="last") as run:
        with pytest.raises(Forbidden):
            _ = [event async for event in run]
        [last] = run.summary.lists
    assert (last.event, last.new_rows, last.rows, last.committed) == ("partial", 0, first.rows, first.rows)


async def test_a_list_that_the_rate_limit_holds_back_says_so_before_its_first_page(
    emulator, orchestrator, tmp_path
):
    emulator.fail("Robots.list", RateLimited(retry_after=3), times=1)
    async with exporting(orchestrator.robots, tmp_path / "lake") as run:
        told = [event async for event in run]
    waits = [event.next_request for event in told if event.event == "waiting"]
    assert [told[0].event, told[0].rows, len(waits)] == ["waiting", 0, 1]
    assert 1 <= waits[0] <= 3
    assert run.is_complete
