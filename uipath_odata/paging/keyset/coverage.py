"""Which keys the answers have covered; a row that an answer showed must come, or have been deleted."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final

import attrs

from uipath_odata.errors import OrderViolation
from uipath_odata.paging.keyset.checkpoint import HIGHEST, LOWEST
from uipath_odata.paging.keyset.delivery import IdDelivery
from uipath_odata.paging.keyset.equal_ids import EqualRows, read_equal_ids
from uipath_odata.paging.keyset.evidence import Evidence
from uipath_odata.paging.keyset.keys import Keys
from uipath_odata.paging.keyset.ranges import Density, Range, Ranges
from uipath_odata.paging.keyset.requests import KeysetRequests
from uipath_odata.paging.plan import Page, Row
from uipath_odata.paging.steps import Ask, Conversation, Steps

__all__ = ["Coverage"]

_BY_FOLDER: Final = "equal Ids were read by folder, and what has no folder was asked for, too"


@attrs.frozen
class _Owed:
    """What became of rows that were shown and did not come: still there, or gone."""

    there: list[int]
    gone: list[int]


@attrs.define(eq=False, kw_only=True)
class Coverage:
    """Cover ranges of keys by answers, each key once, and hand their rows on."""

    requests: KeysetRequests
    keys: Keys
    ranges: Ranges
    delivery: IdDelivery
    evidence: Evidence
    density: Density

    reached: int = attrs.field(default=LOWEST, init=False)
    """The highest key up to which rows were covered."""
    _owed: set[int] = attrs.field(factory=set[int], init=False)
    """Keys that an answer showed and that nothing covers yet."""
    _repeated: set[int] = attrs.field(factory=set[int], init=False)

    def cover(self, lo: int, rows: list[Row], end: int) -> None:
        """Take in that these are all rows of the keys above ``lo`` up to ``end``."""
        self.delivery.add(lo, end, rows)
        self._owed = {each for each in self._owed if not lo < each <= end}
        if rows:
            self.reached = max(self.reached, end)
        if lo == LOWEST and self.keys.descending:
            # What is newer than the first row came since, and was not asked for.
            lo = self.keys.read(rows[:1])[0] - 1 if rows else end
        self.evidence.add(lo, end, len(rows))

    def by_first(self, range_: Range, keys: list[int], rows: list[Row]) -> None:
        """Cover what the first answer shows to be complete, while nothing is known of the other end of the list."""
        end = self._cover_below_last(range_, keys, rows)
        self.ranges.wait(Range(end, range_.hi))

    def by_answer(self, range_: Range, keys: list[int], rows: list[Row]) -> None:
        """Cover what an answer about a range shows to be complete, and let the rest wait."""
        if keys:
            self.ranges.widen(range_)
        if self._lacks_owed(range_, keys):
            return
        if not keys:
            self._by_nothing(range_)
            return
        self.density.learn(len(keys), keys[-1] - range_.lo)
        end, last = self._cover_below_last(range_, keys, rows), keys[-1]
        if not self.keys.linked or keys[0] <= end:
            self.ranges.wait(Range(end, range_.hi))
        elif last <= range_.hi:
            steps = Conversation(read_equal_ids(self.requests, self.keys, last))
            self.ranges.wait(Range(end, last, steps), Range(last, range_.hi))

    def by_steps(self, range_: Range, steps: Conversation[Any], page: Page) -> None:
        """Take in an answer to the questions that are asked about a range one after the other."""
        is_last = steps.answer(page)
        self.ranges.answered(range_)
        if not is_last:
            self.ranges.wait(range_)
        elif isinstance(steps.result, _Owed):
            self._judge_owed(Range(range_.lo, range_.hi), steps.result)
        else:
            equal = steps.result or EqualRows([])
            self.cover(range_.lo, equal.rows, range_.hi)
            if equal.kind == "by_remainder":
                self.evidence.weaken(equal.kind, _BY_FOLDER)

    def repeat(self, range_: Range) -> bool:
        """Ask about a range once more, unless that was done already."""
        if range_.lo in self._repeated:
            return False
        self._repeated.add(range_.lo)
        self.ranges.wait(range_)
        return True

    def _cover_below_last(self, range_: Range, keys: list[int], rows: list[Row]) -> int:
        """Cover up to the last key of an answer; the page's end may have torn that one in a linked queue."""
        last = keys[-1]
        end = last - 1 if self.keys.linked and last <= range_.hi else min(last, range_.hi)
        cut = bisect_right(keys, end)
        self.cover(range_.lo, rows[:cut], end)
        self._owed.update(keys[cut:])
        return end

    def _by_nothing(self, range_: Range) -> None:
        """Take in an empty answer: below the bound it is doubted once, because the bound was seen."""
        if range_.hi < HIGHEST and self.repeat(range_):
            return
        for empty in (range_, *self.ranges.drop_above(range_.lo)):
            self.cover(empty.lo, [], empty.hi)

    # Rows that were shown

    def _lacks_owed(self, range_: Range, keys: list[int]) -> bool:
        """Ask by themselves for rows that were shown before, and are not among those that come now."""
        end = min(keys[-1], range_.hi) if keys else HIGHEST
        lacking = sorted(each for each in self._owed.difference(keys) if range_.lo < each <= end)
        if lacking:
            steps = Conversation(_ask_for(self.requests, self.keys, lacking))
            self.ranges.wait(Range(range_.lo, range_.hi, steps))
        return bool(lacking)

    def _judge_owed(self, range_: Range, owed: _Owed) -> None:
        self._owed.difference_update(owed.gone)
        if not owed.there:
            self.ranges.wait(range_)
        elif not self.repeat(range_):
            raise OrderViolation(
                f"The server ignores $orderby: asked for the rows after the Id {self.keys.id_of(range_.lo)}, it left out "
                f"{self.keys.id_of(owed.there[0])} twice, and shows it alone: read with stream(paging='offset'), which "
                "proves nothing"
            )


def _ask_for(requests: KeysetRequests, keys: Keys, lacking: list[int]) -> Steps[_Owed]:
    page = yield Ask(requests.page(lacking[0] - 1, lacking[-1]))
    found = keys.read(page.rows, lacking[0] - 1, lacking[-1])
    seen_to = found[-1] if found else lacking[-1]
    there = [each for each in lacking if each in found]
    return _Owed(there, [each for each in lacking if each <= seen_to and each not in found])
