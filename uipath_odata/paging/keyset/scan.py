"""What the answers of a reading by Id show, one after the other: the states of the package's page of theory."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.paging.keyset.bound import IdBound, find_bound
from uipath_odata.paging.keyset.checkpoint import HIGHEST, LOWEST
from uipath_odata.paging.keyset.coverage import Coverage
from uipath_odata.paging.keyset.last_count import LastCount
from uipath_odata.paging.keyset.ranges import Range
from uipath_odata.paging.plan import Page, Row
from uipath_odata.paging.steps import Ask, Conversation

__all__ = ["IdScan", "Phase"]

_SHORT: Final = "one short page, which the server counts as all, and nothing was asked after it: exact() asks for the other end"


class Phase(enum.Enum):
    """What is asked for."""

    FIRST = enum.auto()
    BOUND = enum.auto()
    RANGES = enum.auto()
    COUNT = enum.auto()
    DONE = enum.auto()


@attrs.define(eq=False, kw_only=True)
class IdScan:
    """Ask for the first page, the largest key, what lies between and a last count; ``bound`` is that key, once known."""

    coverage: Coverage
    check: Callable[[Sequence[Row]], None]
    exact: bool
    resumed: bool
    bound: int | None
    looked_beyond: bool = False
    """Whether nothing beyond the bound is to be read: it was, or may have been given before a checkpoint."""

    phase: Phase = attrs.field(default=Phase.FIRST, init=False)
    talk: Conversation[Any] | None = attrs.field(default=None, init=False)
    """A question that goes alone."""
    bucket: list[Row] = attrs.field(factory=list[Row], init=False)
    """The rows of the bound itself, which are given out last."""

    _first: Page = attrs.field(factory=lambda: Page([]), init=False)
    _counted_at_end: int | None = attrs.field(default=None, init=False)

    @property
    def to(self) -> int:
        return HIGHEST if self.bound is None else self.bound

    @property
    def width(self) -> int | None:
        """How many keys the next request should cover; None: all that are left."""
        is_free = self.phase is Phase.RANGES and self.bound is not None
        return self.coverage.density.width() if is_free else None

    def ask(self, range_: Range) -> Ask:
        """Return the next request about a range."""
        if range_.steps is not None and range_.steps.ask is not None:
            return range_.steps.ask
        return Ask(self.coverage.requests.page(range_.lo, self.to, count=self.phase is Phase.FIRST))

    def on_talk(self, talk: Conversation[Any], page: Page) -> None:
        """Take in the answer to the question that went alone."""
        if not talk.answer(page):
            return
        self.talk = None
        if isinstance(talk.result, IdBound):
            self._on_bound(talk.result)
        else:
            self.coverage.evidence.late, self.phase = talk.result or 0, Phase.DONE

    def on_range(self, range_: Range, page: Page) -> None:
        """Take in the answer to a request about a range, which stays unread if that is not what was asked for."""
        coverage = self.coverage
        self.check(page.rows)
        if range_.steps is not None:
            coverage.by_steps(range_, range_.steps, page)
        elif self.phase is Phase.FIRST:
            self._on_first(range_, page)
        else:
            keys = coverage.keys.read(page.rows, range_.lo, self.to)
            coverage.ranges.answered(range_)
            coverage.by_answer(range_, keys, page.rows)

    def settle(self) -> None:
        """Go to the next state where nothing is left to read in this one."""
        coverage = self.coverage
        if self.phase is not Phase.RANGES or coverage.ranges.unread:
            return
        if self.bucket:
            coverage.cover(self.to - 1, self.bucket, self.to)
            self.bucket = []
        if coverage.delivery.is_enough:
            self.phase = Phase.DONE
        elif not self.exact:
            self.phase = Phase.DONE
            coverage.evidence.compare_with_first()
        else:
            self._ask_what_is_counted()

    # The first page, and the other end

    def _on_first(self, range_: Range, page: Page) -> None:
        coverage, size = self.coverage, self.coverage.requests.page_size
        is_short = page.count == len(page.rows) < size and page.next_link is None
        ends = is_short and not self.exact and not self.resumed
        # The order of a list that one page holds was not the user's wish, unless there is one.
        is_free = ends and "$orderby" not in coverage.requests.options
        keys = coverage.keys.read(page.rows, range_.lo, self.to, in_order=not is_free)
        coverage.ranges.answered(range_)
        if not keys and page.count and coverage.repeat(range_):
            return
        self._first = page
        if not self.resumed:
            coverage.evidence.first = page.count
        if ends or (not keys and self.bound is None):
            self._end_at_once(range_, keys, page)
            return
        self._size_up(keys, page)
        if self.bound is not None:
            self.phase = Phase.RANGES
            coverage.by_answer(range_, keys, page.rows)
            return
        self.phase = Phase.BOUND
        coverage.by_first(range_, keys, page.rows)
        # Where the list seems to be at its end, the last count comes with the other end, for nothing.
        counts = self.exact and (page.count is None or page.count <= len(keys))
        first = page if coverage.keys.linked else None
        self.talk = Conversation(
            find_bound(coverage.requests, coverage.keys, keys, after=range_.lo, count=counts, first=first)
        )

    def _end_at_once(self, range_: Range, keys: list[int], page: Page) -> None:
        evidence, self.phase = self.coverage.evidence, Phase.DONE
        if keys:
            self.coverage.cover(range_.lo, page.rows, max(keys))
            evidence.weaken("none", _SHORT)
            return
        self.bound = range_.lo if range_.lo > LOWEST else None
        if self.resumed:  # nothing came since
            self.phase, self.looked_beyond = Phase.RANGES, True
        elif not page.count:
            evidence.weaken("by_one_answer", "the first answer was empty")
        elif self.exact:
            raise NotProven(
                f"The server counts {page.count} rows and sends none, asked twice: ask its administrator why, or read "
                "without exact()"
            )
        else:
            evidence.compare_with_first()

    def _on_bound(self, bound: IdBound) -> None:
        coverage, linked = self.coverage, self.coverage.keys.linked
        self.phase = Phase.RANGES
        self.bound, self._counted_at_end = bound.key, bound.page.count
        rest = coverage.ranges.waiting.pop()
        hi = bound.key
        if linked and bound.bucket is not None:
            self.check(bound.bucket)
            self.bucket, hi = bound.bucket, bound.key - 1
        elif linked and not coverage.evidence.found and bound.is_counted:
            coverage.cover(rest.lo, self._first.rows, hi)
            coverage.evidence.weaken(
                "by_count", "two answers showed the same rows, and the server counts as many"
            )
            return
        coverage.ranges.wait(Range(rest.lo, hi))
        more = (self._first.count or 0) - len(self._first.rows)
        if more > 0 and hi > rest.lo:
            coverage.density.gap = (hi - rest.lo) / more

    def _size_up(self, keys: list[int], page: Page) -> None:
        """Let the first page say how dense the Ids are, and how many rows a page holds."""
        coverage, rows, size = self.coverage, len(keys), self.coverage.requests.page_size
        if rows > size:
            coverage.evidence.note("The server sent pages longer than $top")
        if keys:
            coverage.density.gap = max(1, keys[-1] - keys[0]) / rows
        if rows < size and page.count is not None and page.count > rows:
            coverage.density.capacity = max(rows, 1)

    # What the server counts

    def _ask_what_is_counted(self) -> None:
        """Go on with what lies beyond the bound, once, where the first answer counted more; else with a last count."""
        coverage, found, first = self.coverage, self.coverage.evidence.found, self.coverage.evidence.first
        compare = LastCount(
            requests=coverage.requests,
            keys=coverage.keys,
            first=first,
            given=found,
            note=coverage.evidence.note,
        )
        if self._counted_at_end is not None and self._counted_at_end <= found:
            self.phase = Phase.DONE
            compare.compare_total(self._counted_at_end)
        elif first is not None and first > found and not self.looked_beyond:
            self.looked_beyond = True
            coverage.ranges.wait(Range(self.to, HIGHEST))
            self.bound = None
        elif not coverage.evidence.segments:
            self.phase = Phase.DONE
        else:
            self.phase, self.talk = Phase.COUNT, Conversation(compare.compare(coverage.evidence.segments))
