"""A Spark data source: ``spark.read.format("uipath_orchestrator")`` for batches, ``spark.readStream`` for RobotLogs as they come.

Its options are the fields of `SourceOptions`. Register it first: ``spark.dataSource.register(OrchestratorDataSource)``.
"""

from __future__ import annotations

import importlib
from typing import Any, ClassVar

from uipath_odata.engines.source_options import SourceOptions
from uipath_odata.engines.spark_classes import DataSource, DataSourceReader, DataSourceStreamReader
from uipath_odata.engines.spark_readers import BatchReader, PushingReader, StreamReader
from uipath_odata.errors import QueryError

__all__ = ["OrchestratorDataSource"]


class OrchestratorDataSource(DataSource):
    """An entity set as a table; the options are those of `SourceOptions`, and any other is refused."""

    # Up to 4.3 what one query pushed is read by all others of its DataFrame, silently (SPARK-51575, in 4.1). The change that
    # gave readers a limit gave each scan a plan of its own (SPARK-58551).
    scans_are_apart: ClassVar[bool] = hasattr(DataSourceReader, "pushLimit")

    @classmethod
    def name(cls) -> str:
        """Return what ``format`` takes."""
        return "uipath_orchestrator"

    def schema(self) -> Any:
        """Return the columns of the set; no request is made."""
        types: Any = importlib.import_module("pyspark.sql.pandas.types")
        return types.from_arrow_schema(self._chosen.schema, prefer_timestamp_ntz=False)

    def reader(self, schema: Any) -> DataSourceReader:
        """Return what reads batches."""
        chosen, columns = self._chosen, schema.fieldNames()
        return (PushingReader if chosen.pushdown else BatchReader)(chosen, columns)

    def streamReader(self, schema: Any) -> DataSourceStreamReader:  # noqa: N802 - Spark's name
        """Return what reads RobotLogs as they come."""
        if self._chosen.pushdown:
            raise QueryError("a stream pushes no filters: leave pushdown out, and give the option filter")
        if self._chosen.set != "RobotLogs":
            raise QueryError(
                f"a stream reads RobotLogs, which never change, and not {self._chosen.set}: read it in batches"
            )
        return StreamReader(self._chosen, schema.fieldNames())

    @property
    def _chosen(self) -> SourceOptions:
        chosen = SourceOptions.of(self.options)
        if chosen.pushdown and not self.scans_are_apart:
            raise QueryError(
                "this Spark keeps one plan for all queries of a DataFrame, so that the filters of one would take rows from the next: "
                "leave pushdown out, and give the option filter"
            )
        return chosen
