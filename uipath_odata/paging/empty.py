"""The plan of a query that no row can meet, such as one with an empty ``in``."""

from __future__ import annotations

import attrs

from uipath_odata.paging.plan import Fetch, Page, Plan, Proof, Row

__all__ = ["EmptyPlan"]


@attrs.frozen
class EmptyPlan(Plan):
    """Return no rows, without a request."""

    @property
    def name(self) -> str:
        return "nothing"

    @property
    def guarantee(self) -> str:
        return "no row can meet the filter"

    @property
    def proof(self) -> Proof:
        return Proof("by_one_answer", self.guarantee)

    @property
    def buffered_pages(self) -> int:
        return 0

    def next_fetch(self) -> Fetch | None:
        return None

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        raise AssertionError(f"{fetch} was never asked for: {page}")

    def next_rows(self) -> list[Row] | None:
        return None
