"""Lists as Dask dataframes, and as futures of Arrow tables; Dask writes, computes, and repeats what a lost worker had."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from typing import Any, Final

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.export.formats import Timestamps
from uipath_odata.partitions import Coordinator, Partition, SharedRates, in_lanes, read, schema_of
from uipath_odata.partitions.partition import partitions_in
from uipath_odata.settings import SHARE
from uipath_odata.transport.rate.budgets import Allowance

__all__ = ["ActorCoordinator", "dataframe", "tables"]

# Dask, pandas and pyarrow come with few types or none, so that they are Any here.
_arrow: Final[Any] = importlib.import_module("pyarrow")
_dataframes: Final[Any] = importlib.import_module("dask.dataframe")
_distributed: Final[Any] = importlib.import_module("distributed")
_pandas: Final[Any] = importlib.import_module("pandas")


def dataframe(partitions: Partition | Iterable[Partition], *, timestamps: Timestamps = "us") -> Any:
    """Return a ``dask.dataframe.DataFrame`` of one list; nothing is read before it is computed.

    Columns have Arrow's types: whole numbers stay whole where some are null. Only the columns that a computation uses are
    requested. The partitions of a lane are one partition of the dataframe, read one after the other. Each computation reads
    from Orchestrator again: write the rows once, then compute from the files. Raise QueryError without a partition, and for
    partitions whose columns differ.
    """
    lanes = in_lanes(partitions)
    schemas = {schema_of(each, timestamps=timestamps) for lane in lanes for each in lane}
    if len(schemas) != 1:
        raise QueryError(
            "the partitions are of lists with different columns: make a dataframe for each list"
            if schemas
            else "a dataframe needs at least one partition: plan a list with partitions()"
        )
    meta = _as_pandas(schemas.pop().empty_table())
    return _dataframes.from_map(_frame, lanes, timestamps=timestamps, meta=meta, label="uipath-odata")


def tables(
    client: Any, partitions: Partition | Iterable[Partition], *, coordinator: Coordinator | None = None
) -> list[Any]:
    """Return a future of a ``pyarrow.Table`` for each partition, in their order; ``client`` is a ``distributed.Client``.

    Partitions of one lane run one after the other, wherever that is. With a ``coordinator``, which keeps their rate, all of them run
    at once. Raise QueryError for a coordinator of partitions that were planned in several lanes: each of these has its own share.
    """
    planned = partitions_in(partitions)
    if coordinator is not None and any(each.lanes > 1 for each in planned):
        raise QueryError(
            "the partitions were planned in several lanes: plan them with lanes=1 for a coordinator"
        )
    futures: dict[str, Any] = {}
    for lane in in_lanes(planned):
        before = None
        for each in lane:
            futures[each.id] = client.submit(_table, each, before, coordinator, key=f"uipath-odata-{each.id}")
            # Waited for in place of the table, which then stays where it is.
            before = client.submit(_is_read, futures[each.id]) if coordinator is None else None
    return [futures[each.id] for each in planned]


@attrs.frozen
class ActorCoordinator:
    """One rate for all workers of a cluster, kept by an actor on one of them."""

    actor: Any

    @classmethod
    def on(cls, client: Any, *, requests_a_minute: int = 100, share: float = SHARE) -> ActorCoordinator:
        """Start the actor; ``requests_a_minute`` is the limit of each lane, of which it takes the ``share``."""
        return cls(client.submit(SharedRates, Allowance(requests_a_minute, share), actor=True).result())

    async def turn(self, lane: str) -> float:
        """Reserve the next request of a lane and return in how many seconds it may leave."""
        return float(await asyncio.to_thread(self.actor.turn(lane).result))

    async def refused(self, lane: str, seconds: float | None) -> None:
        """Take in that the server answered 429."""
        await asyncio.to_thread(self.actor.refused(lane, seconds).result)


def _frame(lane: Sequence[Partition], *, columns: Sequence[str] | None = None, timestamps: Timestamps) -> Any:
    tables = [_rows(each, columns=columns, timestamps=timestamps) for each in lane]
    return _as_pandas(_arrow.concat_tables(tables))


def _as_pandas(table: Any) -> Any:
    return table.to_pandas(types_mapper=_pandas.ArrowDtype)


def _table(partition: Partition, _before: None, coordinator: Coordinator | None) -> Any:
    return _rows(partition, coordinator=coordinator)


def _rows(
    partition: Partition,
    *,
    columns: Sequence[str] | None = None,
    timestamps: Timestamps = "us",
    coordinator: Coordinator | None = None,
) -> Any:
    schema = schema_of(partition, columns=columns, timestamps=timestamps)
    batches = read(partition, columns=columns, timestamps=timestamps, coordinator=coordinator)
    return _arrow.Table.from_batches(_while_wanted(batches), schema=schema)


def _while_wanted(batches: Generator[Any, None, None]) -> Generator[Any, None, None]:
    """Stop where the task was cancelled: nothing else stops a thread of a worker."""
    with closing(batches):
        for batch in batches:
            if _is_cancelled():
                raise _distributed.Reschedule  # to a worker, where the task is wanted again by now
            yield batch


def _is_cancelled() -> bool:
    try:
        worker = _distributed.get_worker()
    except ValueError:  # computed without a cluster
        return False
    task = worker.state.tasks.get(worker.get_current_task())
    return task is not None and task.state == "cancelled"


def _is_read(_table: Any) -> None:
    """Stand for a partition that was read."""
