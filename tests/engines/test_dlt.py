"""Loads with dlt into DuckDB: each row once, whenever it is killed."""

from __future__ import annotations

import asyncio
import signal
import sys

import pytest

pytest.importorskip("dlt", reason="dlt is not installed: bash .ci/engines makes an environment that has it")

import duckdb
from dlt.pipeline.exceptions import PipelineStepFailed

from uipath_odata.engines.dlt import orchestrator_set

from .conftest import HERE, LOGS, content_of
from .load import pipeline_in
from .worker_side import under_way

pytestmark = pytest.mark.filterwarnings("default")


async def load(directory, connection="worker_side:client", *step):
    """Run the program and return how it ended."""
    command = [sys.executable, HERE / "load.py", directory, connection, *step]
    process = await asyncio.create_subprocess_exec(*map(str, command), stderr=asyncio.subprocess.PIPE)
    _, err = await process.communicate()
    return process.returncode or err.decode().count("Traceback")


def loaded(directory):
    """Return how many logs the database has, and their content."""
    with duckdb.connect(str(directory / "logs.duckdb")) as database:
        table = database.table("orchestrator.robot_logs").to_arrow_table()
    return content_of(table, ("time_stamp_text", "level", "message", "robot_name", "machine_id"))


async def test_each_run_brings_what_came_since_the_last_one(tenant, tmp_path):
    for _ in range(3):
        assert await load(tmp_path) == 0
        assert loaded(tmp_path) == tenant.logs()
        tenant.passes()


@pytest.mark.parametrize("step", ["extract", "normalize"])
async def test_after_a_kill_between_steps_the_next_run_has_each_row_once(tenant, tmp_path, step):
    assert await load(tmp_path, "worker_side:client", step) == -signal.SIGKILL
    assert await load(tmp_path) == 0
    assert await load(tmp_path) == 0
    assert loaded(tmp_path) == tenant.logs()


async def test_after_a_kill_while_extracting_the_next_run_has_each_row_once(tenant, tmp_path):
    (fuse := tmp_path / "fuse").touch()
    tenant.tell(fuse=str(fuse), asks=12)
    assert await load(tmp_path, "worker_side:dying") == -signal.SIGKILL
    assert await load(tmp_path, "worker_side:dying") == 0
    assert loaded(tmp_path) == tenant.logs()


def test_a_source_that_is_closed_early_ends_its_reading_and_is_not_read_on_from_there(tenant, tmp_path):
    tenant.insert_robots()
    begun, pipeline = tenant.asked_for_robots(), pipeline_in(tmp_path)
    pipeline.run(orchestrator_set("Robots", "worker_side:client").add_limit(2))
    assert under_way() == 0
    assert tenant.asked_for_robots() - begun < 20
    logs = orchestrator_set("RobotLogs", "worker_side:client", target_rows=1_500)
    pipeline.run(logs.add_limit(1))
    with pipeline.sql_client() as client:
        assert 0 < client.execute_sql("SELECT count(*) FROM robot_logs")[0][0] < LOGS
        pipeline.run(orchestrator_set("RobotLogs", "worker_side:client", target_rows=1_500))
        texts = "SELECT count(DISTINCT time_stamp_text) FROM robot_logs"
        assert client.execute_sql(texts)[0][0] == LOGS


def test_a_set_whose_rows_change_replaces_its_table(tenant, tmp_path):
    pipeline = pipeline_in(tmp_path)
    for states in (["Running", "Running"], ["Successful"], []):
        tenant.emulator.reset()
        tenant.emulator.insert("Jobs", [{"Id": at, "State": state} for at, state in enumerate(states, 1)])
        pipeline.run(orchestrator_set("Jobs", "worker_side:client", select=["Id", "State"]))
        with pipeline.sql_client() as client:
            assert [state for (state,) in client.execute_sql("SELECT state FROM jobs")] == states


def test_another_filter_than_the_last_run_had_is_refused(tenant, tmp_path):
    pipeline = pipeline_in(tmp_path)
    pipeline.run(orchestrator_set("RobotLogs", "worker_side:client", filter="Level eq 'Error'"))
    with pytest.raises(PipelineStepFailed, match="filter=\"Level eq 'Error'\" and this one filter=None"):
        pipeline.run(orchestrator_set("RobotLogs", "worker_side:client"))


def test_what_is_not_proven_fails_the_extraction_and_nothing_is_loaded(tenant, tmp_path):
    tenant.emulator.insert("RobotLogs", [{"TimeStamp": "2024-05-14T05:00:00Z", "Message": "again"}] * 60)
    with pytest.raises(PipelineStepFailed, match="2024-05-14T05:00:00"):
        pipeline_in(tmp_path).run(orchestrator_set("RobotLogs", "worker_side:narrow"))
    assert not pipeline_in(tmp_path).has_pending_data
