"""Pages by ``$skip`` and ``$top``: the order that was asked for, best effort while rows come and go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from uipath_odata.errors import NotProven, OrderViolation, WindowError
from uipath_odata.paging.checkpoint import number_in
from uipath_odata.paging.checks.answer_check import AnswerCheck, refuse_equal_ids
from uipath_odata.paging.offset.evidence import OffsetEvidence
from uipath_odata.paging.offset.links import Links
from uipath_odata.paging.offset.segments import Segment, Segments
from uipath_odata.paging.plan import Feature, Fetch, Page, Plan, Proof, Row

__all__ = ["OffsetPlan"]

_UNBOUNDED: Final = sys.maxsize


@attrs.define(eq=False, kw_only=True)
class OffsetPlan(Plan):
    """Read a list by rank: the first page alone, then as many at once as its ``@odata.count`` vouches for.

    ``options`` are the user's; ``$top`` there is a total and ``$skip`` its start. A total that fits a page is
    sent exactly as written. ``order`` is the ``$orderby`` that keeps ranks stable where the user gave none.
    ``window`` is the highest ``$skip + $top`` that the server accepts, ``resume`` a checkpoint to continue from. Raises
    WindowError before the first row if more is wanted than that, NotProven if the server repeats itself.
    """

    options: Mapping[str, str]
    page_size: int
    order: str | None = None
    ordered: bool = True
    window: int = _UNBOUNDED
    exact: bool = False
    check: Callable[[Sequence[Row]], None] = attrs.field(factory=AnswerCheck)
    has_unique_ids: bool = False
    """Whether no answer may show an Id twice."""
    resume: Mapping[str, Any] | None = None

    _small: bool = attrs.field(init=False)
    _position: int = attrs.field(init=False)
    _segments: Segments = attrs.field(init=False)
    _evidence: OffsetEvidence = attrs.field(init=False)
    _links: Links = attrs.field(factory=Links, init=False)
    _asked: dict[Fetch, Segment] = attrs.field(factory=dict[Fetch, Segment], init=False)
    _pages: dict[int, list[Row]] = attrs.field(factory=dict[int, list[Row]], init=False)

    def __attrs_post_init__(self) -> None:
        top = int(self.options["$top"]) if "$top" in self.options else None
        skip = int(self.options.get("$skip", 0))
        self._position = skip if self.resume is None else number_in(self.resume, "skip", skip)
        self._segments = Segments(
            begin=self._position,
            stop=_UNBOUNDED if top is None else skip + top,
            size=self.page_size,
            window=self.window,
        )
        self._evidence = OffsetEvidence(segments=self._segments, is_resumed=self.resume is not None)
        self._small = self.resume is None and top is not None and top <= self.page_size

    @property
    def name(self) -> str:
        return "offset"

    @property
    def guarantee(self) -> str:
        return "one page is what the server gave; several are best effort, because rows that come or go move others"

    @property
    def added(self) -> tuple[str, ...]:
        if self._small:
            return ("$count=true",) if self.exact else ()
        wire = self._options(Segment(self._segments.begin, self.page_size), 0)
        return tuple(f"{name}={text}" for name, text in wire.items() if self.options.get(name) != text)

    @property
    def features(self) -> frozenset[Feature]:
        return frozenset() if self._small or self.order is None else frozenset({Feature.ORDER})

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._evidence.notes)

    @property
    def proof(self) -> Proof:
        if self._pages or not self._segments.is_read:
            return Proof("none", "not read to the end")
        return self._evidence.proof

    @property
    def checkpoint(self) -> Any:
        return {"plan": self.name, "skip": self._position} if self.ordered else None

    @property
    def buffered_pages(self) -> int:
        return len(self._pages)

    def next_fetch(self) -> Fetch | None:
        is_waiting = bool(self._pages)
        if self._segments.is_beyond_window(is_waiting=is_waiting):
            raise self._beyond_window()
        segment = self._segments.take(is_waiting=is_waiting)
        if segment is None:
            return None
        options = self._options(segment, self._evidence.requests)
        position = segment.start if self.ordered else 0
        fetch = Fetch(options=options, continuation=segment.continuation, position=position)
        self._asked[fetch] = segment
        self._evidence.requests += 1
        return fetch

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        segment = self._asked.pop(fetch)
        self._segments.under_way.remove(segment)
        if page.top is not None and page.top < segment.length:
            segment = self._segments.shorten(segment, page.top)
        try:
            self._take(segment, page)
        except OrderViolation as error:
            error.checkpoint = self.checkpoint
            raise

    def next_rows(self) -> list[Row] | None:
        if not self._pages:
            return None
        start = min(self._pages)
        if self.ordered and any(each.start < start for each in self._segments.unread):
            return None
        rows = self._pages.pop(start)[: self._segments.stop - start]
        self._position = start + len(rows)
        return rows

    def _take(self, segment: Segment, page: Page) -> None:
        segments, evidence = self._segments, self._evidence
        self.check(page.rows)
        if self.has_unique_ids:
            refuse_equal_ids(page.rows)
        if segment.is_again:
            evidence.compare(page)
            return
        if evidence.is_first_again(segment, page.rows):
            segments.ended = True
            return
        evidence.hold_to_progress(segment, page.rows)
        if len(page.rows) > segment.length:
            evidence.notes["The server sent pages longer than $top"] = None
        rows = page.rows[: segments.fit(segment, len(page.rows))]
        if evidence.requests == 1:
            self._size_up(segment, len(rows), page)
        if rows:
            self._pages[segment.start] = rows
        self._go_on(segment, rows, page)

    def _size_up(self, segment: Segment, rows: int, page: Page) -> None:
        count, after = page.count, segment.start + rows
        if count is not None and count >= self.window < self._segments.stop:
            raise self._beyond_window()
        self._evidence.first = page
        is_all = count == after or (self._small and (count is None or count < after))
        self._segments.size_up(segment, rows, page, is_believed=is_all and not self.exact)

    def _go_on(self, segment: Segment, rows: list[Row], page: Page) -> None:
        segments, after = self._segments, segment.start + len(rows)
        is_last = after < segment.end or segment.end >= segments.frontier
        if page.next_link and is_last and after < segments.stop:
            is_continued = segment.continuation is not None
            rest = self._links.follow(page.next_link, after, page.rows, is_continued=is_continued)
            segments.continue_at(segment, after, rest)
        elif segments.answered(segment, after):
            if after < segments.horizon:
                note = f"The server counted {segments.horizon} rows, and none was found after {after}"
                self._evidence.notes[note] = None
            if self.exact and not self._links.followed and self._evidence.is_worth_comparing(page):
                first = min(self.page_size, segments.stop)
                segments.gaps.append(Segment(segments.begin, first, is_again=True))

    def _options(self, segment: Segment, requests: int) -> dict[str, str]:
        """Write a request; ``requests`` went out before it."""
        wire = dict(self.options)
        if self._small and not (requests and segment.start):
            return {**wire, "$count": "true"} if self.exact else wire
        if self.order is not None and not self._small:
            wire.setdefault("$orderby", self.order)
        wire["$top"] = str(segment.length)
        if segment.continuation:
            wire.pop("$skip", None)
        elif segment.start:
            wire["$skip"] = str(segment.start)
        if not requests or (self.exact and requests == 1):
            wire["$count"] = "true"
        return wire

    def _beyond_window(self) -> Exception:
        advice = f"the server reads no further than $skip + $top = {self.window}: narrow the filter"
        if self._position == self._segments.begin and not self.buffered_pages:
            return WindowError(f"More rows are wanted, but {advice}, or order by TimeStamp ascending")
        return NotProven(f"There are more rows, but {advice}", checkpoint=self.checkpoint)
