"""If a server refuses the requests of a plan: read by another plan, once, and remember that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs

from uipath_odata.errors import (
    BadRequest,
    DecodeError,
    FolderRequired,
    NotFound,
    OrchestratorError,
    ResponseError,
)
from uipath_odata.paging.plan import Feature, Fetch, Page, Plan, Proof, Row

__all__ = ["Alternative", "FallbackPlan"]

_NOT_SUPPORTED: Final = frozenset({405, 501})
_INVALID_OPTIONS: Final = 1000  # Orchestrator's error code for query options that it does not take
_ADVICE: Final = (
    "if the server refuses that, read with stream(paging='offset') and without exact(), which proves less"
)


@attrs.frozen
class Alternative:
    """Another way to read the same query."""

    without: Feature
    """What it does not ask of the server."""
    plan: Callable[[int], Plan | None]
    """Make the plan that continues after so many rows; None: it cannot."""
    at_once: bool = True
    """Whether the first request tells; else it was answered, and a later one is refused."""


@attrs.define(eq=False)
class FallbackPlan(Plan):
    """Read by ``plan``; where the server refuses its requests, by the first of ``ways`` that can continue from there.

    ``remember`` is told what the server refused once another way was accepted, so that a filter that is wrong in
    itself teaches nothing. A total that the server cannot tell is received as none.
    """

    plan: Plan
    ways: list[Alternative]
    remember: Callable[[Feature], None]

    _asked: set[Fetch] = attrs.field(factory=set[Fetch], init=False)
    _failure: OrchestratorError | None = attrs.field(default=None, init=False)
    _given: int = attrs.field(default=0, init=False)
    _accepted: bool = attrs.field(default=False, init=False)
    _untried: Feature | None = attrs.field(default=None, init=False)
    _notes: list[str] = attrs.field(factory=list[str], init=False)

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
        return self.plan.added

    @property
    def selects(self) -> tuple[str, ...]:
        return self.plan.selects

    @property
    def features(self) -> frozenset[Feature]:
        return self.plan.features

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self._notes, *self.plan.notes)

    @property
    def proof(self) -> Proof:
        return self.plan.proof

    @property
    def late(self) -> int:
        return self.plan.late

    @property
    def checkpoint(self) -> Any:
        return self.plan.checkpoint

    @property
    def buffered_pages(self) -> int:
        return self.plan.buffered_pages

    def next_fetch(self) -> Fetch | None:
        if self._failure is not None:
            raise self._failure
        fetch = self.plan.next_fetch()
        if fetch is not None:
            self._asked.add(fetch)
        return fetch

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        if fetch not in self._asked:
            return  # of the way that was left
        self._asked.remove(fetch)
        self._accepted = True
        if self._untried is not None:
            self.remember(self._untried)
            self._untried = None
        self.plan.on_page(fetch, page)

    def next_rows(self) -> list[Row] | None:
        rows = self.plan.next_rows()
        self._given += len(rows or ())
        return rows

    def refuse(self, fetch: Fetch, error: Exception, /) -> bool:
        if fetch not in self._asked:
            return True
        if fetch.total and _cannot_count(error):
            self._receive_no_total(fetch)
            return True
        while self.ways:
            way = self.ways.pop(0)
            if self._is_refused(way, error) and self._go(way):
                return True
        if self.plan.added and _is_about_options(error):
            error.add_note(f"the plan {self.name} added {', '.join(self.plan.added)}: {_ADVICE}")
        return False

    def _receive_no_total(self, fetch: Fetch) -> None:
        """Let the plan do without a total; rows that it gives then are there before the next fetch is asked for."""
        try:
            self.on_page(fetch, Page([]))
        except OrchestratorError as error:
            self._failure = error

    def _is_refused(self, way: Alternative, error: Exception) -> bool:
        # Old servers cannot parse ``in`` and say so in several ways.
        fits = _is_about_options(error) or (way.without is Feature.IN and _is_the_querys(error))
        return fits and way.at_once != self._accepted

    def _go(self, way: Alternative) -> bool:
        if way.at_once:
            self._untried = way.without
        else:  # the user's own filter was accepted: it is the plan's that is refused
            self.remember(way.without)
        plan = way.plan(self._given)
        if plan is None:
            return False
        self._notes.append(f"The server refused {way.without.value} (HTTP 400): read by {plan.name} instead")
        self.plan, self._accepted = plan, False
        self._asked.clear()
        return True


def _is_the_querys(error: Exception) -> bool:
    return isinstance(error, BadRequest) and not isinstance(error, FolderRequired)


def _is_about_options(error: Exception) -> bool:
    return (
        isinstance(error, BadRequest)
        and _is_the_querys(error)
        and error.error_code in {None, _INVALID_OPTIONS}
    )


def _cannot_count(error: Exception) -> bool:
    if isinstance(error, ResponseError) and error.status in _NOT_SUPPORTED:
        return True
    return _is_the_querys(error) or isinstance(error, NotFound | DecodeError)
