"""The plan of a query that no row can meet, such as one with an empty ``in``."""

from __future__ import annotations

from typing import Any

import attrs

from uipath_odata.paging.plan import Fetch, Page, Plan, Proof, Row

__all__ = ["EmptyPlan"]


@attrs.frozen
class EmptyPlan(Plan):
    """Return no rows, without a request."""

    name: str = "nothing"
    guarantee: str = "no row can meet the filter"
    added: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    proof: Proof = attrs.field(factory=lambda: Proof("by_one_answer", "no row can meet the filter"))
    checkpoint: Any = None
    buffered_pages: int = 0

    def next_fetch(self) -> Fetch | None:
        return None

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        raise AssertionError(f"{fetch} was never asked for: {page}")

    def next_rows(self) -> list[Row] | None:
        return None
