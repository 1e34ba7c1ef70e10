"""Read a partition into Arrow, in any thread of any process."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Final, TypedDict, Unpack, cast

import attrs
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import QueryError
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.execution.stream import Stream
from uipath_odata.export.formats import Timestamps
from uipath_odata.export.formats.arrow import arrow
from uipath_odata.export.run_files.entity_sets import entity_set
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.rows.raw_row import RawRow
from uipath_odata.operations import EntitySets
from uipath_odata.paging.checkpoint import encode_checkpoint
from uipath_odata.partitions.columns import PartitionColumns
from uipath_odata.partitions.connection import Connection
from uipath_odata.partitions.partition import Partition
from uipath_odata.partitions.process_loop import ProcessLoop, process_loop
from uipath_odata.partitions.query_text import query_of
from uipath_odata.partitions.receipts import Receipt
from uipath_odata.transport.rate.coordination import Coordinator, asking
from uipath_odata.transport.request import Sender

__all__ = ["ReadOptions", "columns_of", "position_of", "read", "read_table", "schema_of"]

_NOBODY: Final = cast("Sender", None)


class ReadOptions(TypedDict, total=False):
    """How partitions are read.

    ``columns`` are some by name, in this order; only what they hold is asked for. ``timestamps`` is the unit of date-times: ``us``,
    which every engine reads, with the text as sent beside those that have more digits, or ``ns``. ``concurrency`` requests are
    under way at once, else as the settings say. ``receive`` gets the `Receipt` once the partition was read to its end. A
    ``coordinator`` paces the requests of all processes of a job.
    """

    columns: Sequence[str] | None
    timestamps: Timestamps
    concurrency: int | None
    receive: Callable[[Receipt], object] | None
    coordinator: Coordinator | None


def read(
    partition: Partition,
    connection: Connection | str | None = None,
    *,
    columns: Sequence[str] | None = None,
    timestamps: Timestamps = "us",
    concurrency: int | None = None,
    receive: Callable[[Receipt], object] | None = None,
    coordinator: Coordinator | None = None,
) -> Generator[Any, None, None]:
    """Return the partition's rows as pyarrow record batches, one per page, in no order; the options are those of `ReadOptions`.

    It works in any thread, with or without a loop. Whoever stops early closes the iterator, which ends its requests. Raises
    QueryError for a partition of another tenant than the connection's, NotProven where the rows cannot be proven complete.
    """
    _check_partition(partition)
    if receive is not None and not callable(cast("object", receive)):
        raise QueryError(f"receive={receive!r} is not a function: give one that takes a Receipt")
    process = process_loop()
    own = Connection.of(partition.connection, partition.settings)
    chosen = own if connection is None else Connection.named(connection)
    # Whoever is coordinated takes no part of its own.
    lanes = partition.lanes if coordinator is None else 1
    client = process.client(chosen, f"{partition.lane} {partition.lane_number}", lanes)
    made = columns_of(partition, columns, timestamps)
    bound = _bound(partition, client._channel, made)  # noqa: SLF001 - one package
    stream = _stream(partition, bound, concurrency)
    return _batches(partition, process, stream, made, receive, coordinator)


def read_table(
    partition: Partition, connection: Connection | str | None = None, **options: Unpack[ReadOptions]
) -> Any:
    """Return the partition's rows as one pyarrow table; takes the options of `read`, and raises what it raises."""
    schema = schema_of(partition, columns=options.get("columns"), timestamps=options.get("timestamps", "us"))
    return arrow.Table.from_batches(read(partition, connection, **options), schema=schema)


def schema_of(
    partition: Partition, *, columns: Sequence[str] | None = None, timestamps: Timestamps = "us"
) -> Any:
    """Return the pyarrow schema of a partition, which is the same for all of its list; no request is made."""
    return columns_of(partition, columns, timestamps).schema


def _check_partition(partition: object) -> None:
    if not isinstance(partition, Partition):
        raise QueryError(
            f"{partition!r:.80} is not a partition: pass one, or Partition.from_json(text), and several one by one or to Scan"
        )


def columns_of(
    partition: Partition, columns: Sequence[str] | None, timestamps: Timestamps
) -> PartitionColumns:
    """Return what the rows of a partition become."""
    _check_partition(partition)
    channel = TenantChannel(_NOBODY, URL(partition.url))
    query = query_of(entity_set(EntitySets(channel), partition.entity_set).__entity__, partition.query)
    return PartitionColumns.of(partition, query, columns, timestamps)


def _bound(
    partition: Partition, channel: TenantChannel, columns: PartitionColumns
) -> BoundQuery[Any, RawRow]:
    """Return the query of a partition with its client. Raise QueryError where that is of another tenant."""
    if (str(channel.base_url).casefold(), channel.tenant) != (partition.url.casefold(), partition.tenant):
        raise QueryError(
            f"{partition} was planned for {partition.url}, and the connection {partition.connection!r} opens "
            f"{channel.tenant or channel.base_url} here: set its variables to the same tenant"
        )
    headers = {name: text for name, text in partition.folder.items() if not name.startswith("_")}
    # Interactive requests of the tenant go first, and even steps count from the first request on.
    folder = attrs.evolve(channel, headers=headers, bulk=True)
    source = entity_set(EntitySets(folder), partition.entity_set).__source__
    query = BoundQuery[Any, Any](source, columns.query).raw("QueueDefinitionId", foreseen=columns.foreseen)
    return query.exact() if partition.exact else query


def _stream(
    partition: Partition, query: BoundQuery[Any, RawRow], concurrency: int | None
) -> Stream[RawRow] | None:
    """Return the open reading of the interval, None where nothing can lie in it."""
    if partition.is_empty:
        return None
    position = position_of(partition)
    resume = encode_checkpoint(position, query.__source__.fingerprint(query.options))
    return query.stream(concurrency=concurrency, ordered=bool(query.query.order), resume=resume)


def position_of(partition: Partition) -> dict[str, Any] | None:
    """Return the checkpoint that a partition begins at, None for a list that is not cut."""
    return _POSITIONS[partition.plan](partition)


def _keyset(partition: Partition) -> dict[str, Any]:
    after = None if partition.lo is None else partition.lo - 1
    return {"plan": "keyset", "after": after, "to": None if partition.hi is None else partition.hi - 1}


def _window(partition: Partition) -> dict[str, Any]:
    lo, hi = (None if each is None else str(Instant(each)) for each in (partition.lo, partition.hi))
    return {"plan": "window", "from": lo, "to": hi}


def _nowhere(partition: Partition) -> None:
    """Begin at the beginning: the list is not cut."""
    del partition


_POSITIONS: Final[Mapping[str, Callable[[Partition], dict[str, Any] | None]]] = {
    "keyset": _keyset,
    "whole": _nowhere,
    "window": _window,
}


def _batches(
    partition: Partition,
    process: ProcessLoop,
    stream: Stream[RawRow] | None,
    columns: PartitionColumns,
    receive: Callable[[Receipt], object] | None,
    coordinator: Coordinator | None,
) -> Generator[Any, None, None]:
    rows = 0
    if stream is not None:
        pages = stream.pages()

        async def page() -> Sequence[RawRow] | None:
            with asking(coordinator, partition.lane):
                return await anext(pages, None)

        try:
            while (sent := process.run(page())) is not None:
                table = columns.table(sent)
                rows += table.num_rows
                yield from table.combine_chunks().to_batches()
        finally:
            process.finish(stream.aclose())
    if receive is not None:
        receive(Receipt.of(partition, None if stream is None else stream.report, rows))
