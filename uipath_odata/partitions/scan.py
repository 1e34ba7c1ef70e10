"""Partitions as one table that engines take as it is: the Arrow C stream interface (PyCapsule)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Unpack

from uipath_odata.errors import QueryError
from uipath_odata.export.formats.arrow import arrow
from uipath_odata.partitions.connection import Connection
from uipath_odata.partitions.partition import Partition, partitions_in
from uipath_odata.partitions.reading import ReadOptions, columns_of, read

__all__ = ["Scan"]


class Scan:
    """The rows of partitions, one partition after the other, read from Orchestrator each time that somebody asks for them.

    DuckDB, Polars, pandas, pyarrow and delta-rs take it as a table: ``duckdb.sql("select count(*) from logs")`` where ``logs`` is a
    scan, ``polars.DataFrame(scan)``, ``scan.reader().read_all()``. The options are those of `ReadOptions`. Raises QueryError
    where the partitions have other columns than each other.
    """

    def __init__(
        self,
        partitions: Partition | Iterable[Partition],
        connection: Connection | str | None = None,
        **options: Unpack[ReadOptions],
    ) -> None:
        self._partitions = partitions_in(partitions)
        self._connection = connection
        self._options = options
        self._schema = self._common_schema(options.get("columns"))

    @property
    def schema(self) -> Any:
        """The pyarrow schema; no request is made."""
        return self._schema

    def reader(self) -> Any:
        """Return a pyarrow RecordBatchReader; closing it early ends its requests."""
        return arrow.RecordBatchReader.from_batches(self._schema, iter(self))

    def __iter__(self) -> Iterator[Any]:
        for partition in self._partitions:
            yield from read(partition, self._connection, **self._options)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.reader().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self._schema.__arrow_c_schema__()

    def __repr__(self) -> str:
        first = self._partitions[0]
        return f"<Scan of {first.entity_set} of {first.tenant} in {len(self._partitions)} partitions>"

    def _common_schema(self, columns: Sequence[str] | None) -> Any:
        if not self._partitions:
            raise QueryError("a scan needs at least one partition: plan a list with partitions()")
        unlike: dict[Any, Partition] = {}
        for each in self._partitions:
            unlike.setdefault((each.entity_set, str(each.query), *sorted(each.folder)), each)
        schemas = [
            (each, columns_of(each, columns, self._options.get("timestamps", "us")).schema)
            for each in unlike.values()
        ]
        first, schema = schemas[0]
        for other, own in schemas:
            if not own.equals(schema):
                raise QueryError(f"{first} and {other} have other columns: make a scan of each list")
        return schema
