"""The Ids of the rows of a file, when each was read, and which of these rows only say that one is gone."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from uipath_odata.errors import ExportError
from uipath_odata.export.formats import Format
from uipath_odata.odata.instant import Instant

__all__ = ["RowId", "row_ids"]

_ID: Final = "Id"
_DELETED: Final = "_deleted"
_READ_AT: Final = "_read_at"
_COLUMNS: Final = (_ID, _DELETED, _READ_AT)


class RowId(NamedTuple):
    """What a row says of itself."""

    id: int
    is_gone: bool
    read_at: int | None
    """In ticks; None: it does not say."""


class _Row(msgspec.Struct):
    Id: Any = None
    deleted: Any = msgspec.field(default=None, name=_DELETED)
    read_at: str | None = msgspec.field(default=None, name=_READ_AT)


def row_ids(data: bytes, kind: Format, name: str, delimiter: str) -> Iterator[RowId]:
    """Return them in the order of the file; raises ExportError for a row without an Id in digits."""
    for key, is_gone, read_at in _columns(data, kind, delimiter):
        if type(key) is not int:
            raise ExportError(
                f"{name} has a row without its {_ID}, by which a deletion is followed: leave out mirror=True"
            )
        yield RowId(key, is_gone is True, None if read_at is None else _ticks(read_at))


@functools.lru_cache(maxsize=1_000)
def _ticks(read_at: str) -> int:
    return Instant.parse(read_at).ticks


def _columns(data: bytes, kind: Format, delimiter: str) -> Iterator[tuple[Any, ...]]:
    if kind == "jsonl":
        decode = msgspec.json.Decoder(_Row).decode
        for line in data.splitlines():
            row = decode(line)
            yield row.Id, row.deleted, row.read_at
        return
    table = _csv(data, delimiter) if kind == "csv" else _parquet(data)
    for batch in table.to_batches():
        yield from zip(*(_values(batch, name) for name in _COLUMNS), strict=True)


def _values(batch: Any, name: str) -> list[Any]:
    found: list[Any] = batch[name].to_pylist() if name in batch.schema.names else [None] * batch.num_rows
    return found


def _parquet(data: bytes) -> Any:
    arrow = importlib.import_module("pyarrow")
    importlib.import_module("pyarrow.compute")
    file = importlib.import_module("pyarrow.parquet").ParquetFile(arrow.BufferReader(data))
    table = file.read([name for name in _COLUMNS if name in file.schema_arrow.names])
    if _READ_AT not in table.schema.names:
        return table
    # Whatever the unit is, a run began in a microsecond.
    texts = arrow.compute.strftime(
        table[_READ_AT].cast(arrow.timestamp("us", "UTC")), format="%Y-%m-%dT%H:%M:%SZ"
    )
    return table.set_column(table.schema.get_field_index(_READ_AT), _READ_AT, texts)


def _csv(data: bytes, delimiter: str) -> Any:
    arrow, csv = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.csv")
    return csv.read_csv(
        arrow.BufferReader(data),
        # One block, because no row may be longer than one.
        read_options=csv.ReadOptions(block_size=len(data) + 1, use_threads=False),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            include_columns=[*_COLUMNS],
            include_missing_columns=True,
            column_types={_ID: arrow.int64(), _DELETED: arrow.bool_(), _READ_AT: arrow.string()},
            strings_can_be_null=True,
        ),
    )
