"""Lists in Spark: batches, filters, streams, killed workers."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

pytest.importorskip(
    "pyspark", reason="pyspark is not installed: bash .ci/engines makes an environment that has it"
)
if shutil.which("java") is None:
    pytest.skip("there is no java, which Spark needs", allow_module_level=True)

from pyspark.sql import SparkSession

from uipath_odata.engines.spark import OrchestratorDataSource
from uipath_odata.entities import Job
from uipath_odata.export import export

from .conftest import LOGS, Gate, content_of, has_ended, wait_for

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="session")
def spark(workers_find, tmp_path_factory):
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    # local[2] alone never tries a task again.
    builder = SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "2")
    builder = builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
    session = builder.config("spark.sql.python.filterPushdown.enabled", "true").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    session.dataSource.register(OrchestratorDataSource)
    session.dataSource.register(importlib.import_module("worker_spark").OneQuery)  # as workers find it
    yield session
    session.stop()


def loaded(spark, entity_set="RobotLogs", connection="worker_side:client", **options):
    reader = spark.read.format("uipath_orchestrator").options(
        set=entity_set, connection=connection, **options
    )
    return reader.load()


def test_a_batch_has_the_rows_of_the_server(spark, tenant):
    frame = loaded(spark, target_rows=1_500)
    assert frame.rdd.getNumPartitions() > 3
    assert content_of(frame.toArrow()) == tenant.logs()


def test_after_a_killed_worker_the_written_rows_are_the_same(spark, tenant, tmp_path):
    (fuse := tmp_path / "fuse").touch()
    tenant.tell(fuse=str(fuse), asks=6)
    loaded(spark, connection="worker_side:dying", target_rows=3_000).write.parquet(str(tmp_path / "lake"))
    assert not fuse.exists()
    assert content_of(spark.read.parquet(str(tmp_path / "lake")).toArrow()) == tenant.logs()


def test_what_is_not_proven_fails_the_job_and_says_so_to_the_driver(spark, tenant):
    tenant.emulator.insert("RobotLogs", [{"TimeStamp": "2024-05-14T05:00:00Z", "Message": "again"}] * 60)
    with pytest.raises(Exception, match=r"(?s)(WindowOverflow|Unprovable|NotProven).*2024-05-14T05:00:00"):
        loaded(spark, connection="worker_side:narrow").count()


def test_a_stream_in_three_runs_has_each_row_once(spark, tenant, tmp_path):
    for _ in range(3):
        stream = spark.readStream.format("uipath_orchestrator")
        logs = stream.options(set="RobotLogs", connection="worker_side:client", target_rows=3_000).load()
        writer = logs.writeStream.format("parquet").option("checkpointLocation", str(tmp_path / "checkpoint"))
        query = writer.trigger(availableNow=True).start(str(tmp_path / "lake"))
        query.awaitTermination()
        assert content_of(spark.read.parquet(str(tmp_path / "lake")).toArrow()) == tenant.logs()
        tenant.passes()


def pushing(spark):
    """Load for one query, so that no other one gets what it pushed, whatever Spark this is."""
    reader = spark.read.format("one_query").options(set="RobotLogs", connection="worker_side:client")
    return reader.option("pushdown", "true").load()


EDGE = "TIMESTAMP '2024-05-14 06:00:00.100000'"
CONDITIONS = [
    *(f"TimeStamp {sign} {EDGE}" for sign in ("=", "<", "<=", ">", ">=", "<>", "<=>")),
    "MachineId = 7", "MachineId IN (1, 2, 3)", "MachineId IS NULL", "MachineId IS NOT NULL", "MachineId <> 7",
    "MachineId > 5990", "Level = 'Error'", "Level <> 'Error'", "Level < 'F'", "RobotName = 'Robot1'",
    "RobotName LIKE 'Robot1%'", "Message LIKE '%99'", "Message LIKE '%row 1%'", "Message = 'row 77'",
    f"TimeStamp >= {EDGE} AND Level = 'Error' AND length(Message) > 7", "Level = 'Error' OR MachineId = 7",
    "NOT (MachineId <=> 7)",
]  # fmt: skip


def test_pushed_filters_have_the_rows_of_unpushed_ones(spark, tenant):
    everything = loaded(spark).cache()
    for condition in CONDITIONS:
        pushed = pushing(spark).where(condition).toArrow()
        assert content_of(pushed) == content_of(everything.where(condition).toArrow()), condition
    begun = len(tenant.emulator.calls)
    assert pushing(spark).where(f"TimeStamp < {EDGE}").count() == 3
    assert len(tenant.emulator.calls) - begun < 10


def test_pushdown_is_refused_where_the_filters_of_a_query_reach_the_next_one(spark, tenant):
    frame = pushing(spark)
    frame.where("Level = 'Error'").explain()
    is_apart = frame.count() == LOGS
    assert is_apart is OrchestratorDataSource.scans_are_apart
    if not is_apart:
        with pytest.raises(Exception, match=r"one plan for all queries.*give the option filter"):
            loaded(spark, pushdown="true")


def test_a_limit_ends_the_reading(spark, tenant):
    tenant.insert_robots(pages=600)
    assert len(loaded(spark, "Robots").limit(10).collect()) == 10
    asked = [tenant.asked_for_robots()]
    wait_for(lambda: asked.append(tenant.asked_for_robots()) or asked[-25:] == 25 * asked[-1:])
    assert asked[-1] < 600  # Spark gets rows in buffers of many pages


def test_a_job_that_is_cancelled_ends_its_reading(spark, tenant, tmp_path):
    tenant.insert_robots()
    gate = Gate(tmp_path)
    tenant.tell(**gate.facts)
    robots = loaded(spark, "Robots", connection="worker_side:held")
    with ThreadPoolExecutor(1) as threads:
        counted = threads.submit(robots.count)
        reader = gate.wait()
        spark.sparkContext.cancelAllJobs()
        with pytest.raises(Exception, match=r"(?i)cancelled"):
            counted.result()
    wait_for(lambda: has_ended(reader))
    assert tenant.asked_for_robots() < 2 * gate.asks


def test_an_unknown_option_is_refused_and_the_nearest_named(spark, tenant):
    with pytest.raises(Exception, match="has no option 'targetrows': did you mean target_rows"):
        loaded(spark, targetrows=5)


def test_a_stream_of_rows_that_change_is_refused(spark, tenant):
    stream = spark.readStream.format("uipath_orchestrator").options(
        set="Jobs", connection="worker_side:client"
    )
    with pytest.raises(Exception, match="a stream reads RobotLogs"):
        stream.load().writeStream.format("noop").trigger(availableNow=True).start().awaitTermination()


def test_an_empty_list_and_a_list_in_folders_have_the_columns_that_were_said(spark, tenant):
    assert loaded(spark, "Jobs", select="Id, State").columns == ["State", "Id", "_extra"]
    assert loaded(spark, "Jobs").count() == 0
    folders = loaded(spark, "Jobs", select="Id", all_folders="true")
    assert folders.columns == ["Id", "_folder_id", "_folder_path", "_extra"]
    with pytest.raises(Exception, match="The account sees no folder"):
        folders.count()


def test_a_lake_whose_columns_came_later_has_null_where_they_were_not(spark, tenant, tmp_path):
    emulator = tenant.emulator
    jobs = [
        {
            "Id": each,
            "Key": str(UUID(int=each)),
            "State": "Successful",
            "LastModificationTime": "2024-05-01T00:00:00Z",
        }
        for each in range(1, 8)
    ]
    emulator.insert("Jobs", jobs)

    async def night(*columns):
        async with emulator.client() as orchestrator:
            query = orchestrator.jobs.select(Job.key, *columns)
            await export(query, tmp_path, "parquet", since="last")

    asyncio.run(night())
    emulator.insert("Jobs", [{**jobs[0], "Id": 8, "Key": str(UUID(int=8)), "State": "Running"}])
    asyncio.run(night(Job.state))
    frame = spark.read.option("mergeSchema", "true").parquet(str(tmp_path / "Jobs"))
    rows = {(row["Id"], row["State"]) for row in frame.select("Id", "State").collect()}
    assert {(1, None), (8, "Running")} <= rows
    assert {row[0] for row in rows} == set(range(1, 9))
