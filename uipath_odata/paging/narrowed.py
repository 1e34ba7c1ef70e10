"""A list whose server answers more than the filter says: the other rows are dropped, and then counted and cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from uipath_odata.paging.plan import Feature, Fetch, Page, Plan, Proof, Row
from uipath_odata.paging.selected import selecting

__all__ = ["NarrowedPlan"]


@attrs.define(eq=False)
class NarrowedPlan(Plan):
    """Read by ``plan``, which knows neither ``limit`` nor ``offset``, and hand out the rows that are ``kept``.

    What proves the list complete is what the plan saw before dropping.
    """

    plan: Plan
    kept: Callable[[Row], bool]
    what: str
    """What is dropped, for the report."""
    selected: tuple[str, ...] = ()
    """The properties that are selected to tell the rows apart."""
    offset: int = 0
    limit: int | None = None
    doubt: str = ""
    """Why rows may be missing, where that is so."""
    _dropped: int = attrs.field(default=0, init=False)
    _is_cut: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._is_cut = bool(self.offset) or self.limit is not None

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def guarantee(self) -> str:
        return self.plan.guarantee

    @property
    def subqueries(self) -> Sequence[Plan]:
        return self.plan.subqueries

    @property
    def added(self) -> tuple[str, ...]:
        return (*self.plan.added, *selecting(self.selected))

    @property
    def selects(self) -> tuple[str, ...]:
        return (*self.plan.selects, *self.selected)

    @property
    def features(self) -> frozenset[Feature]:
        return self.plan.features

    @property
    def notes(self) -> tuple[str, ...]:
        dropped = f"{self._dropped} rows dropped: {self.what}" if self._dropped else ""
        return (*self.plan.notes, *filter(None, (dropped, self.doubt)))

    @property
    def proof(self) -> Proof:
        if self.doubt:
            return Proof("none", self.doubt)
        if self.limit == 0 and Feature.RANGES in self.plan.features:
            return Proof("by_later_bucket", "as many rows as were asked for")
        return self.plan.proof

    @property
    def checkpoint(self) -> Any:
        # How many rows were left out or are still to come is not in the plan's own.
        return None if self._is_cut else self.plan.checkpoint

    @property
    def buffered_pages(self) -> int:
        return self.plan.buffered_pages

    def next_fetch(self) -> Fetch | None:
        return None if self.limit == 0 else self.plan.next_fetch()

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        self.plan.on_page(fetch, page)

    def next_rows(self) -> list[Row] | None:
        if self.limit == 0 or (rows := self.plan.next_rows()) is None:
            return None
        kept = [row for row in rows if self.kept(row)]
        self._dropped += len(rows) - len(kept)
        skipped = min(self.offset, len(kept))
        self.offset -= skipped
        kept = kept[skipped:]
        if self.limit is not None:
            kept = kept[: self.limit]
            self.limit -= len(kept)
        return kept

    def refuse(self, fetch: Fetch, error: Exception, /) -> bool:
        return self.plan.refuse(fetch, error)
