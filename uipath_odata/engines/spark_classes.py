"""The base classes of a Spark data source; type checkers see a small part of pyspark, which is half a gigabyte."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    class DataSource:
        """Stand for Spark's class."""

        options: Mapping[str, str]

        def __init__(self, options: Mapping[str, str]) -> None: ...

    class DataSourceReader:
        """Stand for Spark's class."""

    class DataSourceStreamReader:
        """Stand for Spark's class."""

    class InputPartition:
        """Stand for Spark's class."""

        value: Any

        def __init__(self, value: Any) -> None: ...

else:
    from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceStreamReader, InputPartition

__all__ = ["DataSource", "DataSourceReader", "DataSourceStreamReader", "InputPartition"]
