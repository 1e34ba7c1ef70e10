"""Parquet with one schema for all rows, pages, runs and server versions."""

from __future__ import annotations

import importlib
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final, Literal

from uipath_odata.export.formats.arrow import MICROSECONDS, VALUES, ArrowRows, arrow
from uipath_odata.export.formats.shape import Shape

__all__ = ["ParquetWriter"]

_parquet: Final[Any] = importlib.import_module("pyarrow.parquet")

GROUP_ROWS: Final = 50_000
GROUP_BYTES: Final = 32 * 1024 * 1024
"""A row group is closed after the row that reaches either; the bytes are those of the rows' JSON."""

_BLOCK: Final = 1_000


class ParquetWriter:
    """Write rows in groups of bounded size; ``write`` returns bytes whenever a group is full.

    Date-times are UTC microseconds, with a column ``X_text`` for those that Orchestrator sends with more digits, or
    nanoseconds. Expanded entities are structs, other nested values JSON texts. What a column cannot hold is null there and in
    ``_extra`` as sent.
    """

    def __init__(
        self,
        shape: Shape,
        *,
        timestamps: Literal["us", "ns"] = "us",
        group_rows: int = GROUP_ROWS,
        group_bytes: int = GROUP_BYTES,
    ) -> None:
        is_exact = timestamps == "ns"
        self._reader = (
            ArrowRows(shape, VALUES) if is_exact else ArrowRows(shape.with_exact_texts(), MICROSECONDS)
        )
        self._group_rows = group_rows
        self._group_bytes = group_bytes
        self._waiting: list[bytes] = []
        self._tables: list[Any] = []
        self._count = self._size = 0
        self._sink = _Sink()
        self._file = _parquet.ParquetWriter(self._sink, self._reader.read(()).schema, compression="zstd")

    def write(self, rows: Sequence[bytes]) -> list[bytes]:
        """Take rows and return the bytes of the row groups they complete."""
        taken = 0
        while taken < len(rows):
            fitting = self._fitting(rows[taken : taken + _BLOCK])
            taken += len(fitting)
            self._waiting += fitting
            self._count += len(fitting)
            self._size += sum(map(len, fitting))
            if self._count >= self._group_rows or self._size >= self._group_bytes:
                self._close_group()
            elif len(self._waiting) == _BLOCK:
                self._read()
        return self._sink.take()

    def close(self) -> bytes:
        """Return the last group and the footer."""
        if self._count:
            self._close_group()
        self._file.close()
        return b"".join(self._sink.take())

    def _fitting(self, rows: Sequence[bytes]) -> Sequence[bytes]:
        """Return the first of these rows, up to the one that fills the block or the group."""
        sizes = [*accumulate(map(len, rows), initial=self._size)]
        fills = bisect_left(sizes, self._group_bytes)
        return rows[: min(_BLOCK - len(self._waiting), self._group_rows - self._count, fills)]

    def _read(self) -> None:
        # Always as many, because the pages of the file begin where tables do, and equal rows give equal bytes.
        if self._waiting:
            self._tables.append(self._reader.read(self._waiting))
            self._waiting = []

    def _close_group(self) -> None:
        self._read()
        self._file.write_table(arrow.concat_tables(self._tables), row_group_size=self._count)
        self._tables.clear()
        self._count = self._size = 0


class _Sink:
    """A file that hands on what was written to it."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._position = 0

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._position += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Keep the bytes until they are taken."""

    def take(self) -> list[bytes]:
        taken, self._pieces = self._pieces, []
        return taken
