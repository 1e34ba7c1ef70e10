"""Formats of exported rows: bytes of JSON objects in, bytes of a file out.

`shape` has the columns of a query, `rows` reads rows into them, `arrow` makes Arrow tables of these, `jsonl`, `csv_text` (cells between a `delimiter`) and
`parquet` write files, `compressed` packs them. `row_count` counts the rows of a file, `row_ids` reads their Ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, Protocol, TypeAlias

from uipath_odata.errors import QueryError
from uipath_odata.export.formats.delimiter import DELIMITER
from uipath_odata.export.formats.shape import Column, Shape

__all__ = ["SUFFIX", "Column", "Format", "Shape", "Timestamps", "Writer", "writer_of"]

Timestamps: TypeAlias = Literal["us", "ns"]

Format: TypeAlias = Literal["jsonl", "csv", "parquet"]

SUFFIX: Final[Mapping[Format, str]] = {"jsonl": ".jsonl", "csv": ".csv", "parquet": ".parquet"}


class Writer(Protocol):
    """One file; its rows come in order."""

    def write(self, rows: Sequence[bytes]) -> Iterable[bytes]:
        """Take rows, each one JSON object on one line, in bytes or a view of them, and return what the file continues with.

        In pieces that are to be taken up one by one: joined, they would be too large for the processor's cache.
        """
        ...

    def close(self) -> bytes:
        """Return the end of the file; nothing is written after it."""
        ...


def writer_of(
    format: Format,  # noqa: A002 - the word of every exporter
    shape: Shape,
    *,
    raw_csv: bool = False,
    header: bool = True,
    timestamps: Timestamps = "us",
    delimiter: str = DELIMITER,
    replace_surrogates: bool = False,
) -> Writer:
    """Make the writer of one file; equal rows give equal bytes, however they are split over ``write``.

    ``raw_csv`` leaves texts that begin like formulas as they are; without ``header`` a CSV file continues another.
    ``timestamps`` is the unit of date-times in Parquet, ``delimiter`` stands between the cells of CSV. JSON lines with
    ``replace_surrogates`` hold no half of a character.
    """
    try:
        # Each format is imported when it is asked for: pyarrow takes a quarter of a second.
        if format == "jsonl":
            from uipath_odata.export.formats.jsonl import JsonLinesWriter  # noqa: PLC0415

            return JsonLinesWriter(replace_surrogates=replace_surrogates)
        if format == "csv":
            from uipath_odata.export.formats.csv_text import CsvWriter  # noqa: PLC0415

            return CsvWriter(shape, raw=raw_csv, header=header, delimiter=delimiter)
        if format == "parquet":
            from uipath_odata.export.formats.parquet import ParquetWriter  # noqa: PLC0415

            return ParquetWriter(shape, timestamps=timestamps)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{format} needs {error.name}: run  pip install 'uipath-odata[export]'", name=error.name
        ) from error
    raise QueryError(f"format={format!r} is not known: write one of {', '.join(map(repr, SUFFIX))}")
