"""Iceberg tables, by pyiceberg: a property of the table has the stamp of each list's last run."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

import attrs

from uipath_odata.export.tables.changes import ChangeKind
from uipath_odata.export.tables.lake_rows import KEY, LakeRows

__all__ = ["IcebergTable"]


@attrs.frozen(eq=False)
class IcebergTable:
    """The table of one set in a namespace. The configuration of pyiceberg says where the catalog is."""

    catalog_name: str
    namespace: tuple[str, ...]
    entity_set: str

    def stamps(self, marks: Iterable[str]) -> dict[str, int] | None:
        """Return the stamp of each mark that the table knows; None without a table."""
        with closing(self._catalog) as catalog:
            if not catalog.table_exists(self._name):
                return None
            known: Mapping[str, str] = catalog.load_table(self._name).properties
            return {mark: int(known[mark]) for mark in marks if mark in known}

    def write(self, kind: ChangeKind, rows: LakeRows, stamps: Mapping[str, int]) -> None:
        """Commit rows and stamps in one transaction."""
        with closing(self._catalog) as catalog:
            if catalog.table_exists(self._name):
                table = catalog.load_table(self._name)
                gone = None if kind == "append" else _gone(kind, rows)
                with table.transaction() as changing:
                    if gone is not None and table.scan(gone, limit=1).to_arrow().num_rows:
                        changing.delete(gone)
                    _append(changing, rows, stamps)
                return
            catalog.create_namespace_if_not_exists(self.namespace)
            with catalog.create_table_transaction(self._name, rows.schema) as changing:
                _append(changing, rows, stamps)

    @property
    def _name(self) -> tuple[str, ...]:
        return (*self.namespace, self.entity_set)

    @property
    def _catalog(self) -> Any:
        return importlib.import_module("pyiceberg.catalog").load_catalog(self.catalog_name)


def _gone(kind: ChangeKind, rows: LakeRows) -> Any:
    """Return which rows to delete: all, or those whose newest versions are appended after that."""
    expressions = importlib.import_module("pyiceberg.expressions")
    return expressions.AlwaysTrue() if kind == "overwrite" else expressions.In(KEY, rows.ids())


def _append(changing: Any, rows: LakeRows, stamps: Mapping[str, int]) -> None:
    with changing.update_schema() as columns:
        columns.union_by_name(rows.schema)
    changing.append(rows.batches(rows.schema))
    changing.set_properties({mark: str(stamp) for mark, stamp in stamps.items()})
