"""CSV (RFC 4180) with fixed columns, safe to open in a spreadsheet."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from uipath_odata.export.formats.arrow import TEXTS, ArrowRows, arrow
from uipath_odata.export.formats.delimiter import DELIMITER
from uipath_odata.export.formats.shape import EXTRA, Column, Shape

__all__ = ["CsvWriter"]

_compute: Final[Any] = importlib.import_module("pyarrow.compute")
_csv: Final[Any] = importlib.import_module("pyarrow.csv")

# What spreadsheets read as a formula, = + - @ also in full width; an apostrophe before one counts, so that the guard
# can be taken off again.
_FORMULA: Final = "^'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_SPLIT: Final = "([;\t|\r\n])('*[=+\\-@\uff1d\uff0b\uff0d\uff20])"
"""The same inside of a text, where a reader that takes another delimiter, or knows no quotes, begins a cell."""
_GUARDED: Final = r"\1'\2"
_BEGINNING: Final = b"dc"
_CLASSES: Final = bytes.maketrans(b";\t|\r\n,cd=+-@'\xef", b"dddddd  cccccc")
_SUSPECTS: Final[Any] = arrow.array([*(bytes([byte]) for byte in b"=+-@\t\r\n'\xef")], arrow.binary())
"""The first bytes of formulas: looking at these alone takes half the time, and most columns have none."""

_PLAIN_NAME: Final = re.compile(r"[\w.]+", re.ASCII)


class CsvWriter:
    """Write rows as lines of quoted texts and bare numbers, ``true`` and ``false``.

    Null is an empty cell and an empty text ``""``; date-times stay as sent. Expanded entities have dotted columns,
    other nested values are JSON texts. A text that a spreadsheet would run as a formula gets an apostrophe in front,
    and wherever another reader would begin a cell in it, unless ``raw``.
    """

    def __init__(
        self, shape: Shape, *, raw: bool = False, header: bool = True, delimiter: str = DELIMITER
    ) -> None:
        self._raw = raw
        self._options: Any = _csv.WriteOptions(include_header=False, delimiter=delimiter)
        self._split = _SPLIT if delimiter == DELIMITER else _SPLIT.replace("[", "[,", 1)
        self._rows = ArrowRows(shape, TEXTS)
        self._begin = _header(shape, delimiter) if header else b""

    def write(self, rows: Sequence[bytes]) -> Iterator[bytes]:
        """Return the lines of these rows, after the header if they are the first."""
        yield self.close()
        if not rows:
            return
        columns = [*_flat(self._rows.read(rows).itercolumns())]
        cells = columns if self._raw else _guarded([_guarded_inside(each, self._split) for each in columns])
        sink = arrow.BufferOutputStream()
        _csv.write_csv(arrow.table(cells, names=[*map(str, range(len(cells)))]), sink, self._options)
        yield bytes(sink.getvalue())

    def close(self) -> bytes:
        """Return the header of a file without rows."""
        begin, self._begin = self._begin, b""
        return begin


def _guarded_inside(column: Any, split: str) -> Any:
    if not _holds_texts(column) or not _may_be_split(column):
        return column
    return _compute.replace_substring_regex(column, split, _GUARDED)


def _may_be_split(column: Any) -> bool:
    """Tell whether bytes of a column are the beginning of a match; a search of its texts takes ten times as long."""
    buffers = [chunk.buffers()[2] for chunk in column.chunks]
    return any(_BEGINNING in bytes(buffer).translate(_CLASSES) for buffer in buffers if buffer)


def _guarded(columns: Sequence[Any]) -> list[Any]:
    """Guard the texts that a spreadsheet would run; most rows have none, which one look at all of them tells."""
    if not _is_any_suspect([column for column in columns if _holds_texts(column)]):
        return [*columns]
    return [_without_formulas(column) if _holds_texts(column) else column for column in columns]


def _holds_texts(column: Any) -> bool:
    return bool(arrow.types.is_string(column.type)) and column.null_count < len(column)


def _is_any_suspect(columns: Sequence[Any]) -> bool:
    chunks = [chunk for column in columns for chunk in column.chunks]
    texts = arrow.chunked_array(chunks, arrow.string()).cast(arrow.binary())
    starts = _compute.binary_slice(texts, 0, 1)
    return bool(_compute.any(_compute.is_in(starts, value_set=_SUSPECTS)).as_py())


def _without_formulas(column: Any) -> Any:
    if not _is_any_suspect([column]):
        return column
    formulas = _compute.match_substring_regex(column, _FORMULA)
    return _compute.if_else(formulas, _compute.binary_join_element_wise("'", column, ""), column)


def _flat(columns: Iterable[Any]) -> Iterator[Any]:
    for column in columns:
        if arrow.types.is_struct(column.type):
            yield from _flat(column.flatten())
        else:
            yield column


def _header(shape: Shape, delimiter: str) -> bytes:
    names = [*_names(shape.columns), EXTRA]
    cells = [name if _PLAIN_NAME.fullmatch(name) else '"' + name.replace('"', '""') + '"' for name in names]
    return delimiter.join(cells).encode() + b"\n"


def _names(columns: Iterable[Column], above: str = "") -> Iterator[str]:
    for column in columns:
        if column.kind == "entity":
            yield from _names(column.columns, f"{above}{column.name}.")
        else:
            yield above + column.name
