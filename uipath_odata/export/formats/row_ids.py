"""The Ids of the rows of a file, and which of these rows only say that one is gone."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from uipath_odata.errors import ExportError
from uipath_odata.export.formats import Format

__all__ = ["RowId", "row_ids"]

_ID: Final = "Id"
_DELETED: Final = "_deleted"


class RowId(NamedTuple):
    """What a row says of itself."""

    id: int
    is_gone: bool


class _Row(msgspec.Struct):
    Id: Any = None
    deleted: Any = msgspec.field(default=None, name=_DELETED)


def row_ids(data: bytes, kind: Format, name: str, delimiter: str) -> Iterator[RowId]:
    """Return them in the order of the file; raises ExportError for a row without an Id in digits."""
    for key, is_gone in _columns(data, kind, delimiter):
        if type(key) is not int:
            raise ExportError(
                f"{name} has a row without its {_ID}, by which a deletion is followed: leave out mirror=True"
            )
        yield RowId(key, is_gone is True)


def _columns(data: bytes, kind: Format, delimiter: str) -> Iterator[tuple[Any, Any]]:
    if kind == "jsonl":
        decode = msgspec.json.Decoder(_Row).decode
        for line in data.splitlines():
            row = decode(line)
            yield row.Id, row.deleted
        return
    table = _csv(data, delimiter) if kind == "csv" else _parquet(data)
    for batch in table.to_batches():
        yield from zip(*(_values(batch, name) for name in (_ID, _DELETED)), strict=True)


def _values(batch: Any, name: str) -> list[Any]:
    found: list[Any] = batch[name].to_pylist() if name in batch.schema.names else [None] * batch.num_rows
    return found


def _parquet(data: bytes) -> Any:
    arrow = importlib.import_module("pyarrow")
    file = importlib.import_module("pyarrow.parquet").ParquetFile(arrow.BufferReader(data))
    return file.read([name for name in (_ID, _DELETED) if name in file.schema_arrow.names])


def _csv(data: bytes, delimiter: str) -> Any:
    arrow, csv = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.csv")
    return csv.read_csv(
        arrow.BufferReader(data),
        # One block, because no row may be longer than one.
        read_options=csv.ReadOptions(block_size=len(data) + 1, use_threads=False),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            include_columns=[_ID, _DELETED],
            include_missing_columns=True,
            column_types={_ID: arrow.int64(), _DELETED: arrow.bool_()},
        ),
    )
