"""Lists in Dask: the same rows with and without a killed worker, in lanes, and what goes wrong said by the driver."""

from __future__ import annotations

import importlib
import os
import pickle
import re

import attrs
import pyarrow as pa
import pytest
from distributed import Client, LocalCluster
from distributed.protocol import serialize

from uipath_odata.engines.dask import ActorCoordinator, dataframe, tables
from uipath_odata.errors import NotProven, QueryError
from uipath_odata.partitions import Connection, partitions
from uipath_odata.transport.rate.budgets import Allowance

from .conftest import LOGS, ROBOTS_OF_A_PAGE, TOKEN, Gate, content_of, wait_for

# Dask opens its own loops and sockets, and leaves some of them to the garbage collector.
pytestmark = pytest.mark.filterwarnings("default")

WORKERS = Connection("worker_side:client")


@pytest.fixture(scope="module")
def client(workers_find):
    with (
        LocalCluster(n_workers=2, threads_per_worker=4, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def read_by(connection, planned):
    return [attrs.evolve(each, connection=connection) for each in planned]


def test_a_dataframe_has_the_rows_of_the_server(client, tenant):
    planned = partitions(WORKERS, "RobotLogs", target_rows=1_500)
    frame = dataframe(planned)
    assert frame.npartitions == len(planned) > 3
    read = frame.compute()
    assert content_of(pa.Table.from_pandas(read)) == tenant.logs()
    assert str(read.dtypes["MachineId"]) == "int64[pyarrow]"
    assert read.MachineId.isna().sum() == LOGS / 4


def test_only_the_columns_that_are_used_are_asked_for(client, tenant):
    frame = dataframe(partitions(WORKERS, "RobotLogs", target_rows=LOGS))
    begun = len(tenant.emulator.calls)
    assert frame.Level.value_counts().compute().to_dict() == {"Info": LOGS * 9 // 10, "Error": LOGS // 10}
    asked = {call.query["$select"] for call in [*tenant.emulator.calls][begun:] if "$select" in call.query}
    assert asked
    assert all("Message" not in each for each in asked)


def test_a_dataframe_is_of_one_list(client, tenant):
    with pytest.raises(QueryError, match="needs at least one partition"):
        dataframe([])
    with pytest.raises(QueryError, match="is not a partition"):
        dataframe("RobotLogs")
    with pytest.raises(QueryError, match="a dataframe for each list"):
        dataframe(partitions(WORKERS, ["RobotLogs", "Jobs"]))


def test_after_a_killed_worker_the_rows_are_the_same(client, tenant, tmp_path):
    (fuse := tmp_path / "fuse").touch()
    tenant.tell(fuse=str(fuse), asks=2)
    planned = partitions(WORKERS, "RobotLogs", target_rows=1_500)
    before = set(client.run(os.getpid).values())
    read = client.gather(tables(client, read_by("worker_side:dying", planned)))
    assert not fuse.exists()
    assert set(client.run(os.getpid).values()) != before
    assert content_of(pa.concat_tables(read)) == tenant.logs()


def states(client):
    told = client.run(lambda dask_worker: [each.state for each in dask_worker.state.tasks.values()])
    return [state for of_one in told.values() for state in of_one]


def test_a_task_that_is_cancelled_ends_its_reading(client, tenant, tmp_path):
    tenant.insert_robots()
    gate = Gate(tmp_path)
    tenant.tell(**gate.facts)
    [partition] = partitions(WORKERS, "Robots")
    begun = tenant.asked_for_robots()
    [future] = tables(client, read_by("worker_side:held", [partition]))
    gate.wait()
    future.cancel()
    wait_for(lambda: "cancelled" in states(client))
    gate.open()
    wait_for(lambda: not states(client))
    assert {*client.run(importlib.import_module("worker_side").under_way).values()} == {0}
    assert tenant.asked_for_robots() - begun < 2 * gate.asks
    del future
    [again] = tables(client, read_by("worker_side:held", [partition]))
    assert again.result().num_rows == 200 * ROBOTS_OF_A_PAGE


def test_what_is_not_proven_fails_the_task_and_says_so_to_the_driver(client, tenant):
    tenant.emulator.insert("RobotLogs", [{"TimeStamp": "2024-05-14T05:00:00Z", "Message": "again"}] * 60)
    planned = partitions(Connection("worker_side:narrow"), "RobotLogs", target_rows=LOGS)
    [future] = tables(client, planned[:1])
    with pytest.raises(NotProven, match=r"2024-05-14T05:00:00.*"):
        future.result()
    with pytest.raises(NotProven):
        len(dataframe(planned))


def test_partitions_of_a_lane_are_read_one_after_the_other(client, tenant):
    tenant.emulator.insert("Jobs", [{"Id": number, "Info": f"job {number}"} for number in range(1, 401)])
    planned = partitions(WORKERS, "Jobs", target_rows=100)
    assert len({each.lane for each in planned}) == 1
    assert len(planned) == 4
    begun = len(tenant.emulator.calls)
    read = pa.concat_tables(client.gather(tables(client, planned)))
    assert sorted(read["Id"].to_pylist()) == [*range(1, 401)]
    of = [partition_of(call, planned) for call in [*tenant.emulator.calls][begun:]]
    turns = [number for number, before in zip(of, [None, *of], strict=False) if number != before]
    assert sorted(turns) == [1, 2, 3, 4]
    assert dataframe(planned).npartitions == 1


def partition_of(call, planned):
    """Return which partition a request is of, by the Ids between which it asks."""
    after = re.search(r"Id gt (\d+)", call.query["$filter"])
    upto = int(re.search(r"Id le (\d+)", call.query["$filter"])[1])
    last = int(after[1]) + 1 if after else upto
    return next(each.number for each in planned if (each.lo or 0) <= last < each.hi)


def test_a_coordinator_gives_each_request_of_all_workers_its_turn(client, tenant):
    tenant.emulator.insert("Jobs", [{"Id": number} for number in range(1, 401)])
    planned = partitions(WORKERS, "Jobs", target_rows=50)
    begun = tenant.emulator.requests["GET /odata/Jobs"]
    counted = importlib.import_module("worker_side").CountedRates  # as workers find it
    coordinator = ActorCoordinator(client.submit(counted, Allowance(100_000), actor=True).result())
    read = client.gather(tables(client, planned, coordinator=coordinator))
    assert sum(each.num_rows for each in read) == 400
    assert coordinator.actor.turns == tenant.emulator.requests["GET /odata/Jobs"] - begun
    with pytest.raises(QueryError, match="lanes=1"):
        tables(client, partitions(WORKERS, "Jobs", target_rows=100, lanes=2), coordinator=coordinator)


async def test_an_actor_keeps_the_rate_of_a_lane(client):
    coordinator = ActorCoordinator.on(client, requests_a_minute=60, share=0.5)
    first = await coordinator.turn("lane")
    assert await coordinator.turn("lane") > first
    await coordinator.refused("other lane", 30)
    assert await coordinator.turn("other lane") > 1


def test_no_token_travels(client, tenant):
    planned = partitions(WORKERS, ["RobotLogs", "Jobs"], target_rows=1_500)
    assert TOKEN.encode() not in pickle.dumps([planned, WORKERS])
    graph = dataframe([each for each in planned if each.entity_set == "RobotLogs"]).dask
    for sent in (dict(graph), [*planned]):
        _, frames = serialize(sent, serializers=["pickle"])
        assert frames
        assert all(TOKEN.encode() not in bytes(frame) for frame in frames)
