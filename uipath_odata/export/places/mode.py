"""The rights of files that an export makes."""

from __future__ import annotations

import os
from typing import Final

from uipath_odata.errors import QueryError

__all__ = ["OWN", "check_mode", "mode_in"]

OWN: Final = 0o600
"""What files have unless others may read them."""
_READ_AND_WRITE: Final = 0o666


def mode_in(text: str | int) -> int:
    """Read rights as chmod writes them: ``0640``. Raise QueryError for another text."""
    if isinstance(text, int):
        return text
    try:
        return int(text, 8)
    except ValueError:
        raise _refusal(text) from None


def check_mode(mode: int | None) -> None:
    """Raise QueryError for rights under which an export cannot continue its own files, or that are not for files of rows."""
    if mode is None:
        return
    if os.name == "nt":
        raise QueryError(
            "mode= is for POSIX, and this is Windows: give rights to the directory, and leave it out"
        )
    if type(mode) is not int:
        raise QueryError(f"mode={mode!r} is not a number: give one in octal, such as 0o640")
    if mode & ~_READ_AND_WRITE or mode & OWN != OWN:
        raise _refusal(oct(mode))


def _refusal(given: str) -> QueryError:
    return QueryError(f"mode={given!r} cannot be: the owner reads and writes, others may too, as in '0640'")
