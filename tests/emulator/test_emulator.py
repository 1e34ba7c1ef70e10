from __future__ import annotations

import ast
import asyncio
import inspect
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest
from yarl import URL

from uipath_odata.emulator import Emulator, serve


async def test_the_emulator_listens_on_this_machine_only(empty):
    assert empty.emulator.base_url.startswith("http://127.0.0.1:")
    assert empty.emulator.base_url.endswith("/acme/Default/orchestrator_")
    assert all(address[0] == "127.0.0.1" for address in empty.emulator._serving._runner.addresses)


async def test_the_demo_tenant_is_the_same_each_time_and_nobody_else_s():
    async with Emulator() as first, Emulator() as second:
        query = "SELECT * FROM RobotLogs ORDER BY rowid LIMIT 5 OFFSET 30000"
        assert first.sql(query) == second.sql(query)
        first._store.connection.execute("DELETE FROM RobotLogs")
        assert second.sql("SELECT COUNT(*) FROM RobotLogs") == [(50_000,)]


async def test_the_demo_s_logs_make_exact_reading_hard(demo):
    sql = demo.emulator.sql
    moments = [row[0] for row in sql("SELECT TimeStamp FROM RobotLogs ORDER BY TimeStamp")]
    assert len(moments) == 50_000
    assert all(moments[edge - 1] == moments[edge] for edge in range(1_000, 50_000, 1_000))
    assert max(sql("SELECT COUNT(*) FROM RobotLogs GROUP BY _sort"))[0] < 1_000
    same_millisecond = sum(
        one // 10_000 == other // 10_000 and one != other for one, other in pairwise(moments)
    )
    assert same_millisecond > 1_000
    copies = sql("SELECT COUNT(*) - COUNT(DISTINCT RawMessage || TimeStamp) FROM RobotLogs")[0][0]
    assert copies > 100
    assert moments[-1] - moments[0] > 4 * 3600 * 10_000_000
    for column in ("RobotName", "ProcessName", "Level", "_folder"):
        assert sql(f'SELECT COUNT(DISTINCT "{column}") FROM RobotLogs')[0][0] >= 3


async def test_serving_goes_on_until_it_is_cancelled():
    emulator, started = Emulator(seed=None), asyncio.Event()
    task = asyncio.ensure_future(serve(emulator, lambda _: started.set()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(sqlite3.ProgrammingError):
        emulator.sql("SELECT 1")


async def test_the_emulator_gives_a_client_of_itself():
    async with Emulator() as emulator, emulator.client() as orchestrator:
        robot = await orchestrator.robots.get(216)
        assert (robot.name, emulator.token_requests) == ("Gustavee", 1)


async def test_an_emulator_that_cannot_start_leaves_nothing_open(empty):
    other = Emulator(seed=None, port=URL(empty.emulator.base_url).port)
    with pytest.raises(OSError, match="address already in use"):
        await other.__aenter__()
    with pytest.raises(sqlite3.ProgrammingError):
        other.sql("SELECT 1")


def test_an_emulator_that_was_never_started_can_be_closed():
    emulator = Emulator(seed=None)
    emulator.insert("Robots", [{"Id": 5}])
    assert emulator.sql("SELECT Id FROM Robots") == [(5,)]
    emulator.close()


async def test_latency_is_a_switch(empty):
    assert empty.emulator.latency == 0
    empty.emulator.latency = 0.001
    assert (await empty.get("/odata/Robots")).status == 200
    assert empty.emulator.latency == 0.001


async def test_the_emulator_shares_no_code_with_the_client():
    """G17: the server's truth is computed by other code than the client's."""
    home = Path(inspect.getfile(Emulator)).parent
    imported = {
        (path.name, node.module)
        for path in home.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("uipath_odata")
    }
    foreign = {pair for pair in imported if not pair[1].startswith("uipath_odata.emulator")}
    # ``client()`` makes one, with the options that a client takes.
    assert foreign == {("emulator.py", "uipath_odata"), ("emulator.py", "uipath_odata.client")}
