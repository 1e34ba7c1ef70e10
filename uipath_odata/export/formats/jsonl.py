"""JSON Lines: the rows' own bytes, one object a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from uipath_odata.odata.sent_row import on_one_line

__all__ = ["JsonLinesWriter"]

_BOM: Final = b"\xef\xbb\xbf"


class JsonLinesWriter:
    """Write rows as they are; line breaks between their tokens become spaces.

    JSON allows none inside texts (RFC 8259, 7), so that no value changes.
    """

    def write(self, rows: Sequence[bytes]) -> bytes:
        """Give the lines of these rows."""
        if not rows:
            return b""
        return b"\n".join([*(on_one_line(row.removeprefix(_BOM)) for row in rows), b""])

    def close(self) -> bytes:
        """Give the end of the file, which has none."""
        return b""
