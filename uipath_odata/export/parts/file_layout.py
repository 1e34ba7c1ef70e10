"""How the rows of a list become files: their columns, their bytes, their names."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import attrs

from uipath_odata.export.formats import SUFFIX, Column, Shape, Writer, writer_of
from uipath_odata.export.formats.compressed import CompressedWriter
from uipath_odata.export.formats.delimiter import DELIMITER
from uipath_odata.export.incremental.followed import FOLLOWED, Followed
from uipath_odata.export.journal.state import ListState
from uipath_odata.export.lists import ExportList, Mode, mode_of, time_property
from uipath_odata.export.options import Options
from uipath_odata.export.parts.part_files import PartFiles
from uipath_odata.export.parts.part_writer import OpenPart
from uipath_odata.export.parts.row_bytes import DELETED, FOLDER, READ_AT, RowBytes
from uipath_odata.export.parts.single_file import SingleFile
from uipath_odata.export.places.disk import Disk
from uipath_odata.export.places.file_store import FileStore
from uipath_odata.export.places.place import Place
from uipath_odata.export.privacy.protection import Protection
from uipath_odata.odata.entity import properties
from uipath_odata.odata.expr.expression import path
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.rows.columns import Foreseen
from uipath_odata.odata.rows.raw_row import RawRow

__all__ = ["FileLayout", "with_needed_columns"]

_UNDATED: Final = "__HIVE_DEFAULT_PARTITION__"
_DAY: Final = len("2024-05-14")
_UTC_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)T[\d:.]+Z\Z", re.ASCII)


@attrs.frozen(eq=False)
class FileLayout:
    """The layout of one list under one job."""

    each: ExportList
    place: Place
    options: Options

    @property
    def mode(self) -> Mode:
        """How the list is read again; an export that is made once reads it whole."""
        return _mode_of(self.each, self.options)

    @property
    def followed(self) -> Followed | None:
        """What tells whether a row may still change, where rows are followed by Id."""
        return FOLLOWED.get(self.each.entity_set) if self.mode == "open" else None

    @property
    def copies(self) -> bool:
        """Whether rows are written as they come, into one file at a time."""
        return self.place.format == "jsonl" and not self.options.partition_by

    @property
    def added(self) -> tuple[Column, ...]:
        """The columns that no row was sent with."""
        folder = FOLDER if self.each.folder is not None else ()
        read_at = (READ_AT,) if self.options.since else ()
        is_marked = self.mode == "open" or (self.mode == "modified" and self.options.mirror)
        return (*folder, *read_at, *((DELETED,) if is_marked else ()))

    @cached_property
    def shape(self) -> Shape:
        """The columns of its files."""
        return self.each.privacy.columns(Shape.of(self.each.query.query, self.added))

    def describe(self) -> dict[str, Any]:
        """Say what is asked and what the files hold, for the job of the set."""
        options = self.options
        return {
            **self.each.describe(),
            "mode": self.mode,
            "schema": 1,
            "columns": self.shape.describe(),
            "partition_by": options.partition_by,
            "part_rows": options.part_rows,
            "since": options.since,
            "raw_csv": options.raw_csv,
            "details": options.with_details,
            "privacy": options.privacy.describe(),
            **({"mirror": True} if options.mirror else {}),
            **({"delimiter": options.delimiter} if options.delimiter != DELIMITER else {}),
            **({"replace_surrogates": True} if options.replace_surrogates else {}),
            **({"timestamps": options.timestamps} if self.place.format == "parquet" else {}),
        }

    def rows_read_at(self, read_at: dt.datetime | None) -> RowBytes:
        """Return what is done to rows that were read then."""
        values: dict[str, Any] = {}
        if self.each.folder is not None:
            values |= zip(
                (column.name for column in FOLDER), (self.each.folder.id, self.each.folder.path), strict=True
            )
        if self.options.since:
            values[READ_AT.name] = read_at and str(Instant.from_datetime(read_at))
        return RowBytes(self.protection, values)

    @cached_property
    def protection(self) -> Protection | None:
        """What is kept from others of each row."""
        return self.each.privacy.protect(Shape.of(self.each.query.query))

    @property
    def foreseen(self) -> Foreseen | None:
        """The names that are foreseen in rows, where it matters which they have."""
        return None if self.protection is None else self.protection.foreseen

    def parts(self, disk: Disk, store: FileStore, state: ListState) -> Callable[[int, int], OpenPart]:
        """Return how a part is opened, by its number and generation."""
        if self.place.file is not None:
            single = SingleFile(disk, self.place.growing, state.size, self.writer)
            return lambda _number, _generation: single
        return lambda number, generation: PartFiles(
            key=self.each.key,
            disk=disk,
            store=store,
            make_writer=self.writer,
            name=lambda value: self._name(value, number, generation),
        )

    def files_of(self, rows: Sequence[RawRow]) -> Mapping[str, Sequence[RawRow]]:
        """Return rows by the day (UTC) that they belong to, where files are parted by it; else all of them together."""
        if "date" not in self.options.partition_by:
            return {"": rows}
        time = time_property(self.each.query.query.entity)
        groups = defaultdict[str, list[RawRow]](list)
        for row in rows:
            groups[_day_of(row[time.wire] if time else None)].append(row)
        return groups

    def empty(self) -> bytes:
        """Return the bytes of a file without rows."""
        return self.writer().close()

    def writer(self, header: bool = True) -> Writer:
        """Make the writer of one file; without ``header`` it continues another."""
        writer = writer_of(
            self.place.format,
            self.shape,
            raw_csv=self.options.raw_csv,
            header=header,
            timestamps=self.options.timestamps,
            delimiter=self.options.delimiter,
            replace_surrogates=self.options.replace_surrogates,
        )
        return CompressedWriter(writer, self.place.compression) if self.place.compression else writer

    def _name(self, date: str, number: int, generation: int) -> str:
        folder = self.each.folder
        values = {"date": date or _UNDATED, "folder": "" if folder is None else str(folder.id)}
        levels = [f"{name}={values[name]}" for name in self.options.partition_by if values[name]]
        key = f"{self.each.key.removeprefix(self.each.entity_set)}-".removeprefix("-")
        file = f"part-{key}{number:06d}-g{generation}{SUFFIX[self.place.format]}"
        return "/".join((self.each.entity_set, *levels, file))


def _mode_of(each: ExportList, options: Options) -> Mode:
    return (each.mode or mode_of(each.query, each.entity_set)) if options.since else "replace"


def with_needed_columns(each: ExportList, options: Options) -> ExportList:
    """Select what an export itself looks at, too, where a query selects some properties."""
    asked = each.query.query
    if not any(len(place.segments) == 1 for place in asked.selection):
        return each
    mode = _mode_of(each, options)
    followed = FOLLOWED.get(each.entity_set)
    entity: Any = asked.entity
    time = time_property(entity)
    names = [
        *(("Id",) if mode in {"modified", "open"} else ()),
        *(followed.names if followed and mode == "open" else ()),
        *((time.wire,) if time and "date" in options.partition_by else ()),
        *(("QueueDefinitionId",) if each.folder is not None else ()),
    ]
    known = {member.wire for member in properties(entity).values()}
    return attrs.evolve(each, query=each.query.select(*(path(name) for name in names if name in known)))


def _day_of(moment: Any) -> str:
    if not isinstance(moment, str):
        return _UNDATED
    if (found := _UTC_DAY.match(moment)) and _is_day(found[1]):
        return found[1]
    try:
        return str(Instant.parse(moment))[:_DAY]
    except ValueError:
        return _UNDATED


@functools.lru_cache(maxsize=1024)
def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
