"""The Arrow columns of a partition, known before anything is asked, and what must be selected to fill them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.export.formats import Shape, Timestamps
from uipath_odata.export.formats.arrow import MICROSECONDS, VALUES, ArrowRows
from uipath_odata.export.formats.shape import EXTRA
from uipath_odata.export.parts.row_bytes import FOLDER, RowBytes
from uipath_odata.export.privacy.privacy import Privacy
from uipath_odata.odata.expr.expression import path
from uipath_odata.odata.query import Query
from uipath_odata.odata.rows.columns import Foreseen
from uipath_odata.odata.rows.raw_row import RawRow
from uipath_odata.partitions.partition import Partition

__all__ = ["PartitionColumns"]

_TEXT: Final = "_text"
_QUEUE: Final = "QueueDefinitionId"
_OF_FOLDER: Final = frozenset(column.name for column in FOLDER)


@attrs.frozen(eq=False)
class PartitionColumns:
    """What rows of a partition become; ``columns`` are some of them by name, in the order that is wanted, None for all."""

    query: Query[Any]
    """What is asked, with no more selected than the columns take."""
    names: tuple[str, ...] | None
    _reader: ArrowRows
    _bytes: RowBytes
    _elsewhere: frozenset[int]

    @classmethod
    def of(
        cls, partition: Partition, query: Query[Any], columns: Sequence[str] | None, timestamps: Timestamps
    ) -> PartitionColumns:
        """Find them. Raise QueryError for a column that there is not, and for an unknown unit of time."""
        if timestamps not in {"us", "ns"}:
            raise QueryError(f"timestamps={timestamps!r} is not known: write 'us' or 'ns'")
        added = _folder_of(partition)
        privacy = Privacy()
        known = tuple(_reader_of(privacy, query, added, timestamps).read(()).column_names)
        names = None if columns is None else (columns,) if isinstance(columns, str) else tuple(columns)
        if names is not None:
            _check(names, known)
            query = _narrowed(query, names)
        if partition.not_of_queues and query.selection:
            names, query = names or known, query.select(path(_QUEUE))
        return cls(
            query,
            names,
            _reader_of(privacy, query, added, timestamps),
            RowBytes(privacy.protect(Shape.of(query)), added),
            frozenset(partition.not_of_queues),
        )

    @property
    def foreseen(self) -> Foreseen | None:
        """The names that are foreseen in rows, where it matters which they have."""
        return None if self._bytes.protection is None else self._bytes.protection.foreseen

    @property
    def schema(self) -> Any:
        """The Arrow schema, the same for every partition of a list."""
        return self._of(()).schema

    def table(self, rows: Sequence[RawRow]) -> Any:
        """Return a table of these rows, without those that another folder has."""
        if self._elsewhere:
            rows = [row for row in rows if row[_QUEUE] not in self._elsewhere]
        return self._of(self._bytes.of(rows))

    def _of(self, rows: Sequence[bytes]) -> Any:
        table = self._reader.read(rows)
        return table if self.names is None else table.select([*self.names])


def _reader_of(
    privacy: Privacy, query: Query[Any], added: dict[str, Any], timestamps: Timestamps
) -> ArrowRows:
    shape = privacy.columns(Shape.of(query, FOLDER if added else ()))
    return (
        ArrowRows(shape, VALUES) if timestamps == "ns" else ArrowRows(shape.with_exact_texts(), MICROSECONDS)
    )


def _folder_of(partition: Partition) -> dict[str, Any]:
    return {name: value for name, value in partition.folder.items() if name in _OF_FOLDER}


def _check(names: Sequence[str], known: Iterable[str]) -> None:
    if not names:
        raise QueryError("columns is empty: name one, or leave columns out for all")
    if unknown := [each for each in names if each not in {*known}]:
        raise QueryError(f"there is no column {unknown[0]}: there are {', '.join(known)}")
    if len({*names}) < len(names):
        raise QueryError(f"columns names one twice: {', '.join(names)}")


def _narrowed(query: Query[Any], names: Sequence[str]) -> Query[Any]:
    """Select what the named columns hold, and expand what is among them; a text column holds what its date-time does."""
    if EXTRA in names:
        return query  # it holds what no other column does, of all that is sent
    wanted = [name.removesuffix(_TEXT) for name in names if name not in _OF_FOLDER]
    selection = tuple(each for each in query.selection if each.segments[0] in wanted)
    expansion = tuple(each for each in query.expansion if each.path.segments[0] in wanted)
    related = {each.path.segments[0] for each in expansion}
    related |= {each.segments[0] for each in selection if len(each.segments) > 1}
    own = [name for name in dict.fromkeys(wanted) if name not in related] or ["Id"]
    narrow = attrs.evolve(query, selection=selection, expansion=expansion)
    return narrow.select(*(path(name) for name in own))
