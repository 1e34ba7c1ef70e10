"""JSON Lines: the rows' own bytes, one object a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

__all__ = ["JsonLinesWriter"]

_BOM: Final = b"\xef\xbb\xbf"
_LINE_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")


class JsonLinesWriter:
    """Write rows as they are; line breaks between their tokens become spaces.

    JSON allows none inside texts (RFC 8259, 7), so that no value changes.
    """

    def write(self, rows: Sequence[bytes]) -> bytes:
        """Give the lines of these rows."""
        if not rows:
            return b""
        lines = b"\n".join([*rows, b""])
        if lines.count(b"\n") == len(rows) and b"\r" not in lines and not rows[0].startswith(_BOM):
            return lines
        return b"\n".join([*(row.removeprefix(_BOM).translate(_LINE_BREAKS) for row in rows), b""])

    def close(self) -> bytes:
        """Give the end of the file, which has none."""
        return b""
