"""Escape what a terminal cannot show."""

from __future__ import annotations

import re
import sys
from typing import Final, Literal, overload

__all__ = ["counted", "form_of", "printable", "readable"]

# C0 and C1 control characters could move the cursor or change the terminal; the others end a line or reverse it.
_UNSAFE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+"
)


def counted(number: int, what: str, of: int | None = None) -> str:
    """Return a number of things in words, ``1 file`` or ``3 of 1,200 lists``."""
    whole = "" if of is None else f" of {of:,}"
    return f"{number:,}{whole} {what}{'' if (number if of is None else of) == 1 else 's'}"


def printable(text: str) -> str:
    """Return a text as one line that cannot steer a terminal."""
    return _UNSAFE.sub(" ", readable(text)).strip()


def readable(text: str) -> str:
    r"""Return a text with ``\xff`` for each byte of a file's name that is not UTF-8, which Python keeps as half a character."""
    if text.isascii():
        return text
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text
    return data.decode("utf-8", "backslashreplace")


@overload
def form_of(chosen: Literal["table", "json"] | None) -> Literal["table", "json"]: ...
@overload
def form_of(
    chosen: Literal["table", "json", "jsonl", "csv"] | None,
) -> Literal["table", "json", "jsonl", "csv"]: ...
def form_of(chosen: str | None) -> str:
    """Return the form that was chosen for what goes to standard output, else a table on a terminal and JSON elsewhere."""
    return chosen or ("table" if sys.stdout.isatty() else "json")
