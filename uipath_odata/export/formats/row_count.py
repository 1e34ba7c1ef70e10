"""How many rows a file has, found in one pass over its bytes; a text may be of any length."""

from __future__ import annotations

import gzip
import importlib
import io
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from uipath_odata.export.formats import Format
from uipath_odata.export.formats.compressed import COMPRESSED

__all__ = ["Pieces", "rows_in"]

_PIECE: Final = 2**20
_BETWEEN: Final = bytes({*range(256)} - {*b'"\n'})
_TAIL: Final = 8
"""Bytes at the end of a Parquet file: the length of its footer, and ``PAR1``."""


class Pieces(Protocol):
    """Read a file in pieces, from a byte on."""

    def __call__(self, start: int = 0) -> Iterator[bytes]: ...


def rows_in(pieces: Pieces, size: int, kind: Format, name: str, *, header: bool) -> int | None:
    """Count the rows of a file of so many bytes, None where it is damaged; a ``header`` is not counted."""
    try:
        if kind == "parquet":
            return _parquet_rows(pieces, size)
        plain = _decompressed(pieces, name)
        return _lines(plain) if kind == "jsonl" else _csv_lines(plain) - header
    except (OSError, EOFError, zlib.error, ValueError):
        return None


def _lines(pieces: Iterator[bytes]) -> int:
    return sum(piece.count(b"\n") for piece in pieces)


def _csv_lines(pieces: Iterator[bytes]) -> int:
    """Count the line ends outside quotes (RFC 4180, 2.6: a field that has a quote stands in quotes)."""
    rows, is_quoted = 0, False
    for piece in pieces:
        # Between two quotes that follow each other no line ends, so that both may go: they are most of a file.
        texts = piece.translate(None, _BETWEEN).replace(b'""', b"").split(b'"')
        rows += sum(text.count(b"\n") for text in texts[is_quoted::2])
        is_quoted ^= len(texts) % 2 == 0
    return rows


def _parquet_rows(pieces: Pieces, size: int) -> int:
    tail = b"".join(pieces(max(0, size - _TAIL)))
    footer = int.from_bytes(tail[:4], "little")
    end = b"".join(pieces(max(0, size - _TAIL - footer)))
    parquet: Any = importlib.import_module("pyarrow.parquet")  # it takes a quarter of a second
    return int(parquet.read_metadata(io.BytesIO(b"PAR1" + end)).num_rows)


def _decompressed(pieces: Pieces, name: str) -> Iterator[bytes]:
    if name.endswith(COMPRESSED["gzip"]):
        return _read(gzip.GzipFile(fileobj=io.BufferedReader(_ForwardFile(pieces()))).read)
    if name.endswith(COMPRESSED["zstd"]):
        pyarrow: Any = importlib.import_module("pyarrow")
        source = pyarrow.PythonFile(io.BufferedReader(_ForwardFile(pieces())), mode="r")
        return _read(pyarrow.CompressedInputStream(source, "zstd").read)
    return pieces()


def _read(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while piece := read(_PIECE):
        yield piece


class _ForwardFile(io.RawIOBase):
    """Pieces as a file that is read forward."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces, self._rest = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
