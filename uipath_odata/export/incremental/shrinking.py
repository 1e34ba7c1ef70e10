"""Refuse a night that sees much less than a lake has: one answer never empties a lake.

`RunStart` asks when a run begins, and `PartWriter.finish` for rows that were asked for by their Ids.
"""

from __future__ import annotations

from typing import Final

import attrs

from uipath_odata.errors import ExportError

__all__ = ["Shrinking"]

_ROWS: Final = 10
_SHARE: Final = 0.05


@attrs.frozen
class Shrinking:
    """How much of a list may be gone at once: 10 rows or 5 % of them, but not all; any number where that is allowed."""

    key: str
    """Of the list."""
    entity_set: str
    is_allowed: bool = False

    def check(self, lost: int, held: int, *, shows_none: bool = False) -> None:
        """Raise ExportError where ``lost`` of the ``held`` rows are not there any more, and that is too many.

        Any are too many where the server shows none at all, which one empty answer looks like.
        """
        few = lost <= _ROWS or lost <= held * _SHARE
        if self.is_allowed or not lost or (few and not shows_none):
            return
        raise ExportError(
            f"{lost:,} of {held:,} rows of {self.key} that this export holds are not on the server any more, and nothing "
            "was changed: find out why it shows less, or accept that for this run with "
            f"allow_shrink={self.entity_set!r}"
        )
