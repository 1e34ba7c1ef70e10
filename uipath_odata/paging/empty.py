"""The plan of a query that no row can meet, such as one with an empty ``in``."""

from __future__ import annotations

from typing import Any

import attrs

from uipath_odata.paging.plan import Fetch, Page, Proof, Row

__all__ = ["EmptyPlan"]


@attrs.frozen
class EmptyPlan:
    """Give no rows, without a request."""

    name: str = "nothing"
    added: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    proof: Proof = attrs.field(factory=lambda: Proof(proven=True, reason="no row can meet the filter"))
    checkpoint: Any = None
    held: int = 0

    def next_fetch(self) -> Fetch | None:
        return None

    def receive(self, fetch: Fetch, page: Page, /) -> None:
        raise AssertionError(f"{fetch} was never asked for: {page}")

    def give(self) -> list[Row] | None:
        return None
