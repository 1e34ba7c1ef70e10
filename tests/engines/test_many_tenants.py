"""Many tenants in one job: each keeps its budget, none waits for another, and no token travels."""

from __future__ import annotations

import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import attrs
import pytest
from distributed import Client, LocalCluster
from distributed.protocol import serialize

from uipath_odata import Settings
from uipath_odata.emulator import Emulator
from uipath_odata.engines.dask import tables
from uipath_odata.partitions import Connection, partitions
from uipath_odata.partitions.process_loop import process_loop

from ..robot_logs import log

pytestmark = pytest.mark.filterwarnings("default")

SETS = ("RobotLogs", "Jobs", "QueueItems")
PAGE = 10


@attrs.frozen
class Size:
    """How many tenants, with how many pages of each limited list; a minute of the servers takes ``minute`` seconds."""

    tenants: int
    pages: tuple[int, ...]
    minute: float
    allowed: int
    """Requests in a minute of the servers' that a client may make of one list: four fifths of the limit."""

    def pages_of(self, number):
        return self.pages[number % len(self.pages)]


QUICK = Size(tenants=6, pages=(20, 24, 28), minute=6.0, allowed=20)
FULL = Size(tenants=300, pages=(160, *[8] * 19), minute=60.0, allowed=48)


@pytest.fixture
def served(request, monkeypatch):
    size, begun = request.param, time.time()
    limit = size.allowed * 5 // 4
    with ExitStack() as stack:
        emulators = []
        for number in range(size.tenants):
            emulator = Emulator(
                seed=None,
                token=f"canary-{number}",
                tenant=f"tenant{number}",
                clock=lambda: begun + (time.time() - begun) * 60 / size.minute,
                page_caps={"Jobs": PAGE, "QueueItems": PAGE},
                rate_limits={"Jobs.list": limit, "QueueItems.list": limit},
            )
            emulators.append(stack.enter_context(emulator))
            rows = size.pages_of(number) * PAGE
            emulator.insert("Jobs", [{"Id": at} for at in range(1, rows + 1)])
            emulator.insert("QueueItems", [{"Id": at} for at in range(1, PAGE + 1)])
            emulator.insert("RobotLogs", map(log, range(50)))
            monkeypatch.setenv(f"T{number}_URL", emulator.url)
            monkeypatch.setenv(f"T{number}_ACCESS_TOKEN", f"canary-{number}")
        yield size, emulators
        process_loop().close()


def plan_of(size):
    settings = Settings(requests_a_minute=round(size.allowed * 5 / 4 * 60 / size.minute))

    def of_one(number):
        return partitions(Connection(f"env:T{number}_", settings=settings), SETS)

    with ThreadPoolExecutor(16) as threads:
        return [partition for planned in threads.map(of_one, range(size.tenants)) for partition in planned]


@pytest.mark.parametrize("served", [QUICK, pytest.param(FULL, marks=pytest.mark.full)], indirect=True)
def test_each_tenant_keeps_its_budget_and_none_waits_for_another(served):
    size, emulators = served
    planned = plan_of(size)
    _, frames = serialize(planned, serializers=["pickle"])
    assert all(b"canary-" not in bytes(each) for each in [pickle.dumps(planned), *frames])
    # A partition that waits for its rate holds a thread, and nothing else.
    cluster = LocalCluster(n_workers=2, threads_per_worker=size.tenants * 2, dashboard_address=None)
    with cluster, Client(cluster) as client:
        client.wait_for_workers(2)
        begun = time.monotonic()
        read = client.gather(tables(client, planned))
        took = time.monotonic() - begun
    rows = {
        (partition.tenant, partition.entity_set): table.num_rows
        for partition, table in zip(planned, read, strict=True)
    }
    assert len(rows) == size.tenants * len(SETS)
    for number, emulator in enumerate(emulators):
        assert [call for call in emulator.calls if call.status == 429] == []
        counted = {name: emulator.sql(f"SELECT count(*) FROM {name}")[0][0] for name in SETS}
        assert counted == {name: rows[f"127.0.0.1/acme/tenant{number}", name] for name in SETS}
    most = max(emulator.requests["GET /odata/Jobs"] for emulator in emulators)
    assert most > size.allowed
    if size is FULL:  # with few requests, starting the workers would be most of it
        assert took <= 1.1 * most * size.minute / size.allowed
