"""Rows as columns: each row's bytes are read once, and what fits no column is kept as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs
import msgspec
from msgspec.structs import astuple

from uipath_odata.export.formats.shape import Column, ColumnKind
from uipath_odata.odata.rows.raw_json import object_of, whole_members_of

__all__ = ["Cells", "Encoding", "Nested", "RowReader", "Unfit"]

Unfit: TypeAlias = dict[int, bytes]
"""By row, the JSON text of the values that a column cannot hold."""

_NULL: Final = b"null"
_LEARNABLE: Final = re.compile(r"[\w@.# -]+")
_LEARNED: Final = 256


@attrs.frozen
class Encoding:
    """How the values of one kind are read: as a type by msgspec, or one by one from their own text.

    ``read_one`` raises ValueError for a text that the column cannot hold. ``finish`` makes the column.
    """

    type: Any
    read_one: Callable[[bytes], Any]
    finish: Callable[[Sequence[Any]], tuple[Any, Unfit]]


@attrs.frozen
class Nested:
    """The columns of an expanded entity, and in which rows there is one."""

    present: list[bool]
    columns: list[Any]


@attrs.frozen
class Cells:
    """The columns as the format wants them; by row, the members of ``_extra``."""

    columns: list[Any]
    extra: dict[int, dict[str, bytes]]

    def extra_texts(self, count: int) -> list[bytes | None]:
        """Return ``_extra`` of each row."""
        return [object_of(self.extra[row]) if row in self.extra else None for row in range(count)]


class RowReader:
    """Read rows into columns; one that holds something unforeseen takes a slower way alone.

    Names that the schema does not know are learned, so that a newer server's rows stay on the fast way. What was
    learned changes no result.
    """

    def __init__(self, columns: Sequence[Column], encodings: Mapping[ColumnKind, Encoding]) -> None:
        self._columns = {column.name: column for column in columns}
        self._encodings = encodings
        self._below = {
            column.name: RowReader(column.columns, encodings) for column in columns if column.kind == "entity"
        }
        self._attributes = {column.name: f"c{place}" for place, column in enumerate(columns)}
        self._by_lower = {column.name.lower(): column.name for column in columns}
        self._learned: dict[str, str] = {}
        self._heard: set[str] = set()
        self._compile()

    def read(self, rows: Sequence[bytes]) -> Cells:
        """Read objects; raises DecodeError where one is not an object."""
        extra: dict[int, dict[str, bytes]] = {}
        try:
            made = [*map(self._decode, rows)]
        except (ValueError, RecursionError):
            made = [self._one(place, row, extra) for place, row in enumerate(rows)]
        names = [*self._attributes, *self._learned]
        values = dict(zip(names, zip(*map(astuple, made), strict=True), strict=True)) if made else {}
        for name in self._learned:
            _keep(extra, name, values.get(name, ()))
        columns = [
            self._finished(column, [*values.get(name, ())], extra) for name, column in self._columns.items()
        ]
        if self._heard:
            self._learn()
        return Cells(columns, extra)

    def _compile(self) -> None:
        fields = [self._field(column) for column in self._columns.values()]
        fields += [(attribute, msgspec.Raw, None) for attribute in self._learned.values()]
        names = {attribute: name for name, attribute in (self._attributes | self._learned).items()}
        self._row = msgspec.defstruct("Row", fields, rename=names, forbid_unknown_fields=True, gc=False)
        self._decode: Callable[[bytes], Any] = msgspec.json.Decoder(self._row).decode

    def _field(self, column: Column) -> tuple[str, Any, Any]:
        encoding = self._encodings[column.kind]
        return self._attributes[column.name], encoding.type, None

    def _learn(self) -> None:
        room = _LEARNED - len(self._learned)
        start = len(self._learned)
        self._learned |= {name: f"u{start + place}" for place, name in enumerate(sorted(self._heard)[:room])}
        self._heard.clear()
        if room:
            self._compile()

    def _one(self, place: int, row: bytes, extra: dict[int, dict[str, bytes]]) -> Any:
        try:
            return self._decode(row)
        except (ValueError, RecursionError):
            return self._carefully(place, whole_members_of(bytes(row)), extra)

    def _carefully(self, place: int, members: dict[str, bytes], extra: dict[int, dict[str, bytes]]) -> Any:
        made = self._row()
        taken: set[str] = set()
        for name, raw in members.items():
            known = self._column_of(name, members)
            if known is None or known in taken or not self._fits(made, known, raw):
                extra.setdefault(place, {})[name] = raw
                self._hear(name)
            else:
                taken.add(known)
        return made

    def _column_of(self, name: str, members: Mapping[str, bytes]) -> str | None:
        """Find the column by name; API 11 sends some names in another case than API 20 documents."""
        if name in self._attributes:
            return name
        alike = self._by_lower.get(name.lower())
        return None if alike is None or alike in members else alike

    def _fits(self, made: Any, name: str, raw: bytes) -> bool:
        try:
            value = self._encodings[self._columns[name].kind].read_one(raw)
        except (ValueError, RecursionError):
            return False
        setattr(made, self._attributes[name], value)
        return True

    def _hear(self, name: str) -> None:
        if name.lower() not in self._by_lower and name not in self._learned and _LEARNABLE.fullmatch(name):
            self._heard.add(name)

    def _finished(self, column: Column, values: list[Any], extra: dict[int, dict[str, bytes]]) -> Any:
        if column.kind == "entity":
            finished, unfit = self._nested(column, values)
        else:
            finished, unfit = self._encodings[column.kind].finish(values)
        for place, raw in unfit.items():
            extra.setdefault(place, {})[column.name] = raw
        return finished

    def _nested(self, column: Column, values: Sequence[Any]) -> tuple[Nested, Unfit]:
        raws = [_NULL if value is None else bytes(value) for value in values]
        present = [raw[:1] == b"{" for raw in raws]
        cells = self._below[column.name].read(
            [raw if there else b"{}" for raw, there in zip(raws, present, strict=True)]
        )
        unfit = {place: object_of(members) for place, members in cells.extra.items()}
        unfit |= {place: raw for place, raw in enumerate(raws) if not present[place] and raw != _NULL}
        return Nested(present, cells.columns), unfit


def _keep(extra: dict[int, dict[str, bytes]], name: str, raws: Sequence[Any]) -> None:
    for place, raw in enumerate(raws):
        if raw is not None:
            extra.setdefault(place, {})[name] = bytes(raw)
