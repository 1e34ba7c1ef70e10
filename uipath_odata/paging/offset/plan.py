"""Pages by ``$skip`` and ``$top``: the order that was asked for, best effort while rows come and go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from uipath_odata.errors import NotProven, OrderViolation, WindowError
from uipath_odata.paging.checkpoint import number_in
from uipath_odata.paging.checks import AnswerCheck, refuse_equal_ids, whole_text
from uipath_odata.paging.offset.next_link import continuation_of
from uipath_odata.paging.plan import Feature, Fetch, Page, Plan, Proof, Row

__all__ = ["OffsetPlan"]

_UNBOUNDED: Final = sys.maxsize
_ALIKE_PAGES: Final = 100
_EMPTY_LINKED_PAGES: Final = 10  # OData 4.0 Part 1, 11.2.5.7 lets a page with a next link be empty


@attrs.frozen
class _Segment:
    """The rows from rank ``start`` to ``start + length``, asked for by ``$skip`` or by what continues the list."""

    start: int
    length: int
    continuation: str | None = None

    @property
    def end(self) -> int:
        return self.start + self.length


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

    _stop: int = attrs.field(init=False)
    _small: bool = attrs.field(init=False)
    _frontier: int = attrs.field(init=False)
    _horizon: int = attrs.field(init=False)
    _size: int = attrs.field(init=False)
    _begin: int = attrs.field(init=False)
    _position: int = attrs.field(init=False)
    _requests: int = attrs.field(default=0, init=False)
    _ended: bool = attrs.field(default=False, init=False)
    _first: tuple[int, Row, Row] | None = attrs.field(default=None, init=False)
    _asked: dict[Fetch, _Segment] = attrs.field(factory=dict[Fetch, _Segment], init=False)
    _gaps: list[_Segment] = attrs.field(factory=list[_Segment], init=False)
    _pages: dict[int, list[Row]] = attrs.field(factory=dict[int, list[Row]], init=False)
    _begun_with: Page = attrs.field(factory=lambda: Page([]), init=False)
    _is_counted_twice: bool = attrs.field(default=False, init=False)
    _doubted: set[_Segment] = attrs.field(factory=set[_Segment], init=False)
    _linked: tuple[int, Row, Row] | None = attrs.field(default=None, init=False)
    _continuations: set[str] = attrs.field(factory=set[str], init=False)
    _alike: int = attrs.field(default=0, init=False)
    _empty_links: int = attrs.field(default=0, init=False)
    _notes: dict[str, None] = attrs.field(factory=dict[str, None], init=False)

    def __attrs_post_init__(self) -> None:
        top = int(self.options["$top"]) if "$top" in self.options else None
        skip = int(self.options.get("$skip", 0))
        self._begin = skip if self.resume is None else number_in(self.resume, "skip", skip)
        self._frontier = self._horizon = self._position = self._begin
        self._stop = _UNBOUNDED if top is None else skip + top
        self._small = self.resume is None and top is not None and top <= self.page_size
        self._size = self.page_size

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
        wire = self._options(_Segment(self._begin, self.page_size), first=True)
        return tuple(f"{name}={text}" for name, text in wire.items() if self.options.get(name) != text)

    @property
    def features(self) -> frozenset[Feature]:
        return frozenset() if self._small or self.order is None else frozenset({Feature.ORDER})

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    @property
    def proof(self) -> Proof:
        if self._asked or self._gaps or self._pages or not (self._ended or self._frontier >= self._stop):
            return Proof("none", "not read to the end")
        if self._is_counted_twice:
            return Proof("by_count", "two answers counted as many rows as the first showed, and no more came")
        if self._requests > 1 or self.resume is not None:
            reason = "pages by $skip are best effort: rows that appear or vanish meanwhile move others"
            return Proof("none", reason)
        return self._proof_of_one_answer

    @property
    def _proof_of_one_answer(self) -> Proof:
        rows, count = len(self._begun_with.rows), self._begun_with.count or 0
        if not rows and count <= self._begin:
            return Proof("by_one_answer", "the first answer was empty")
        if self._begin + rows >= self._stop:
            return Proof("none", "nothing shows that the rows of one page are those that were asked for")
        if count > self._begin + rows:
            return Proof("none", f"the server counts {count} rows, and sent {rows}")
        return Proof("none", "one short page, and nothing was asked after it: exact() asks for more")

    @property
    def checkpoint(self) -> Any:
        return {"plan": self.name, "skip": self._position} if self.ordered else None

    @property
    def buffered_pages(self) -> int:
        return len(self._pages)

    def next_fetch(self) -> Fetch | None:
        segment = self._next_segment()
        if segment is None:
            return None
        options = self._options(segment, first=not self._requests)
        position = segment.start if self.ordered else 0
        fetch = Fetch(options=options, continuation=segment.continuation, position=position)
        self._asked[fetch] = segment
        self._requests += 1
        return fetch

    def on_page(self, fetch: Fetch, page: Page, /) -> None:
        segment = self._asked.pop(fetch)
        self._hold(page.rows)
        if self._unmoved(segment, page.rows):
            self._ended = True
            return
        rows = self._fit(segment, page.rows)
        after = segment.start + len(rows)
        if self._first is None and rows:
            self._first = (len(rows), rows[0], rows[-1])
        if self._requests == 1:
            self._begun_with = page
            self._size_up(segment, after, page)
        if rows:
            self._pages[segment.start] = rows
        self._go_on(segment, after, page)

    def next_rows(self) -> list[Row] | None:
        if not self._pages:
            return None
        start = min(self._pages)
        waiting = [segment.start for segment in (*self._asked.values(), *self._gaps)]
        if self.ordered and waiting and min(waiting) < start:
            return None
        rows = self._pages.pop(start)[: self._stop - start]
        self._position = start + len(rows)
        return rows

    def _hold(self, rows: list[Row]) -> None:
        """Hold rows against what was asked for."""
        try:
            self.check(rows)
            if self.has_unique_ids:
                refuse_equal_ids(rows)
        except OrderViolation as error:
            error.checkpoint = self.checkpoint
            raise

    def _next_segment(self) -> _Segment | None:
        if self._gaps:
            gap = min(self._gaps, key=lambda segment: segment.start)
            self._gaps.remove(gap)
            return gap
        if self._ended or self._frontier >= self._stop:
            return None
        if self._frontier >= self._horizon and (self._asked or self._pages):
            return None  # nothing vouches for rows here: one page at a time
        if self._frontier >= self.window:
            raise self._beyond_window()
        start, end = self._frontier, min(self._frontier + self._size, self._stop, self.window)
        self._frontier = end
        return _Segment(start, end - start)

    def _options(self, segment: _Segment, *, first: bool) -> dict[str, str]:
        wire = dict(self.options)
        if self._small and first:
            return {**wire, "$count": "true"} if self.exact else wire
        if self.order is not None and not self._small:
            wire.setdefault("$orderby", self.order)
        wire["$top"] = str(segment.length)
        if segment.continuation:
            wire.pop("$skip", None)
        elif segment.start:
            wire["$skip"] = str(segment.start)
        if first or (self.exact and self._requests == 1):
            wire["$count"] = "true"
        return wire

    def _size_up(self, segment: _Segment, after: int, page: Page) -> None:
        """Let the first page say how many more to ask for, and how large."""
        count = page.count
        if count is not None and count >= self.window < self._stop:
            raise self._beyond_window()
        short = after < segment.end
        if page.next_link is None:
            whole = not self.exact and (count == after or (self._small and (count is None or count < after)))
            self._ended = short and whole
            self._horizon = max(self._horizon, count or 0)
        if segment.start < after < min(segment.end, count or 0):
            self._size = after - segment.start  # the server's cap is lower than $top

    def _go_on(self, segment: _Segment, after: int, page: Page) -> None:
        short = after < segment.end
        if page.next_link and (short or segment.end >= self._frontier) and after < self._stop:
            self._follow(page.next_link, segment, after, page.rows)
        elif after == segment.start and after < self._horizon and segment not in self._doubted:
            self._doubted.add(segment)  # the server counted rows here: an answer may be wrong once
            self._gaps.append(segment)
        elif after == segment.start or (short and segment.continuation):
            self._end(after, page)
        elif short and segment.end == self._frontier:
            self._frontier = after
        elif short:
            self._gaps.append(_Segment(after, segment.end - after))

    def _end(self, after: int, page: Page) -> None:
        self._ended = True
        if after < self._horizon:
            self._notes[f"The server counted {self._horizon} rows, and none was found after {after}"] = None
        first = self._begun_with
        asked_after_one_page = self._requests == 2 and self.resume is None and not self._continuations  # noqa: PLR2004 - that page, and what comes after it
        self._is_counted_twice = (
            asked_after_one_page
            and not self._begin
            and first.count == page.count == len(first.rows)
            and len({whole_text(row) for row in first.rows}) == len(first.rows)
        )

    def _is_repeated(self, segment: _Segment, rows: list[Row]) -> bool:
        """Tell whether a fresh link brought the rows of the one before; rows alike under a narrow select may."""
        before, self._linked = self._linked, (len(rows), rows[0], rows[-1]) if rows else None
        return (
            segment.continuation is not None
            and before is not None
            and before == self._linked
            and rows[0] != rows[-1]
        )

    def _follow(self, link: str, segment: _Segment, after: int, rows: list[Row]) -> None:
        self._empty_links = self._empty_links + 1 if after == segment.start else 0
        rest = continuation_of(link)
        if (
            rest.query in self._continuations
            or rest.rank not in (None, after)
            or self._empty_links > _EMPTY_LINKED_PAGES
            or self._is_repeated(segment, rows)
        ):
            raise NotProven(
                "The server's next links do not lead on from the rows that came: narrow the filter until one page"
                " holds all rows"
            )
        self._continuations.add(rest.query)
        end = segment.end if after < segment.end else min(after + self._size, self._stop)
        self._frontier = max(self._frontier, end)
        self._gaps.append(_Segment(after, end - after, rest.query))

    def _fit(self, segment: _Segment, rows: list[Row]) -> list[Row]:
        if len(rows) <= segment.length:
            return rows
        self._notes["The server sent pages longer than $top"] = None
        if segment.end < self._frontier:
            return rows[: segment.length]  # the next page has been asked for and brings the others
        self._frontier = segment.start + len(rows)
        return rows

    def _unmoved(self, segment: _Segment, rows: list[Row]) -> bool:
        """Tell whether a page is the first one again: some functions ignore ``$skip``."""
        if segment.continuation or not rows or self._first != (len(rows), rows[0], rows[-1]):
            return False
        if self._may_be_alike(segment, rows):
            return False
        if segment.start < self._horizon:
            raise NotProven(
                "The server ignores $skip: raise page_size or narrow the filter until one page holds all"
            )
        self._notes["The server ignores $skip; its one page was taken for the whole list"] = None
        return True

    def _may_be_alike(self, segment: _Segment, rows: list[Row]) -> bool:
        """Tell whether a page may be equal to the first because rows are alike under a narrow select."""
        if rows[0] != rows[-1] or len(rows) != segment.length or rows[0].get("Id") is not None:
            return False
        self._alike += 1
        if self._alike > _ALIKE_PAGES:
            raise NotProven("The server sends the same rows again and again: select what tells rows apart")
        return segment.start < self._horizon or self._begun_with.count is None

    def _beyond_window(self) -> Exception:
        advice = f"the server reads no further than $skip + $top = {self.window}: narrow the filter"
        if self._position == self._begin and not self.buffered_pages:
            return WindowError(f"More rows are wanted, but {advice}, or order by TimeStamp ascending")
        return NotProven(f"There are more rows, but {advice}", checkpoint=self.checkpoint)
