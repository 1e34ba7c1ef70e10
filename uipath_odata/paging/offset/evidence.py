"""What the pages of a list by ``$skip`` show: sometimes that it is complete, or that the server ignores ``$skip``."""

from __future__ import annotations

from typing import Any, Final

import attrs

from uipath_odata.errors import NotProven, OrderViolation
from uipath_odata.odata.rows.json_body import column_of, int64
from uipath_odata.paging.checks.answer_check import whole_text
from uipath_odata.paging.offset.segments import Segment, Segments
from uipath_odata.paging.plan import Page, Proof, Row

__all__ = ["OffsetEvidence"]

_BEST_EFFORT: Final = "pages by $skip are best effort: rows that appear or vanish meanwhile move others"
_STANDSTILLS: Final = 3
_ALIKE_PAGES: Final = 100


@attrs.define(eq=False, kw_only=True)
class OffsetEvidence:
    """Take in the pages of one list; a small one is proven by a sandwich: rows, a count, and the same rows again.

    The count comes with the page after the rows, which is empty: one of the page alone shows itself there.
    """

    segments: Segments
    is_resumed: bool
    requests: int = attrs.field(default=0, init=False)
    first: Page = attrs.field(factory=lambda: Page([]), init=False)
    notes: dict[str, None] = attrs.field(factory=dict[str, None], init=False)
    _is_counted: bool = attrs.field(default=False, init=False)
    _shown: tuple[int, Row, Row] | None = attrs.field(default=None, init=False)
    _seen: set[Any] = attrs.field(factory=set[Any], init=False)
    _alike: int = attrs.field(default=0, init=False)
    _standstills: int = attrs.field(default=0, init=False)

    @property
    def proof(self) -> Proof:
        if self._is_counted:
            return Proof("by_count", "the same rows came before and after a count, and were as many as that")
        if self.requests > 1 or self.is_resumed:
            return Proof("none", _BEST_EFFORT)
        begin, rows, count = self.segments.begin, len(self.first.rows), self.first.count or 0
        if not rows and count <= begin:
            return Proof("by_one_answer", "the first answer was empty")
        if begin + rows >= self.segments.stop:
            return Proof("none", "nothing shows that the rows of one page are those that were asked for")
        if count > begin + rows:
            return Proof("none", f"the server counts {count} rows, and sent {rows}")
        return Proof("none", "one short page, and nothing was asked after it: exact() asks for more")

    def is_first_again(self, segment: Segment, rows: list[Row]) -> bool:
        """Tell whether a page is the first one again: some functions ignore ``$skip``."""
        shown = (len(rows), rows[0], rows[-1]) if rows else None
        if segment.continuation or shown is None or self._shown != shown:
            self._shown = self._shown or shown
            return False
        if self._may_be_alike(segment, rows):
            return False
        if segment.start < self.segments.horizon:
            raise NotProven(
                "The server ignores $skip: raise page_size or narrow the filter until one page holds all"
            )
        self.notes["The server ignores $skip; its one page was taken for the whole list"] = None
        return True

    def _may_be_alike(self, segment: Segment, rows: list[Row]) -> bool:
        """Tell whether a page may be equal to the first because rows are alike under a narrow select."""
        if rows[0] != rows[-1] or len(rows) != segment.length or rows[0].get("Id") is not None:
            return False
        self._alike += 1
        if self._alike > _ALIKE_PAGES:
            raise NotProven("The server sends the same rows again and again: select what tells rows apart")
        return segment.start < self.segments.horizon or self.first.count is None

    def hold_to_progress(self, segment: Segment, rows: list[Row]) -> None:
        """Raise OrderViolation where pages that no count vouches for bring only rows that came before."""
        if segment.start < self.segments.horizon or not rows:
            return
        ids = [*filter(None, map(int64, column_of(rows, "Id")))]  # logs have the Id 0, all of them
        if len(ids) < len(rows):
            return
        self._standstills = self._standstills + 1 if self._seen.issuperset(ids) else 0
        self._seen.update(ids)
        if self._standstills >= _STANDSTILLS:
            raise OrderViolation(
                f"The server ignores $skip: page after page holds rows that came before, such as the Id {ids[0]}: raise "
                "page_size or narrow the filter until one page holds all"
            )

    def is_worth_comparing(self, page: Page) -> bool:
        """Tell whether the first page would be the whole list if it came again, after an empty page with this count."""
        rows = self.first.rows
        after_one_page = self.requests == 2 and not self.is_resumed and not self.segments.begin  # noqa: PLR2004 - that page, and what comes after it
        is_all = after_one_page and self.first.count == page.count == len(rows)
        return is_all and len({whole_text(row) for row in rows}) == len(rows)

    def compare(self, again: Page) -> None:
        """Take in the first page once more."""
        before, after = ({whole_text(row) for row in page.rows} for page in (self.first, again))
        self._is_counted = len(before & after) == len(before) == self.first.count
