"""The result of adding rows to a queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs

__all__ = ["AddProgress", "AddResult", "OnProgress", "RowResult"]


@attrs.frozen
class RowResult:
    """One row: its number from 1, its Reference, and why it did not become a new item, as this package or the server says it."""

    row: int
    reference: str | None
    reason: str = ""


@attrs.frozen
class AddProgress:
    """How many rows are decided so far, and how."""

    added: int = 0
    duplicates: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        """The number of all rows that are decided."""
        return self.added + self.duplicates + self.rejected


OnProgress: TypeAlias = Callable[[AddProgress], object]


@attrs.frozen
class AddResult:
    """All rows, in the order of their numbers.

    ``duplicates`` are those whose Reference the queue had before. ``undecided`` is empty unless the result comes with
    ``RowsUndecided``: those may or may not have been added.
    """

    added: list[RowResult] = attrs.field(factory=list[RowResult])
    duplicates: list[RowResult] = attrs.field(factory=list[RowResult])
    rejected: list[RowResult] = attrs.field(factory=list[RowResult])
    undecided: list[RowResult] = attrs.field(factory=list[RowResult])

    @property
    def progress(self) -> AddProgress:
        """The numbers of rows."""
        return AddProgress(len(self.added), len(self.duplicates), len(self.rejected))

    def sort(self) -> None:
        """Bring the rows, which are decided several chunks at a time, into their order."""
        for rows in (self.added, self.duplicates, self.rejected, self.undecided):
            rows.sort(key=lambda each: each.row)

    def __repr__(self) -> str:
        counts = {name: len(getattr(self, name)) for name in ("added", "duplicates", "rejected", "undecided")}
        return f"<AddResult {', '.join(f'{name}={count}' for name, count in counts.items())}>"
