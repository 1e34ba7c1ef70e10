"""What a scan assumes of the server that keeps RobotLogs, and what the answers have taught it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import attrs

from uipath_odata.odata.rows.raw_row import RawRow
from uipath_odata.paging.plan import Row
from uipath_odata.paging.window.timestamps import Timed

__all__ = ["ServerProfile"]

_NAMES: Final = re.compile(r"\w+(?:,\w+)*")


@attrs.define(eq=False, kw_only=True)
class ServerProfile:
    """One server's limits and precision, shared by all partitions of a scan."""

    unit: int
    """Rows whose TimeStamps fall into the same unit, in ticks, come in any order."""
    page_size: int
    window: int
    """The highest ``$skip + $top`` that is accepted."""
    upper_bound: bool | None = None
    """Whether ``TimeStamp lt`` is honoured; None: not known yet."""
    exact: bool = False
    """Whether a short first page is the whole list if the server counts no more."""
    equalities: int = 5
    """How many a filter may have beside its bound on TimeStamp: Orchestrator allows 100 comparisons."""
    characters: int = 4_000
    """How long these may be in the URL."""
    selected: tuple[str, ...] = ()
    """What to keep of a row that was read whole; empty: all."""

    capacity: int = attrs.field(init=False)
    """A page of as many rows may have more behind it; the server's own cap may be lower than ``$top``."""
    notes: list[str] = attrs.field(factory=list[str], init=False)
    latest: int = attrs.field(default=-1, init=False)
    """The latest TimeStamp that any answer showed."""
    counted: int | None = attrs.field(default=None, init=False)
    """How many rows the first answer counted."""
    read: int = attrs.field(default=0, init=False)
    begun: int = attrs.field(default=0, init=False)
    """How many partitions were begun and have not ended."""
    deaf: set[str] = attrs.field(factory=set[str], init=False)
    """The properties whose ``eq`` is refused or ignored."""

    def __attrs_post_init__(self) -> None:
        self.capacity = self.page_size

    def group_of(self, ticks: int) -> int:
        """Give the first tick of the tie group that an instant belongs to."""
        return ticks // self.unit * self.unit

    def seen(self, rows: list[Timed]) -> list[Timed]:
        """Take in that an answer showed these rows."""
        self.latest = max(self.latest, rows[-1][0] if rows else -1)
        return rows

    def note(self, note: str) -> None:
        """Remember something unusual for the report, once."""
        if note not in self.notes:
            self.notes.append(note)

    def kept(self, row: Row) -> Row:
        """Give what the user selected of a whole row."""
        if isinstance(row, RawRow):
            return row.only(self.selected) if self.selected else row
        return {name: row[name] for name in self.selected if name in row} if self.selected else row


def selected_by(options: Mapping[str, str]) -> tuple[str, ...]:
    """Give the names of a plain ``$select``; none if there is none, or one with paths, where rows are given whole."""
    text = options.get("$select", "").replace(" ", "")
    return tuple(text.split(",")) if _NAMES.fullmatch(text) else ()
