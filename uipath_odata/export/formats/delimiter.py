"""The character between the cells of a CSV file."""

from __future__ import annotations

from typing import Final, cast

from uipath_odata.errors import QueryError

__all__ = ["DELIMITER", "check_delimiter"]

DELIMITER: Final = ","
_IN_CELLS: Final = frozenset("\"'\r\n\0+-._")
"""What stands in numbers, in quotes or in names of columns."""


def check_delimiter(delimiter: str) -> None:
    """Raise QueryError for what is not one character that can stand between bare cells."""
    if (
        not isinstance(cast("object", delimiter), str)
        or len(delimiter) != 1
        or not delimiter.isascii()
        or delimiter.isalnum()
        or delimiter in _IN_CELLS
    ):
        raise QueryError(
            f"delimiter={delimiter!r} cannot stand between cells: write one sign, such as ';' or '|', or a tab"
        )
