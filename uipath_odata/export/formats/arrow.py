"""Rows as Arrow columns; the one place that says which Arrow type a kind has.

pyarrow comes without types, so that it is ``Any`` here and in the writers.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

import attrs
import msgspec

from uipath_odata.export.formats.rows import Encoding, Nested, RowReader, Unfit
from uipath_odata.export.formats.shape import EXTRA, Column, ColumnKind, Shape
from uipath_odata.odata.instant import Instant

__all__ = ["MICROSECONDS", "TEXTS", "VALUES", "ArrowRows", "arrow"]

arrow: Final[Any] = importlib.import_module("pyarrow")
_compute: Final[Any] = importlib.import_module("pyarrow.compute")

_MIN, _MAX = -(2**63), 2**63 - 1
_NULL: Final = msgspec.Raw(b"null")
_TEXT: Final = msgspec.json.Decoder(str | None).decode
_BOOLEAN: Final = msgspec.json.Decoder(bool | None).decode
_INTEGER: Final = re.compile(rb'"?(-?(?:0|[1-9]\d*))"?')
_NUMBER: Final = re.compile(rb"-?\d[\d.eE+-]*")
_UTC: Final[Any] = arrow.timestamp("ns", "UTC")
_MICROSECONDS: Final[Any] = arrow.timestamp("us", "UTC")
_EPOCH: Final = Instant.parse("1970-01-01T00:00:00Z").ticks
_TICKS: Final = 10
"""In a microsecond."""
# Orchestrator's times are UTC; some builds leave the Z out.
_ZONE: Final = re.compile(r"(?:Z|[+-]\d\d:?\d\d)\Z", re.IGNORECASE)
_BELOW: Final = re.compile(r"\.\d{6}(\d+)")
_WITHOUT_ZONE: Final = r"^([^T]*T[^Zz+-]*)$"


class ArrowRows:
    """Read rows into a table that has the columns of the shape and ``_extra``."""

    def __init__(self, shape: Shape, encodings: Mapping[ColumnKind, Encoding]) -> None:
        self._reader = RowReader(shape.columns, encodings)
        self._columns = shape.columns

    def read(self, rows: Sequence[bytes]) -> Any:
        """Return the table of these rows; raises DecodeError where one is not a JSON object."""
        cells = self._reader.read(rows)
        arrays = dict(_arrays(self._columns, cells.columns))
        arrays[EXTRA] = _texts(cells.extra_texts(len(rows)))[0]
        return arrow.table([*arrays.values()], names=[*arrays])


@attrs.frozen
class _Exact:
    """Date-times cut to the microsecond, and their texts as sent."""

    times: Any
    texts: Any


def _arrays(columns: Sequence[Column], cells: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Return the Arrow columns by name; a date-time whose exact text is kept has two."""
    for column, made in zip(columns, cells, strict=True):
        if isinstance(made, Nested):
            below = dict(_arrays(column.columns, made.columns))
            fields = [arrow.field(name, array.type) for name, array in below.items()]
            absent = arrow.array([not there for there in made.present], arrow.bool_())
            yield column.name, arrow.StructArray.from_arrays([*below.values()], fields=fields, mask=absent)
        elif isinstance(made, _Exact):
            yield column.name, made.times
            yield f"{column.name}_text", made.texts
        else:
            yield column.name, made


def _made(values: Sequence[Any], kind: Any) -> Any:
    # Many columns hold nothing at all: the properties of related entities, above all.
    return arrow.nulls(len(values), kind) if values == [None] * len(values) else arrow.array(values, kind)


def _texts(values: Sequence[Any]) -> tuple[Any, Unfit]:
    return _made(values, arrow.string()), {}


def _integers(values: Sequence[Any]) -> tuple[Any, Unfit]:
    return _made(values, arrow.int64()), {}


def _booleans(values: Sequence[Any]) -> tuple[Any, Unfit]:
    return _made(values, arrow.bool_()), {}


def _json_texts(values: Sequence[Any]) -> tuple[Any, Unfit]:
    return _texts([None if value is None or value == _NULL else bytes(value).decode() for value in values])


def _numbers(values: Sequence[Any]) -> tuple[Any, Unfit]:
    unfit: Unfit = {}
    numbers: list[float | None] = []
    for row, value in enumerate(values):
        text = b"null" if value is None else bytes(value)
        number = _exact(text)
        numbers.append(number)
        if number is None and text != b"null":
            unfit[row] = text
    return arrow.array(numbers, arrow.float64()), unfit


def _exact(text: bytes) -> float | None:
    """Read a number that a double holds to its last digit."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    try:
        return number if Decimal(repr(number)) == Decimal(text.decode()) else None
    except InvalidOperation:
        return None


def _timestamps(values: Sequence[str | None]) -> tuple[Any, Unfit]:
    texts = _made(values, arrow.string())
    try:
        return texts.cast(_UTC), {}
    except arrow.ArrowInvalid:
        return _timestamps_one_by_one(texts)


def _timestamps_one_by_one(texts: Any) -> tuple[Any, Unfit]:
    """Null what nanoseconds do not reach, such as year 0001, and what is not a date-time at all."""
    zoned = _compute.replace_substring_regex(texts, _WITHOUT_ZONE, r"\1Z").to_pylist()
    known = {text: _timestamp(text) for text in {*zoned} - {None}}
    unfit = {
        row: json.dumps(text.as_py()).encode()
        for row, text in enumerate(texts)
        if text.is_valid and known[zoned[row]] is None
    }
    return arrow.array([known.get(text) for text in zoned], arrow.int64()).cast(_UTC), unfit


def _timestamp(text: str) -> int | None:
    try:
        return int(arrow.scalar(text).cast(_UTC).value)
    except arrow.ArrowInvalid:
        return None


def _exact_times(values: Sequence[str | None]) -> tuple[Any, Unfit]:
    times, unfit = _cut(values)
    return _Exact(times, _made(values, arrow.string())), unfit


def _microseconds(values: Sequence[str | None]) -> tuple[Any, Unfit]:
    """Cut date-times to the microsecond; one that has more digits stays, with its text, in ``_extra`` too."""
    times, unfit = _cut(values)
    for row, text in enumerate(values):
        if text is not None and row not in unfit and (found := _BELOW.search(text)) and found[1].strip("0"):
            unfit[row] = json.dumps(text).encode()
    return times, unfit


def _cut(values: Sequence[str | None]) -> tuple[Any, Unfit]:
    texts = _made(values, arrow.string())
    try:
        exact = texts.cast(_UTC)
    except arrow.ArrowInvalid:
        return _cut_one_by_one(values)
    return _compute.floor_temporal(exact, unit="microsecond").cast(_MICROSECONDS), {}


def _cut_one_by_one(values: Sequence[str | None]) -> tuple[Any, Unfit]:
    """Null what is not a date-time at all."""
    known = {text: _in_microseconds(text) for text in values if text is not None}
    unfit = {
        row: json.dumps(text).encode() for row, text in enumerate(values) if text and known[text] is None
    }
    return arrow.array([text and known[text] for text in values], arrow.int64()).cast(_MICROSECONDS), unfit


def _in_microseconds(text: str) -> int | None:
    zoned = text if _ZONE.search(text) else f"{text}Z"
    try:
        return (Instant.parse(zoned).ticks - _EPOCH) // _TICKS
    except ValueError:
        return None


def _as_integer(text: bytes) -> int | None:
    if text == b"null":
        return None
    # Some servers write Int64 as a string.
    match = _INTEGER.fullmatch(text)
    if match is None or not _MIN <= (number := int(match[1])) <= _MAX:
        raise ValueError
    return number


def _as_enum(text: bytes) -> str | None:
    # Some servers write the number of a member instead of its name.
    return text.decode() if _NUMBER.fullmatch(text) else _TEXT(text)


_INT64: Final[Any] = Annotated[int, msgspec.Meta(ge=_MIN, le=_MAX)]
_TEXT_COLUMN: Final = Encoding(str | None, _TEXT, _texts)
_NESTED_COLUMN: Final = Encoding(msgspec.Raw, msgspec.Raw, _json_texts)

TEXTS: Final[Mapping[ColumnKind, Encoding]] = {
    "text": _TEXT_COLUMN,
    "enum": Encoding(str | None, _as_enum, _texts),
    "integer": Encoding(_INT64 | None, _as_integer, _integers),
    "number": Encoding(msgspec.Raw, msgspec.Raw, _numbers),
    "boolean": Encoding(bool | None, _BOOLEAN, _booleans),
    "timestamp": _TEXT_COLUMN,
    "exact": _TEXT_COLUMN,
    "json": _NESTED_COLUMN,
    "entity": _NESTED_COLUMN,
}
"""Date-times as the text that was sent."""

VALUES: Final[Mapping[ColumnKind, Encoding]] = {
    **TEXTS,
    "timestamp": Encoding(str | None, _TEXT, _timestamps),
}
"""Date-times as nanoseconds, UTC."""

MICROSECONDS: Final[Mapping[ColumnKind, Encoding]] = {
    **TEXTS,
    "timestamp": Encoding(str | None, _TEXT, _microseconds),
    "exact": Encoding(str | None, _TEXT, _exact_times),
}
"""Date-times as microseconds, UTC, which every engine reads; those that have more digits with their text."""
