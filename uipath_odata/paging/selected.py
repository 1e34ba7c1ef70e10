"""The properties that a plan selects besides the user's; they are reported, and left out of the rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from uipath_odata.odata.rows.raw_row import RawRow
from uipath_odata.paging.plan import Row

__all__ = ["selecting", "without"]


def selecting(names: Iterable[str]) -> tuple[str, ...]:
    """Say in a plan's ``added`` which properties it selects."""
    return tuple(f"$select: {name}" for name in names)


def without(names: Collection[str], rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows, as dicts or as sent, without these properties."""
    return [_without(row, names) for row in rows] if names else rows


def _without(row: Row, names: Collection[str]) -> Row:
    kept = tuple(name for name in row.keys() if name not in names)  # noqa: SIM118 - no row promises to be iterable
    return row.only(kept) if isinstance(row, RawRow) else {name: row[name] for name in kept}
