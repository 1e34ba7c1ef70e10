"""Engines as programs call them; what they return is the engine's own, which comes with few types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_type

from uipath_odata.engines.dask import ActorCoordinator, dataframe, tables
from uipath_odata.engines.dlt import orchestrator_set
from uipath_odata.engines.spark import OrchestratorDataSource
from uipath_odata.partitions import Connection, Coordinator, Partition


def dask(client: Any, planned: Sequence[Partition]) -> None:
    assert_type(dataframe(planned), Any)
    assert_type(dataframe(planned, timestamps="ns"), Any)
    coordinator: Coordinator = ActorCoordinator.on(client, requests_a_minute=1_000, share=0.5)
    assert_type(tables(client, planned, coordinator=coordinator), list[Any])


def spark(options: Mapping[str, str]) -> None:
    assert_type(OrchestratorDataSource.name(), str)
    OrchestratorDataSource(options)


def dlt() -> None:
    assert_type(orchestrator_set("RobotLogs", Connection("env:ACME_")), Any)
    assert_type(orchestrator_set("Jobs", "env", filter="Id ne 7", select=["Id"], target_rows=5), Any)
