"""What may be shown on a terminal."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["printable"]

# C0 and C1 control characters could move the cursor or change the terminal; the others end a line or reverse it.
_UNSAFE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+"
)


def printable(text: str) -> str:
    """Return a text as one line that cannot steer a terminal."""
    return _UNSAFE.sub(" ", text).strip()
