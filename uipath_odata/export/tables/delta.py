"""Delta tables, by delta-rs: each list is an application of the table, whose transaction version is the stamp of its last run."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import attrs

from uipath_odata.export.tables.changes import ChangeKind
from uipath_odata.export.tables.lake_rows import DELETED, KEY, LakeRows, united
from uipath_odata.export.tables.storage import storage_options

__all__ = ["DeltaTable"]


@attrs.frozen(slots=False, eq=False)
class DeltaTable:
    """The table of one set, at a path or URL; credentials of S3 are those of fsspec, of other places those of the environment."""

    uri: str

    def stamps(self, marks: Iterable[str]) -> dict[str, int] | None:
        """Return the stamp of each mark that the table knows; None without a table."""
        table = self._table
        if table is None:
            return None
        known = {mark: table.transaction_version(mark) for mark in marks}
        return {mark: stamp for mark, stamp in known.items() if stamp is not None}

    def write(self, kind: ChangeKind, rows: LakeRows, stamps: Mapping[str, int]) -> None:
        """Commit rows and stamps in one transaction."""
        delta, table = _delta(), self._table
        commit = delta.CommitProperties(
            app_transactions=[delta.Transaction(*each) for each in stamps.items()]
        )
        if kind == "overwrite" or table is None:
            delta.write_deltalake(
                self.uri,
                rows.batches(rows.schema),
                mode="overwrite",
                schema_mode="overwrite",
                commit_properties=commit,
                storage_options=self._storage,
            )
            return
        schema = united(rows.schema, _arrow_schema(table), self.uri)
        if kind == "append":
            delta.write_deltalake(
                table, rows.batches(schema), mode="append", schema_mode="merge", commit_properties=commit
            )
        else:
            _merge(table, rows, schema, commit)

    @property
    def _table(self) -> Any:
        delta = _delta()
        is_there = delta.DeltaTable.is_deltatable(self.uri, storage_options=self._storage)
        return delta.DeltaTable(self.uri, storage_options=self._storage) if is_there else None

    @cached_property
    def _storage(self) -> dict[str, str] | None:
        return storage_options(self.uri)


def _merge(table: Any, rows: LakeRows, schema: Any, commit: Any) -> None:
    """Put rows in the place of those of their Id, and remove those that are gone."""
    there = "true"
    merging = table.merge(
        rows.batches(schema, deleted=True),
        f"target.{KEY} = source.{KEY}",
        source_alias="source",
        target_alias="target",
        merge_schema=True,
        commit_properties=commit,
    )
    if DELETED in schema.names:
        merging = merging.when_matched_delete(f"source.{DELETED} = true")
        there = f"source.{DELETED} is not true"
    merging.when_matched_update_all(there).when_not_matched_insert_all(there).execute()


def _arrow_schema(table: Any) -> Any:
    """Return the columns of a table by the types that parts have them with."""
    arrow = importlib.import_module("pyarrow")
    return arrow.schema(table.schema().to_arrow())


def _delta() -> Any:
    return importlib.import_module("deltalake")
