"""One interval of a RobotLogs scan: disjoint by TimeStamp, cut on the client, tie groups never torn."""

from __future__ import annotations

import functools
import itertools
from operator import itemgetter
from typing import Final, TypeAlias

import attrs
import orjson

from uipath_odata.errors import DecodeError, NotProven, OrderViolation, QueryError
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Page, Row

__all__ = ["END_OF_TIME", "Partition"]

END_OF_TIME: Final = 1 << 63
_DECIMALS: Final = 7
_Timed: TypeAlias = tuple[int, Row]
_ticks_of: Final = itemgetter(0)


@attrs.define(eq=False, kw_only=True)
class Partition:
    """Read the rows with ``at <= TimeStamp < end`` in order of time, knowing only ``TimeStamp gt``.

    Every row of the interval before ``at`` has been returned once and none after it. Rows whose TimeStamp falls
    into the same ``unit`` are a tie group: the server may order them anew in each answer, so a group is returned
    only whole. An answer holds a group whole if it holds a later row too, or if nothing but later rows is left.
    """

    at: int
    end: int = END_OF_TIME
    unit: int
    page_size: int
    """A page of as many rows or more may have more behind it; a shorter one is probed."""
    window: int
    """The highest ``$skip + $top`` that the server accepts."""

    after: int = attrs.field(init=False)
    """The exclusive lower bound of the next request; negative: none is needed."""
    probe: int = attrs.field(default=0, init=False)
    """How many rows the next request skips to see a single one; 0: it asks for a page."""
    ending: str = attrs.field(default="", init=False)
    """How the interval was seen to end; empty: it has not yet."""

    _group: list[_Timed] = attrs.field(factory=list[_Timed], init=False)
    _witness: int | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._move(self.at)
        if self.at >= self.end:
            self.ending = "the interval is empty"

    @property
    def checkpoint(self) -> dict[str, str | None]:
        end = None if self.end == END_OF_TIME else str(Instant(self.end))
        return {"plan": "window", "from": str(Instant(self.at)) if self.at else None, "to": end}

    def take(self, page: Page, *, first: bool) -> list[Row]:
        """Return the rows that are now proven whole; ``first``: the page's count may say that it is all."""
        rows = [(_ticks(row, index), row) for index, row in enumerate(page.rows)]
        if self.probe:
            return self._settle(rows)
        self._check(rows)
        kept = [timed for timed in rows if self.at <= timed[0] < self.end]
        last = self._start_of_group(rows[-1][0]) if rows else END_OF_TIME
        if last >= self.end:
            return self._finish(kept, "a page passed the end of the interval" if rows else "a page was empty")
        if first and page.count == len(rows) < self.page_size:
            return self._finish(kept, "one page held the whole answer")
        return self._advance(rows, kept, last)

    def _advance(self, rows: list[_Timed], kept: list[_Timed], last: int) -> list[Row]:
        """Return all but the last tie group, and go on from that."""
        asked, stuck = self.after, last <= self._start_of_group(self.at)
        if not stuck:
            self._move(last)
        self._group = [timed for timed in kept if timed[0] >= self.at]
        if len(rows) < self.page_size or (stuck and not self._come_closer(rows)):
            self._probe_behind(rows, asked)
        return _in_order([timed for timed in kept if timed[0] < self.at])

    def _settle(self, rows: list[_Timed]) -> list[Row]:
        """Judge the held-back group by the one row behind the last page."""
        skipped, self.probe = self.probe, 0
        group, self._group = self._group, []
        if not rows:
            return self._finish(group, "nothing was left behind the last page")
        later = self._start_of_group(self.at) + self.unit
        if rows[0][0] >= later:
            self._move(later)
            return self._finish(group, "a row passed the end") if later >= self.end else _in_order(group)
        if skipped >= self.page_size:
            raise self._unreadable()
        self.page_size = skipped  # a short page with more behind it: the server's cap is lower than $top
        self._move(self.at)
        return []

    def _finish(self, rows: list[_Timed], ending: str) -> list[Row]:
        self.ending = ending
        if self.end < END_OF_TIME:
            self.at = self.end
        elif rows:
            self.at = max(ticks for ticks, _ in rows) + 1
        return _in_order(rows)

    def _move(self, at: int) -> None:
        # One unit below a multiple of the unit: a server that rounds or cuts the literal to its own
        # precision, or sorts by a key as coarse as the unit, still answers with every row from ``at`` on.
        self.at = at
        self.after = self._start_of_group(at) - self.unit
        self._witness = None

    def _come_closer(self, rows: list[_Timed]) -> bool:
        """Raise the bound where rows before ``at`` fill the page; they show how precise the server is."""
        below = max((ticks for ticks, _ in rows if ticks < self.at), default=0)
        for step in (self.unit // 10, self.unit // 100, self.unit // 1000, 1):
            if step and below // step * step - step > self.after:
                self.after, self._witness = below // step * step - step, below
                return True
        return False

    def _probe_behind(self, rows: list[_Timed], asked: int) -> None:
        if len(rows) >= self.window:
            raise self._unreadable()
        self.after, self.probe = asked, len(rows)  # ranks are those under the page's own bound

    def _check(self, rows: list[_Timed]) -> None:
        groups = [ticks // self.unit for ticks, _ in rows]
        if groups != sorted(groups):
            advice = "raise tie_unit to the precision that the server sorts by"
            raise OrderViolation(
                f"RobotLogs came out of order of TimeStamp: {advice}", checkpoint=self.checkpoint
            )
        if self._witness is not None and all(ticks != self._witness for ticks, _ in rows):
            raise self._unreadable()  # the closer bound was rounded past a row that must be there

    def _unreadable(self) -> NotProven:
        where = f"RobotLogs from {Instant(self.at)} on: more share one instant than a page holds"
        return NotProven(f"{where}; raise page_size or filter by RobotName", checkpoint=self.checkpoint)

    def _start_of_group(self, ticks: int) -> int:
        return ticks // self.unit * self.unit


def _in_order(rows: list[_Timed]) -> list[Row]:
    """Sort by time, and equal times by their bytes: the result does not depend on who answered."""
    ordered = sorted(rows, key=_ticks_of)
    if len({ticks for ticks, _ in rows}) == len(rows):
        return [row for _, row in ordered]
    ties = ([row for _, row in equal] for _, equal in itertools.groupby(ordered, key=_ticks_of))
    return [row for tied in ties for row in (sorted(tied, key=_bytes) if len(tied) > 1 else tied)]


def _bytes(row: Row) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


def _ticks(row: Row, index: int) -> int:
    try:
        return _parse(row["TimeStamp"])
    except (LookupError, TypeError, QueryError):
        raise DecodeError(
            f"RobotLog.TimeStamp in row {index} of the page is not a date-time: report the server's answer",
            entity="RobotLog",
            property="TimeStamp",
            row=index,
        ) from None


def _parse(text: str) -> int:
    """Read ticks; the usual form is read by its second, which neighbours share, at a tenth of the cost."""
    fraction = text[20:-1]
    if fraction.isdecimal() and len(fraction) <= _DECIMALS and text[19] == "." and text[-1] == "Z":
        return _second(text[:19]) + int(fraction.ljust(_DECIMALS, "0"))
    return Instant.parse(text).ticks


@functools.lru_cache(maxsize=1024)
def _second(text: str) -> int:
    return Instant.parse(f"{text}Z").ticks
