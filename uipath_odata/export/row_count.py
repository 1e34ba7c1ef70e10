"""How many rows a finished file holds, by its own account."""

from __future__ import annotations

import csv
import importlib
import io
from typing import Any

from uipath_odata.export.formats import Format

__all__ = ["row_count"]


def row_count(data: bytes, format: Format, *, header: bool = True) -> int:  # noqa: A002 - the word of every exporter
    """Count the rows of a file; a CSV file's header is none, and one that goes on with another has none."""
    if format == "jsonl":
        return data.count(b"\n")
    if format == "csv":
        return sum(1 for _ in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) - header
    parquet: Any = importlib.import_module("pyarrow.parquet")  # it takes a quarter of a second
    return int(parquet.ParquetFile(io.BytesIO(data)).metadata.num_rows)
