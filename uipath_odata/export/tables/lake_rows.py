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
from uipath_odata.export.journal.records import File, Part
from uipath_odata.export.places.file_store import FileStore

__all__ = ["DELETED", "KEY", "LakeRows", "united"]

KEY: Final = "Id"
DELETED: Final = "_deleted"

_BATCH: Final = 16_384


@attrs.frozen(slots=False, eq=False)
class LakeRows:
    """The rows of these parts; of several rows of an Id only the one that was read last, where they are merged."""

    store: FileStore
    parts: Sequence[Part]
    merges: bool

    @cached_property
    def schema(self) -> Any:
        """The columns of all parts, which are the same in those of a list that have one schema version."""
        one_of_each = {(part.entity_list, part.schema): part.files[0] for part in self.parts if part.files}
        schema = _arrow().schema([])
        for file in one_of_each.values():
            schema = united(schema, self._opened(file).schema_arrow, file.name)
        return schema

    def batches(self, schema: Any, *, deleted: bool = False) -> Any:
        """Return a reader of the rows with these columns; ``deleted``: those that only say that an Id is gone too."""
        return _arrow().RecordBatchReader.from_batches(schema, self._batches(schema, deleted=deleted))

    def ids(self) -> list[int]:
        """Return the Ids of all rows."""
        ids: list[int] = _arrow().compute.unique(self._all_ids).to_pylist()
        return ids

    def _batches(self, schema: Any, *, deleted: bool) -> Iterator[Any]:
        compute, newest, start = _arrow().compute, self._newest if self.merges else None, 0
        for file in self._files:
            for batch in self._opened(file).iter_batches(_BATCH):
                kept = batch
                if newest is not None:
                    kept = batch.filter(newest.slice(start, batch.num_rows))
                start += batch.num_rows
                if self.merges and not deleted and DELETED in kept.schema.names:
                    kept = kept.filter(compute.invert(compute.fill_null(kept[DELETED], False)))
                if kept.num_rows:
                    yield _conformed(kept, schema, file.name)

    @cached_property
    def _newest(self) -> Any:
        """Which rows are the last of their Id."""
        arrow = _arrow()
        places = arrow.array(range(len(self._all_ids)), arrow.int64())
        table = arrow.table({KEY: self._all_ids, "place": places})
        last = table.group_by(KEY).aggregate([("place", "max")])["place_max"]
        return arrow.compute.is_in(places, value_set=last.combine_chunks())

    @cached_property
    def _all_ids(self) -> Any:
        columns = list[Any]()
        for file in self._files:
            ids = self._opened(file).read([KEY])[KEY]
            if ids.null_count:
                raise ExportError(
                    f"{file.name} has rows without an {KEY}, by which its table is merged: report it"
                )
            columns += ids.chunks
        return _arrow().chunked_array(columns, _arrow().int64())

    @property
    def _files(self) -> list[File]:
        return [file for part in self.parts for file in part.files]

    def _opened(self, file: File) -> Any:
        data = self.store.read(file.name)
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise ExportError(
                f"{file.name} is not what the journal counts: run  uipath-odata verify  on the lake, and restore the file"
            )
        return importlib.import_module("pyarrow.parquet").ParquetFile(_arrow().BufferReader(data))


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
