"""JSON Lines: the rows' own bytes, one object per line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["JsonLinesWriter"]

_BLOCK: Final = 500
"""Rows that a processor's cache holds while they are joined, hashed and written."""

_HALVES: Final = re.compile(rb"\\u[dD][89a-fA-F]")
# RFC 8259, 7 and 8.2: a character beyond U+FFFF is two escapes, and one of them alone is no character.
_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_REPLACEMENT: Final = rb"\ufffd"


class JsonLinesWriter:
    """Write rows as they are; each comes on one line.

    Some readers refuse a file for half of a character in it: with ``replace_surrogates`` it becomes U+FFFD.
    """

    def __init__(self, *, replace_surrogates: bool = False) -> None:
        self._replaces = replace_surrogates

    def write(self, rows: Sequence[bytes]) -> Iterator[bytes]:
        """Return the lines of these rows."""
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            yield b"\n".join([*(map(_whole, block) if self._replaces else block), b""])

    def close(self) -> bytes:
        """Return the end of the file, which has none."""
        return b""


def _whole(row: bytes) -> bytes:
    return _ESCAPE.sub(_replaced, row) if _HALVES.search(row) else row


def _replaced(escape: re.Match[bytes]) -> bytes:
    return _REPLACEMENT if escape["half"] else escape[0]
