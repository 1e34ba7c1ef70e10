"""Rows of one bucket as the answers showed them; only their bytes identify them."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from uipath_odata.paging.window.timestamps import Stamped, identity

__all__ = ["Copies"]


@attrs.define(eq=False)
class Copies:
    """Each row as often as any one answer showed it: no answer shows a row twice, so that many exist at least."""

    _seen: dict[bytes, list[Stamped]] = attrs.field(factory=dict[bytes, list[Stamped]])

    def __len__(self) -> int:
        return sum(map(len, self._seen.values()))

    @property
    def rows(self) -> list[Stamped]:
        return [one for copies in self._seen.values() for one in copies]

    @property
    def have_twins(self) -> bool:
        """Whether one answer showed two rows that are alike in every byte."""
        return any(len(copies) > 1 for copies in self._seen.values())

    def learn(self, rows: Iterable[Stamped]) -> None:
        """Take in the rows of one answer."""
        shown: dict[bytes, list[Stamped]] = {}
        for one in rows:
            shown.setdefault(identity(one[1]), []).append(one)
        for known, ones in shown.items():
            if len(ones) > len(self._seen.get(known, ())):
                self._seen[known] = ones

    def join(self, others: Copies) -> None:
        """Take in what other answers showed."""
        for known, ones in others._seen.items():
            if len(ones) > len(self._seen.get(known, ())):
                self._seen[known] = ones

    def shared_with(self, others: Copies) -> int:
        """Count the different rows that were seen here and there."""
        return len(self._seen.keys() & others._seen.keys())
