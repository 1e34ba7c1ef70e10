"""Compression of one file: each part is a gzip member (RFC 1952, 2.2) or zstd frames (RFC 8878, 3), which follow one another.

Reading them one after another gives the whole, so that a file that grows part by part can be resumed.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from uipath_odata.export.formats import Writer

__all__ = ["COMPRESSED", "CompressedWriter", "Compression"]

Compression: TypeAlias = Literal["gzip", "zstd"]

COMPRESSED: Final[Mapping[Compression, str]] = {"gzip": ".gz", "zstd": ".zst"}
"""How the name of a compressed file ends, after the ending of its format."""

_GZIP: Final = 31
"""``wbits`` of a gzip member without a name or time in it, so that equal rows give equal bytes."""


class CompressedWriter:
    """Compress what another writer writes."""

    def __init__(self, writer: Writer, kind: Compression) -> None:
        self._writer = writer
        self._compressor: Any = zlib.compressobj(6, zlib.DEFLATED, _GZIP) if kind == "gzip" else _Zstd()

    def write(self, rows: Sequence[bytes]) -> Iterator[bytes]:
        """Return what the file continues with, as far as the compressor gives it away."""
        for piece in self._writer.write(rows):
            if data := self._compressor.compress(piece):
                yield data

    def close(self) -> bytes:
        """Return the end of the member."""
        end: bytes = self._compressor.compress(self._writer.close()) + self._compressor.flush()
        return end


class _Zstd:
    """Frames by pyarrow, which every export has; Python has zstd of its own from 3.14 on."""

    def __init__(self) -> None:
        self._codec: Any = importlib.import_module("pyarrow").Codec("zstd")

    def compress(self, data: bytes) -> bytes:
        frame: bytes = self._codec.compress(data, asbytes=True) if data else b""
        return frame

    def flush(self) -> bytes:
        return b""
