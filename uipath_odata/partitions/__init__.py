"""Cut lists into partitions that engines read anywhere, each proven by itself: for Arrow, DuckDB, Dask, Spark and loaders.

A `partition` is an interval of Ids or times, as a small JSON value. `planning` makes the partitions of several queries, `lists/`
those of one list: it asks for counts, and `cuts` decides from them, without I/O, where the borders are. `query_text` writes a query
as JSON for another process. `lanes` says which partitions share a rate limit.

`connection` says how a process reaches the tenant, and `process_loop` keeps one client per process. `reading` reads a partition into
Arrow; its `columns` follow from the query. `scan` is what engines take as a table. `receipts` check that all was read.
`shared_rates` is one rate for many processes.

This package only reads: engines and table formats write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uipath_odata.local.lazy_names import lazy_names

if TYPE_CHECKING:
    from uipath_odata.partitions.connection import Connection
    from uipath_odata.partitions.lanes import in_lanes
    from uipath_odata.partitions.partition import Partition
    from uipath_odata.partitions.planning import partitions, partitions_of
    from uipath_odata.partitions.reading import read, read_table, schema_of
    from uipath_odata.partitions.receipts import Receipt, check
    from uipath_odata.partitions.scan import Scan
    from uipath_odata.partitions.shared_rates import Coordinator, SharedRates

__all__ = [
    "Connection",
    "Coordinator",
    "Partition",
    "Receipt",
    "Scan",
    "SharedRates",
    "check",
    "in_lanes",
    "partitions",
    "partitions_of",
    "read",
    "read_table",
    "schema_of",
]

# A plan needs no pyarrow, and a check of receipts nothing at all.
_HOMES: Final = {
    "Connection": "connection",
    "Coordinator": "shared_rates",
    "Partition": "partition",
    "Receipt": "receipts",
    "Scan": "scan",
    "SharedRates": "shared_rates",
    "check": "receipts",
    "in_lanes": "lanes",
    "partitions": "planning",
    "partitions_of": "planning",
    "read": "reading",
    "read_table": "reading",
    "schema_of": "reading",
}

__getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
