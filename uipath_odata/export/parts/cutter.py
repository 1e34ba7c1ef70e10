"""Where a part ends: after so many rows, whatever pages they came in, so that a resumed export is the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import attrs

from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Row

__all__ = ["Cutter", "Piece"]

R = TypeVar("R", bound=Row)


@attrs.frozen
class Piece(Generic[R]):
    """Rows for the open part, which ends after them where there is a ``cursor`` to resume from."""

    rows: Sequence[R]
    cursor: Any = None


@attrs.define(eq=False)
class Cutter:
    """Cut pages into parts of ``size`` rows and those that share the last one's key.

    ``unit`` is how many ticks of a TimeStamp are one key. A plan that reads by key can resume after any key; of
    other plans, parts end where a page does.
    """

    size: int
    unit: int = 10_000
    rows: int = attrs.field(default=0, init=False)
    """Of the open part."""

    def cut(self, page: Sequence[R], checkpoint: Mapping[str, Any] | None) -> list[Piece[R]]:
        """Return a page in pieces; ``checkpoint`` is the stream's after it, None where it has none."""
        if checkpoint is None:
            self.rows += len(page)
            return [Piece(page)]
        if checkpoint.get("plan") not in _KEYED:
            self.rows += len(page)
            return [self._ended(page, checkpoint) if self.rows >= self.size else Piece(page)]
        key, after = _KEYED[checkpoint["plan"]]
        pieces = list[Piece[R]]()
        start = 0
        while (last := start + self.size - self.rows - 1) < len(page):
            last_key = key(page[last], self.unit)
            end = last + 1
            while end < len(page) and key(page[end], self.unit) == last_key:
                end += 1
            cursor = after(checkpoint, last_key, self.unit, len(page) - end)
            pieces.append(self._ended(page[start:end], cursor))
            start = end
        self.rows += len(page) - start
        return [*pieces, Piece(page[start:])] if start < len(page) else pieces

    def _ended(self, rows: Sequence[R], cursor: Any) -> Piece[R]:
        self.rows = 0
        return Piece(rows, cursor)


def _id(row: Row, unit: int) -> int:
    del unit
    return int(row["Id"])


def _tie_group(row: Row, unit: int) -> int:
    return Instant.parse(row["TimeStamp"]).ticks // unit


def _after_id(checkpoint: Mapping[str, Any], key: int, unit: int, more: int) -> dict[str, Any]:
    del unit
    return {**checkpoint, "after": key, **_left(checkpoint, more)}


def _after_group(checkpoint: Mapping[str, Any], key: int, unit: int, more: int) -> dict[str, Any]:
    return {**checkpoint, "from": str(Instant((key + 1) * unit)), **_left(checkpoint, more)}


def _left(checkpoint: Mapping[str, Any], more: int) -> dict[str, Any]:
    """Return what is left of a total, and what was given, after a row that ``more`` rows of its page follow."""
    left = {"left": checkpoint["left"] + more} if "left" in checkpoint else {}
    return {**left, "given": checkpoint["given"] - more} if "given" in checkpoint else left


_KEYED: Final[Mapping[str, tuple[Callable[[Row, int], int], Callable[[Any, int, int, int], Any]]]] = {
    "keyset": (_id, _after_id),
    "window": (_tie_group, _after_group),
}
