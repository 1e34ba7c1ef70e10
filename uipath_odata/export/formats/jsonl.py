"""JSON Lines: the rows' own bytes, one object a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from uipath_odata.odata.sent_row import on_one_line

__all__ = ["JsonLinesWriter"]

_BOM: Final = b"\xef\xbb\xbf"
_BLOCK: Final = 500
"""Rows that a processor's cache holds while they are joined, hashed and written."""
_UNUSUAL: Final = (b"\n", b"\r", _BOM[:1])


class JsonLinesWriter:
    """Write rows as they are; line breaks between their tokens become spaces.

    JSON allows none inside texts (RFC 8259, 7), so that no value changes.
    """

    def write(self, rows: Sequence[bytes]) -> Iterator[bytes]:
        """Give the lines of these rows."""
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            # Nearly all rows are lines already, and looking at them together takes a tenth of looking at each.
            together = b"".join(block)
            if any(byte in together for byte in _UNUSUAL):
                block = [on_one_line(bytes(row).removeprefix(_BOM)) for row in block]
            yield b"\n".join([*block, b""])

    def close(self) -> bytes:
        """Give the end of the file, which has none."""
        return b""
