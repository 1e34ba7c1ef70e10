"""One file of several that have the same columns, and the proof that it has the same rows."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, Final

from uipath_odata.export.formats import Format

__all__ = ["have_same_rows", "joined"]

_BLOCK: Final = 1_000
"""Rows are looked at in so many."""


def joined(files: Sequence[bytes], kind: Format) -> bytes | None:
    """Return the bytes of one file with the rows of all, in their order; None where their columns differ."""
    if kind == "jsonl":
        return b"".join(files)
    if kind == "csv":
        headers = {_header(file) for file in files}
        return None if len(headers) > 1 else b"".join([*headers, *map(_lines, files)])
    return _parquet(files)


def have_same_rows(one: bytes, files: Sequence[bytes], kind: Format) -> bool:
    """Tell whether a file has exactly the rows of others, one after the other, in each column."""
    if kind == "parquet":
        pairs = zip_longest(_blocks(_batches([one])), _blocks(_batches(files)))
        return all(
            left is not None and right is not None and left.equals(right, check_metadata=True)
            for left, right in pairs
        )
    whole, *rest = (_lines(each) if kind == "csv" else each for each in (one, *files))
    return whole == b"".join(rest)


def _header(file: bytes) -> bytes:
    return file[: file.index(b"\n") + 1]


def _lines(file: bytes) -> bytes:
    return file[file.index(b"\n") + 1 :]


def _parquet(files: Sequence[bytes]) -> bytes | None:
    from uipath_odata.export.formats.parquet import GROUP_BYTES, GROUP_ROWS  # noqa: PLC0415 - other formats need no pyarrow

    parquet = importlib.import_module("pyarrow.parquet")
    schemas = [parquet.read_schema(io.BytesIO(file)) for file in files]
    if any(not each.equals(schemas[0], check_metadata=True) for each in schemas):
        return None
    sink = io.BytesIO()
    with parquet.ParquetWriter(sink, schemas[0], compression="zstd") as writer:
        for group in _groups(_batches(files), GROUP_ROWS, GROUP_BYTES):
            writer.write_table(group, row_group_size=group.num_rows)
    return sink.getvalue()


def _groups(batches: Iterable[Any], most_rows: int, most_bytes: int) -> Iterator[Any]:
    """Return the rows in groups of bounded size, as those of a part are."""
    held = list[Any]()
    rows = size = 0
    for batch in batches:
        if held and (rows + batch.num_rows > most_rows or size + batch.nbytes > most_bytes):
            yield _arrow().Table.from_batches(held)
            held, rows, size = [], 0, 0
        held.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
    if held:
        yield _arrow().Table.from_batches(held)


def _blocks(batches: Iterable[Any]) -> Iterator[Any]:
    """Return the rows in tables of the same number of rows, wherever the batches end."""
    held, rows = list[Any](), 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        while rows >= _BLOCK:
            table = _arrow().Table.from_batches(held)
            yield table.slice(0, _BLOCK)
            rest = table.slice(_BLOCK)
            held, rows = rest.to_batches(), rest.num_rows
    if rows:
        yield _arrow().Table.from_batches(held)


def _batches(files: Sequence[bytes]) -> Iterator[Any]:
    for file in files:
        opened = importlib.import_module("pyarrow.parquet").ParquetFile(_arrow().BufferReader(file))
        yield from (batch for batch in opened.iter_batches(_BLOCK) if batch.num_rows)


def _arrow() -> Any:
    return importlib.import_module("pyarrow")
