"""What a scan assumes about the server, and what its answers have shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import attrs

from uipath_odata.errors import OrderViolation
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.rows.raw_row import RawRow
from uipath_odata.paging.plan import Page, Proof, ProofKind, Row, weakest
from uipath_odata.paging.window.request import WindowRequest
from uipath_odata.paging.window.timestamps import Stamped, stamped

__all__ = ["ServerProfile", "selected_by"]

_NAMES: Final = re.compile(r"\w+(?:,\w+)*")
_MEMORY: Final = 0.9
"""How much of its weight a page keeps with each one after it: a density over about ten pages."""


@attrs.define(eq=False, kw_only=True)
class ServerProfile:
    """One server's limits and precision, shared by all intervals of a scan."""

    unit: int
    """Ticks. Rows whose TimeStamps fall into the same unit, a bucket, come in any order."""
    page_size: int
    window: int
    """The highest ``$skip + $top`` that the server accepts."""
    upper_bound: bool | None = None
    """Whether ``TimeStamp lt`` is honoured; None: not known yet."""
    equalities: int = 95
    """How many conditions a filter has room for beside its bound on TimeStamp; Orchestrator allows 100."""
    characters: int = 4_000
    """How long these may be in the URL."""
    selected: tuple[str, ...] = ()
    """What to keep of a row that was read whole; empty: all."""

    capacity: int = attrs.field(init=False)
    """A page of as many rows may have more after it; the server's own cap may be lower than ``$top``."""
    notes: list[str] = attrs.field(factory=list[str], init=False)
    latest: int = attrs.field(default=-1, init=False)
    """The latest TimeStamp that any answer showed; -1: none showed a row."""
    earliest: int = attrs.field(default=-1, init=False)
    """The earliest that any answer showed."""
    largest_tie: int = attrs.field(default=0, init=False)
    """How many rows the largest bucket had that was read by itself, in and out of the interval."""
    answers: int = attrs.field(default=0, init=False)
    honours_order: bool = attrs.field(default=False, init=False)
    """Whether an answer in descending order agreed with those in ascending order."""
    ignored_filters: set[str] = attrs.field(factory=set[str], init=False)
    """The properties whose ``eq`` or ``ne`` is refused or ignored."""
    remainders: dict[str, bool] = attrs.field(factory=dict[str, bool], init=False)
    """Whether ``ne`` on a property leaves out the values that it names, and no others."""
    honours_or: bool | None = attrs.field(default=None, init=False)
    """Whether conditions joined by ``or`` are honoured; None: not known yet."""
    has_totals: bool = attrs.field(default=True, init=False)
    """Whether GetTotalCount was not seen to be missing."""
    counts_nothing: bool | None = attrs.field(default=None, init=False)
    """Whether a count says 0 where there is nothing; None: not known yet."""
    proof: Proof = attrs.field(default=Proof("by_later_bucket", ""), init=False)
    """The weakest so far."""
    _rows: float = attrs.field(default=0.0, init=False)
    _ticks: float = attrs.field(default=0.0, init=False)

    def __attrs_post_init__(self) -> None:
        self.capacity = self.page_size

    @property
    def density(self) -> float | None:
        """Rows per tick, over the last pages; None: not known yet."""
        return self._rows / self._ticks if self._ticks else None

    def bucket_of(self, ticks: int) -> int:
        """Return the first tick of the bucket that an instant belongs to."""
        return ticks // self.unit * self.unit

    def after_bucket(self, ticks: int) -> int:
        """Return the first tick after the bucket that an instant belongs to."""
        return self.bucket_of(ticks) + self.unit

    def below_bucket(self, ticks: int) -> int:
        """Return the bound under which a bucket is shown whole; negative: none is needed.

        One unit below a multiple of the unit: a server that rounds or cuts the literal to its own precision, or
        sorts by a key as coarse as the unit, still answers with every row of the bucket.
        """
        return self.bucket_of(ticks) - self.unit

    def rows_of(self, request: WindowRequest, page: Page) -> list[Stamped]:
        """Read an answer, oldest row first; raise OrderViolation where it contradicts its request."""
        self.answers += 1
        rows = stamped(page.rows, self.unit, falling=request.falling)
        if rows and rows[0][0] < request.after - self.unit:
            raise OrderViolation(
                f"RobotLogs of {Instant(rows[0][0])} came although TimeStamp gt {Instant(request.after)} was asked "
                "for: the server ignores the filter. Read with stream(paging='offset'), which proves less"
            )
        if len(rows) > request.top > 0:
            self.note(f"The server sent {len(rows)} rows where $top={request.top} was asked for")
        if rows:
            self._learn_order(request, rows[0][0], rows[-1][0])
        return rows

    @property
    def shows_order(self) -> bool:
        """Whether rows of two buckets were seen: of one, nothing tells in which order the server sends them."""
        return self.bucket_of(self.earliest) < self.bucket_of(self.latest)

    def _learn_order(self, request: WindowRequest, oldest: int, newest: int) -> None:
        agrees = request.falling and not request.where and newest >= self.bucket_of(self.latest)
        self.latest = max(self.latest, newest)
        self.earliest = oldest if self.earliest < 0 else min(self.earliest, oldest)
        self.honours_order |= agrees and self.shows_order

    def measure(self, rows: list[Stamped], at: int, last: int) -> None:
        """Take in how densely the rows of a page lie from an instant to the bucket that begins at ``last``."""
        ahead = [ticks for ticks, _ in rows if ticks >= at]
        since = at or ahead[0]  # an open start says nothing about the rows
        self._rows = self._rows * _MEMORY + len(ahead)
        self._ticks = self._ticks * _MEMORY + last + self.unit - since

    def prove(self, kind: ProofKind, reason: str) -> None:
        """Take in what shows that some rows are all."""
        self.proof = weakest([self.proof, Proof(kind, reason)])

    def note(self, note: str) -> None:
        """Remember something unusual for the report, once."""
        if note not in self.notes:
            self.notes.append(note)

    def kept(self, row: Row) -> Row:
        """Return what the user selected of a whole row."""
        if isinstance(row, RawRow):
            return row.only(self.selected) if self.selected else row
        return {name: row[name] for name in self.selected if name in row} if self.selected else row


def selected_by(options: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of a plain ``$select``; none without one, or where it has paths: then rows stay whole."""
    text = options.get("$select", "").replace(" ", "")
    return tuple(text.split(",")) if _NAMES.fullmatch(text) else ()
