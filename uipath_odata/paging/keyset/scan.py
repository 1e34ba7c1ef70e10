"""What the answers of a reading by Id show, one after the other: the states of the package's page of theory."""

from __future__ import annotations

import enum
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.paging.keyset.bound import IdBound, find_bound, is_counted_twice
from uipath_odata.paging.keyset.checkpoint import HIGHEST, LOWEST
from uipath_odata.paging.keyset.delivery import IdDelivery
from uipath_odata.paging.keyset.equal_ids import EqualRows, read_equal_ids
from uipath_odata.paging.keyset.evidence import Evidence
from uipath_odata.paging.keyset.keys import Keys
from uipath_odata.paging.keyset.last_count import LastCount
from uipath_odata.paging.keyset.ranges import Density, Range, Ranges
from uipath_odata.paging.keyset.requests import KeysetRequests
from uipath_odata.paging.plan import Page, Row
from uipath_odata.paging.steps import Ask, Conversation

__all__ = ["Phase", "Scan"]

_SHORT: Final = "one short page, which the server counts as all, and nothing was asked after it: exact() asks for the other end"
_BY_FOLDER: Final = "equal Ids were read by folder, and what has no folder was asked for, too"


class Phase(enum.Enum):
    """What is asked for."""

    FIRST = enum.auto()
    BOUND = enum.auto()
    RANGES = enum.auto()
    COUNT = enum.auto()
    DONE = enum.auto()


@attrs.define(eq=False, kw_only=True)
class Scan:
    """Cover the keys of a list; ``bound`` is the largest, None as long as it is not known."""

    requests: KeysetRequests
    keys: Keys
    ranges: Ranges
    delivery: IdDelivery
    evidence: Evidence
    density: Density
    check: Callable[[Sequence[Row]], None]
    exact: bool
    resumed: bool
    bound: int | None

    phase: Phase = attrs.field(default=Phase.FIRST, init=False)
    talk: Conversation[Any] | None = attrs.field(default=None, init=False)
    """A question that goes alone."""
    bucket: list[Row] = attrs.field(factory=list[Row], init=False)
    """The rows of the bound itself, which are given out last."""

    _first: Page = attrs.field(factory=lambda: Page([]), init=False)
    _counted_at_end: int | None = attrs.field(default=None, init=False)
    _torn: set[int] = attrs.field(factory=set[int], init=False)
    _repeated: set[int] = attrs.field(factory=set[int], init=False)

    @property
    def to(self) -> int:
        return HIGHEST if self.bound is None else self.bound

    def ask(self, range_: Range) -> Ask:
        """Return the next request about a range."""
        if range_.steps is not None and range_.steps.ask is not None:
            return range_.steps.ask
        return Ask(self.requests.page(range_.lo, self.to, count=self.phase is Phase.FIRST))

    def on_talk(self, talk: Conversation[Any], page: Page) -> None:
        """Take in the answer to the question that went alone."""
        if not talk.answer(page):
            return
        self.talk = None
        if isinstance(talk.result, IdBound):
            self._on_bound(talk.result)
        else:
            self.evidence.late, self.phase = talk.result or 0, Phase.DONE

    def on_range(self, range_: Range, page: Page) -> None:
        """Take in the answer to a request about a range, which stays unread if that is not what was asked for."""
        self.check(page.rows)
        if range_.steps is not None:
            self._on_equal_ids(range_, range_.steps, page)
        elif self.phase is Phase.FIRST:
            self._on_first(range_, page)
        else:
            keys = self.keys.read(page.rows, range_.lo, self.to)
            self.ranges.answered(range_)
            self._cover_by(range_, keys, page.rows)

    def settle(self) -> None:
        """Go to the next state where nothing is left to read in this one."""
        if self.phase is not Phase.RANGES or self.ranges.unread:
            return
        if self.bucket:
            self._cover(self.to - 1, self.bucket, self.to)
            self.bucket = []
        self.phase = Phase.DONE
        if self.delivery.is_enough:
            return
        if not self.exact:
            self.evidence.compare_with_first()
        elif self._counted_at_end is None or self._counted_at_end > self.evidence.found:
            self._ask_for_last_count()

    def _ask_for_last_count(self) -> None:
        if self.evidence.segments:
            compare = LastCount(
                requests=self.requests, keys=self.keys, first=self.evidence.first, note=self.evidence.note
            )
            self.phase, self.talk = Phase.COUNT, Conversation(compare.compare(self.evidence.segments))

    def _on_first(self, range_: Range, page: Page) -> None:
        is_short = page.count == len(page.rows) < self.requests.page_size and page.next_link is None
        ends = is_short and not self.exact and not self.resumed
        # The order of a list that one page holds was not the user's wish, unless there is one.
        is_free = ends and "$orderby" not in self.requests.options
        keys = self.keys.read(page.rows, range_.lo, self.to, in_order=not is_free)
        self.ranges.answered(range_)
        if not keys and page.count and self._repeat(range_):
            return
        self._first = page
        if not self.resumed:
            self.evidence.first = page.count
        if ends or (not keys and self.bound is None):
            self._end_at_once(range_, keys, page)
            return
        self._size_up(keys, page)
        self.phase = Phase.BOUND if self.bound is None else Phase.RANGES
        self._cover_by(range_, keys, page.rows)
        if self.phase is Phase.BOUND:
            # Where the list seems to be at its end, the last count comes with the other end, for nothing.
            counts = self.exact and (page.count is None or page.count <= len(keys))
            self.talk = Conversation(find_bound(self.requests, self.keys, keys[-1], count=counts))

    def _end_at_once(self, range_: Range, keys: list[int], page: Page) -> None:
        self.phase = Phase.DONE
        end = max(keys, default=range_.lo)
        self.bound = end if end > LOWEST else None
        if keys:
            self._cover(range_.lo, page.rows, max(keys))
            self.evidence.weaken("none", _SHORT)
        elif self.resumed:
            pass  # nothing came since
        elif not page.count:
            self.evidence.weaken("by_one_answer", "the first answer was empty")
        elif self.exact:
            raise NotProven(
                f"The server counts {page.count} rows and sends none, asked twice: ask its administrator why, or read "
                "without exact()"
            )
        else:
            self.evidence.compare_with_first()

    def _on_bound(self, bound: IdBound) -> None:
        self.phase = Phase.RANGES
        self.bound, self._counted_at_end = bound.key, bound.page.count
        rest = self.ranges.waiting.pop()
        hi = bound.key
        if self.keys.linked and bound.bucket is not None:
            self.check(bound.bucket)
            self.bucket, hi = bound.bucket, bound.key - 1
        elif self.keys.linked and not self.evidence.found and is_counted_twice(self._first, bound.page):
            self._cover(rest.lo, self._first.rows, hi)
            self.evidence.weaken("by_count", "two answers showed the same rows, and each counted as many")
            return
        self.ranges.wait(Range(rest.lo, hi))
        more = (self._first.count or 0) - len(self._first.rows)
        if more > 0 and hi > rest.lo:
            self.density.gap = (hi - rest.lo) / more

    def _cover_by(self, range_: Range, keys: list[int], rows: list[Row]) -> None:
        """Cover what an answer about a range shows to be complete, and let the rest wait."""
        if not keys:
            self._on_nothing(range_)
            return
        torn = range_.lo + 1 in self._torn and keys[0] > range_.lo + 1
        if torn and self._repeat(range_):
            return
        self.ranges.widen(range_)
        last, linked = keys[-1], self.keys.linked
        end = last - 1 if linked and last <= range_.hi else min(last, range_.hi)
        cut = bisect_right(keys, end)
        self._cover(range_.lo, rows[:cut], end)
        if self.phase is Phase.BOUND and not cut:
            self.ranges.wait(Range(end, range_.hi))
            return
        if self.phase is Phase.RANGES:
            self.density.learn(len(keys), last - range_.lo)
        if cut or not linked:
            self._torn.update({last} if end < last <= range_.hi else ())
            self.ranges.wait(Range(end, range_.hi))
        elif last <= range_.hi:
            steps = Conversation(read_equal_ids(self.requests, self.keys, last))
            self.ranges.wait(Range(end, last, steps), Range(last, range_.hi))

    def _on_nothing(self, range_: Range) -> None:
        """Take in an empty answer: below the bound it is doubted once, because the bound was seen."""
        if not self._repeat(range_):
            for empty in (range_, *self.ranges.drop_above(range_.lo)):
                self._cover(empty.lo, [], empty.hi)

    def _on_equal_ids(self, range_: Range, steps: Conversation[EqualRows], page: Page) -> None:
        is_last = steps.answer(page)
        self.ranges.answered(range_)
        if not is_last:
            self.ranges.wait(range_)
            return
        equal = steps.result or EqualRows([])
        self._cover(range_.lo, equal.rows, range_.hi)
        if equal.kind == "by_remainder":
            self.evidence.weaken(equal.kind, _BY_FOLDER)

    def _repeat(self, range_: Range) -> bool:
        """Ask about a range once more, unless that was done already."""
        if range_.lo in self._repeated:
            return False
        self._repeated.add(range_.lo)
        self.ranges.wait(range_)
        return True

    def _cover(self, lo: int, rows: list[Row], end: int) -> None:
        self.delivery.add(lo, end, rows)
        if lo == LOWEST and self.keys.descending:
            # What is newer than the first row came since, and was not asked for.
            lo = self.keys.read(rows[:1])[0] - 1 if rows else end
        self.evidence.add(lo, end, len(rows))

    def _size_up(self, keys: list[int], page: Page) -> None:
        """Let the first page say how dense the Ids are, and how many rows a page holds."""
        rows, size = len(keys), self.requests.page_size
        if rows > size:
            self.evidence.note("The server sent pages longer than $top")
        if keys:
            self.density.gap = max(1, keys[-1] - keys[0]) / rows
        if rows < size and page.count is not None and page.count > rows:
            self.density.capacity = max(rows, 1)
