"""Rows that do not say when they changed: they are asked for by Id until they are final."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from uipath_odata.odata.instant import Instant
from uipath_odata.odata.rows.raw_row import RawRow

__all__ = ["FOLLOWED", "Followed"]

_ANCESTORS: Final = ("AncestorId", "ManualAncestorId")
_END: Final = "EndProcessing"


@attrs.frozen(kw_only=True)
class Followed:
    """What tells whether a row may still change."""

    status: str
    """The property."""
    final: frozenset[str]
    """States that a row never leaves."""
    failed: frozenset[str] = frozenset()
    """States that it leaves only where somebody tries once more, which old ones see no more."""

    @property
    def names(self) -> tuple[str, ...]:
        """The properties that are looked at."""
        return (self.status, *((_END, *_ANCESTORS) if self.failed else ()))

    def is_open(self, row: RawRow) -> bool:
        """Tell whether a row may still change."""
        return row[self.status] not in self.final

    def failed_at(self, row: RawRow, read_at: int) -> int | None:
        """Return the tick at which a row failed, by what it says or else when it was read; None where it has not."""
        if row[self.status] not in self.failed:
            return None
        try:
            return Instant.parse(row[_END]).ticks
        except (ValueError, TypeError):
            return read_at

    def ancestors(self, row: RawRow) -> list[int]:
        """Return the Ids of failed rows that this one is another try of."""
        if not self.failed:
            return []
        found: list[Any] = [row[name] for name in _ANCESTORS]
        return [each for each in found if type(each) is int]


FOLLOWED: Final[Mapping[str, Followed]] = {
    "QueueItems": Followed(
        status="Status",
        final=frozenset({"Successful", "Retried", "Deleted"}),
        failed=frozenset({"Failed", "Abandoned"}),
    ),
    "Jobs": Followed(status="State", final=frozenset({"Successful", "Faulted", "Stopped"})),
    "Tasks": Followed(status="Status", final=frozenset({"Completed"})),
}
"""By set; a failed queue item may still be retried by hand."""
