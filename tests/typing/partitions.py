"""Partitions as programs plan, send, read and check them."""

from __future__ import annotations

from contextlib import closing
from typing import Any, assert_type

from uipath_odata import Instant, Orchestrator, Settings
from uipath_odata.partitions import (
    Connection,
    Coordinator,
    Partition,
    Receipt,
    Scan,
    SharedRates,
    check,
    in_lanes,
    partitions,
    partitions_of,
    read,
    read_table,
    schema_of,
)


class Actor:
    """A coordinator of one's own."""

    def __init__(self, rates: SharedRates) -> None:
        self.rates = rates

    async def turn(self, lane: str) -> float:
        """Return the seconds to wait."""
        return self.rates.turn(lane)

    async def refused(self, lane: str, seconds: float | None) -> None:
        """Take in a 429."""
        self.rates.refused(lane, seconds)


async def planned(orchestrator: Orchestrator) -> list[Partition]:
    """Plan two lists of one tenant."""
    return await partitions_of(
        orchestrator,
        [orchestrator.jobs, orchestrator.folder("Shared").queue_items],
        connection="env:ACME_",
        target_rows=100_000,
        lanes=2,
        since=Instant.parse("2024-05-14T00:00:00Z"),
        until="2024-05-15",
    )


def read_all() -> int:
    """Plan by names, read and check."""
    acme = Connection("our_vault:acme", settings=Settings(even=True))
    planned = partitions(acme, ["Jobs", "RobotLogs"], filter="Id gt 5", select=("Id",), all_folders=True)
    receipts: list[Receipt] = []
    coordinator: Coordinator = Actor(SharedRates())
    for lane in in_lanes(planned):
        for partition in lane:
            for batch in read(partition, acme, columns=["Id"], concurrency=8, receive=receipts.append):
                assert_type(batch, Any)
            read_table(partition, timestamps="ns", coordinator=coordinator)
    with closing(read(planned[0])) as batches:
        next(batches)
    assert_type(schema_of(planned[0], timestamps="us"), Any)
    assert_type(Scan(planned, timestamps="ns", columns=["Id"]).reader(), Any)
    assert_type(Partition.from_json(planned[0].to_json()), Partition)
    return check(planned, receipts)


def mistaken(partition: Partition) -> None:
    """Be told of options that do not exist."""
    partitions(Connection("env"), "Jobs", target_row=5)  # type: ignore[call-arg]
    read(partition, timestamps="ms")  # type: ignore[arg-type]
    read_table(partition, column=["Id"])  # type: ignore[call-arg]
    Scan(partition, colums=["Id"])  # type: ignore[call-arg]
    partition.rows = 5  # type: ignore[misc]
