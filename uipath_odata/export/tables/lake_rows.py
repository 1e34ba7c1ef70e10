"""The rows of parts as Arrow batches with one schema; one part is in memory at a time.

pyarrow comes without types, so that it is ``Any`` here and in what writes tables.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

import attrs

from uipath_odata.errors import ExportError
from uipath_odata.export.journal.records import MERGED, File, Part
from uipath_odata.export.places.file_store import FileStore

__all__ = ["DELETED", "KEY", "LakeRows", "united"]

KEY: Final = "Id"
DELETED: Final = "_deleted"
_READ_AT: Final = "_read_at"

_BATCH: Final = 16_384
_TAIL: Final = 8
"""Bytes at the end of a Parquet file: the length of its footer, and ``PAR1``."""


@attrs.frozen(slots=False, eq=False)
class LakeRows:
    """The rows of these parts. Where they are merged, each Id has only the row that was read last."""

    store: FileStore
    parts: Sequence[Part]
    merges: bool

    @cached_property
    def schema(self) -> Any:
        """The columns of all parts, which are the same in those of a list that have one schema version."""
        one_of_each = {(part.entity_list, part.schema): part.files[0] for part in self.parts if part.files}
        schema = _arrow().schema([])
        for file in one_of_each.values():
            schema = united(schema, self._schema_of(file), file.name)
        return schema

    def batches(self, schema: Any, *, deleted: bool = False) -> Any:
        """Return a reader of the rows with these columns; ``deleted``: those that only say that an Id is gone too.

        Each part is read once; where rows are merged, those that were read last come first.
        """
        rows = self._newest(deleted=deleted) if self.merges else self._all()
        conformed = (_conformed(batch, schema, name) for batch, name in rows if batch.num_rows)
        return _arrow().RecordBatchReader.from_batches(schema, conformed)

    def ids(self) -> list[int]:
        """Return the Ids of all rows."""
        ids = {
            each for file in self._files for each in _ids(self._opened(file).read([KEY]), file).to_pylist()
        }
        return sorted(ids)

    def _all(self) -> Iterator[tuple[Any, str]]:
        for file in self._files:
            for batch in self._opened(file).iter_batches(_BATCH):
                yield batch, file.name

    def _newest(self, *, deleted: bool) -> Iterator[tuple[Any, str]]:
        """Return the last row of each Id: none of a part whose Id a later part has, nor one before another of its Id.

        A merged part has rows of several runs, so that its own place does not say which of another list's were read later.
        """
        arrow, seen = _arrow(), set[int]()
        is_merged = any(part.step == MERGED for part in self.parts)
        latest = self._latest() if is_merged else None
        for file in reversed(self._files):
            table = self._opened(file).read()
            ids: list[int] = _ids(table, file).to_pylist()
            moments = _moments(table) if latest is not None else []
            last = {
                key: place
                for place, key in enumerate(ids)
                if key not in seen and (latest is None or moments[place] == latest[key])
            }
            seen |= last.keys()
            rows = table.take(arrow.array(sorted(last.values()), arrow.int64()))
            if not deleted and DELETED in rows.schema.names:
                rows = rows.filter(arrow.compute.invert(arrow.compute.fill_null(rows[DELETED], False)))
            for batch in rows.to_batches(_BATCH):
                yield batch, file.name

    def _latest(self) -> dict[int, int]:
        """Return by Id when its newest row was read."""
        latest = dict[int, int]()
        for file in self._files:
            opened = self._opened(file)
            table = opened.read([name for name in (KEY, _READ_AT) if name in opened.schema_arrow.names])
            for key, moment in zip(_ids(table, file).to_pylist(), _moments(table), strict=True):
                latest[key] = max(moment, latest.get(key, moment))
        return latest

    @property
    def _files(self) -> list[File]:
        return [file for part in self.parts for file in part.files]

    def _schema_of(self, file: File) -> Any:
        """Return the columns of a file, of which only the end is read."""
        tail = b"".join(self.store.pieces(file.name, max(0, file.bytes - _TAIL)))
        start = max(0, file.bytes - _TAIL - int.from_bytes(tail[:4], "little"))
        end = b"PAR1" + b"".join(self.store.pieces(file.name, start))
        try:
            return _parquet().read_schema(_arrow().BufferReader(end))
        except (OSError, ValueError) as error:
            raise _altered(file) from error

    def _opened(self, file: File) -> Any:
        data = self.store.read(file.name)
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise _altered(file)
        return _parquet().ParquetFile(_arrow().BufferReader(data))


def _altered(file: File) -> ExportError:
    return ExportError(
        f"{file.name} is not what the journal counts: run  uipath-odata verify  on the lake, and restore the file"
    )


def _ids(table: Any, file: File) -> Any:
    ids = table[KEY]
    if ids.null_count:
        raise ExportError(f"{file.name} has rows without an {KEY}, by which its table is merged: report it")
    return ids


def _moments(table: Any) -> list[int]:
    """Return when each row was read, in one unit; 0 where that is not known."""
    if _READ_AT not in table.schema.names:
        return [0] * int(table.num_rows)
    moments = table[_READ_AT].cast(_arrow().timestamp("ns", "UTC")).cast(_arrow().int64())
    found: list[int] = _arrow().compute.fill_null(moments, 0).to_pylist()
    return found


def united(schema: Any, other: Any, where: str) -> Any:
    """Return the columns of both; raises ExportError where one has another type in each."""
    arrow = _arrow()
    try:
        both = arrow.unify_schemas([schema, other], promote_options="permissive")
    except (arrow.ArrowInvalid, arrow.ArrowTypeError) as error:
        raise ExportError(f"{where} has a column of another type ({error}): {_ELSEWHERE}") from error
    for field in (*schema, *other):
        now = both.field(field.name).type
        if now != field.type and not arrow.types.is_struct(now):
            raise ExportError(f"{where}: {field.name} is {field.type} and {now}: {_ELSEWHERE}")
    return both.remove_metadata()


_ELSEWHERE: Final = "name another place for its table, or remove the table, which is then written whole"


def _conformed(batch: Any, schema: Any, where: str) -> Any:
    arrow = _arrow()
    if unknown := {*batch.schema.names} - {*schema.names}:
        raise ExportError(
            f"{where} has columns that other parts of its schema lack, such as {min(unknown)}: report it"
        )
    columns = [
        batch[field.name].cast(field.type)
        if field.name in batch.schema.names
        else arrow.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return arrow.record_batch(columns, schema=schema)


def _arrow() -> Any:
    importlib.import_module("pyarrow.compute")
    return importlib.import_module("pyarrow")


def _parquet() -> Any:
    return importlib.import_module("pyarrow.parquet")
