"""A list that comes as one answer: functions that take neither ``$top`` nor ``$skip``."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from uipath_odata.errors import NotProven
from uipath_odata.paging.plan import Fetch, Page, Plan, Proof, Row

__all__ = ["UnpagedPlan"]


@attrs.define(eq=False, kw_only=True)
class UnpagedPlan(Plan):
    """Read everything with one request and return ``top`` rows after the first ``skip``.

    Raises NotProven for a next link: the list is then longer than the function is documented to answer.
    """

    options: Mapping[str, str]
    skip: int = 0
    top: int | None = None
    _asked: bool = attrs.field(default=False, init=False)
    _rows: list[Row] | None = attrs.field(default=None, init=False)
    _received: bool = attrs.field(default=False, init=False)
    _counted: int | None = attrs.field(default=None, init=False)
    _came: int = attrs.field(default=0, init=False)

    @property
    def name(self) -> str:
        return "whole"

    @property
    def guarantee(self) -> str:
        return "one answer holds the whole list"

    @property
    def proof(self) -> Proof:
        if self._received and self._counted is not None and self._counted > self._came:
            return Proof("none", f"the server counts {self._counted} rows, and sent {self._came}")
        if self._received:
            return Proof("by_one_answer", "one answer holds the whole list")
        return Proof("none", "not read to the end")

    @property
    def buffered_pages(self) -> int:
        return 0 if self._rows is None else 1

    def next_fetch(self) -> Fetch | None:
        if self._asked:
            return None
        self._asked = True
        return Fetch(options=self.options)

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        del fetch
        if page.next_link is not None:
            raise NotProven("the answer is only a part of the list, which cannot be paged: narrow the filter")
        self._received = True
        self._counted, self._came = page.count, len(page.rows)
        self._rows = (
            page.rows[self.skip :] if self.top is None else page.rows[self.skip : self.skip + self.top]
        )

    def next_rows(self) -> list[Row] | None:
        rows, self._rows = self._rows, None
        return rows
