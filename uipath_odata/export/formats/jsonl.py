"""JSON Lines: the rows' own bytes, one object a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["JsonLinesWriter"]

_BLOCK: Final = 500
"""Rows that a processor's cache holds while they are joined, hashed and written."""


class JsonLinesWriter:
    """Write rows as they are; each comes on one line."""

    def write(self, rows: Sequence[bytes]) -> Iterator[bytes]:
        """Return the lines of these rows."""
        for start in range(0, len(rows), _BLOCK):
            yield b"\n".join([*rows[start : start + _BLOCK], b""])

    def close(self) -> bytes:
        """Return the end of the file, which has none."""
        return b""
