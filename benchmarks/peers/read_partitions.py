"""Read partitions, given as lines of JSON: ``read_partitions.py one|dask|spark NUMBER``; prints rows, seconds and the peak memory of a reader."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time

from uipath_odata.partitions import Partition, read, read_table

OF_A_WORKER = 4


def one(at_once, partitions):
    begun = time.perf_counter()
    rows = sum(batch.num_rows for partition in partitions for batch in read(partition, concurrency=at_once))
    return rows, time.perf_counter() - begun, peak_of_memory()


def dask(workers, partitions):
    from distributed import Client, LocalCluster  # noqa: PLC0415 - not everybody has it

    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(workers)
        client.run(peak_of_memory)  # what a worker imports first is not measured
        begun = time.perf_counter()
        rows = sum(client.gather(client.map(rows_of, partitions, pure=False)))
        return rows, time.perf_counter() - begun, max(client.run(peak_of_memory).values())


def spark(workers, partitions):
    """Count by the data source, which plans the partitions itself; the second job of the session."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - not everybody has it

    from uipath_odata.engines.spark import OrchestratorDataSource  # noqa: PLC0415 - the same

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(f"local[{workers}]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.warehouse.dir", tempfile.gettempdir()).getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    session.dataSource.register(OrchestratorDataSource)
    target = max(partition.rows for partition in partitions)
    logs = session.read.format("uipath_orchestrator").options(set="RobotLogs", target_rows=target)
    logs.load().count()
    begun = time.perf_counter()
    rows = logs.load().count()
    took = time.perf_counter() - begun
    session.stop()
    return rows, took, None


def rows_of(partition):
    return read_table(partition, concurrency=OF_A_WORKER).num_rows


def peak_of_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    reader = {"one": one, "dask": dask, "spark": spark}[sys.argv[1]]
    rows, wall, rss = reader(int(sys.argv[2]), [Partition.from_json(line) for line in sys.stdin])
    print(json.dumps({"rows": rows, "wall": wall, "rss": rss}))
