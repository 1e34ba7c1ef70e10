"""A lake's runs into its tables, each set by itself."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

from uipath_odata.errors import ExportError, TableNotWritten
from uipath_odata.export.journal.records import Record
from uipath_odata.export.places.file_store import FileStore
from uipath_odata.export.tables.changes import (
    ChangeKind,
    ListHistory,
    change_of,
    histories_of,
    refuse_other_journal,
)
from uipath_odata.export.tables.delta import DeltaTable
from uipath_odata.export.tables.iceberg import IcebergTable
from uipath_odata.export.tables.lake_rows import LakeRows
from uipath_odata.export.tables.spec import TableSpec

__all__ = ["refuse_foreign_table", "write_table"]


_MARKS: Final = re.compile(r"\x1b\[[\d;]*m|↳ ?")
"""Colours and arrows in the errors of delta-rs."""
_LONGEST: Final = 500


class Table(Protocol):
    """The table of one set."""

    def stamps(self, marks: Sequence[str], /) -> dict[str, int] | None: ...
    def write(self, kind: ChangeKind, rows: LakeRows, stamps: Mapping[str, int], /) -> None: ...


def refuse_foreign_table(spec: TableSpec, records: Sequence[Record], entity_set: str) -> None:
    """Raise ExportError where another lake or program wrote the table of a set, or where it cannot be reached."""
    with _table_errors(f"{spec.name(entity_set)} cannot be read"):
        _held(spec, histories_of(records, entity_set), entity_set)


def write_table(
    spec: TableSpec, store: FileStore, records: Sequence[Record], entity_set: str, *, merges: bool
) -> None:
    """Commit what the table of a set does not have yet, in one transaction; do nothing where it has all.

    Raise TableNotWritten where that fails; it has nothing of it then.
    """
    with _table_errors(f"{spec.name(entity_set)} was not written", "the lake has the rows; "):
        lists = histories_of(records, entity_set)
        change = change_of(lists, merges=merges, held=_held(spec, lists, entity_set))
        if change is not None:
            rows = LakeRows(store, change.parts, merges)
            _table(spec, entity_set).write(change.kind, rows, change.stamps)


def _held(spec: TableSpec, lists: Sequence[ListHistory], entity_set: str) -> dict[str, int] | None:
    held = _table(spec, entity_set).stamps([each.mark for each in lists])
    if held is not None and not held:
        raise ExportError(
            f"{spec.name(entity_set)} is there already, and has no rows of this lake: name another place for the tables, or "
            "remove it, and it is written whole"
        )
    refuse_other_journal(lists, held or {})
    return held


def _table(spec: TableSpec, entity_set: str) -> Table:
    if spec.kind == "iceberg":
        return IcebergTable(spec.root, spec.namespace, entity_set)
    return DeltaTable(f"{spec.root}/{entity_set}")


@contextmanager
def _table_errors(failure: str, kept: str = "") -> Generator[None, None, None]:
    """Make ExportErrors of what a table's library raises, which has many kinds; TableNotWritten where rows are kept."""
    kind = TableNotWritten if kept else ExportError
    try:
        yield
    except ExportError as error:
        raise kind(*error.args) from error.__cause__
    except Exception as error:
        said = _MARKS.sub("", " ".join(str(error).split()))[:_LONGEST]
        raise kind(
            f"{failure} ({type(error).__name__}: {said}): {kept}correct that, and run the same export again"
        ) from error
